"""Fences that show code: `step`, `change` and `listing`. Nothing is ever pasted.

A fence names parts, one a line: a function (`def login`), a class, an assignment,
`imports`, `docstring`. These are parts of `main.py`. In front of a part of another
module stands its file, `settings.py: class Settings`, and the file alone means all of
it. One fence shows one file.

A page need not show how a module's docstring changed: it is text, which the page has
better. Where a fence names it, it is folded away, and the search does not look into it.
"""

from collections.abc import Collection, Iterable

from workbook import diffing
from workbook.ladder import Step, before, sources, steps
from workbook.site import diffs, minutes
from workbook.site.page import Fence, Page, step_of
from workbook.site.problems import Wrong

# Lines of context around a change: a part is shown from its beginning to its end.
WHOLE = 1000

# Where a page explains how its minutes are counted.
COUNTED = "../before.md#how-the-minutes-are-counted"

# So many lines of a step in a row, in a page, are a copy of it.
COPY = 4


def step(page: Page, fence: Fence) -> str:
    """```step NAME: this page is about that step. Its question and its facts.

    From here on the page owes its reader every changed line of the step, in each of its
    files, once.
    """
    this = step_of(page, fence.words)
    page.step = this.name
    main, *beside = (module.name for module in this.modules)
    files = ", ".join(f"`{name}`" for name in [_path(this, main), *beside])
    told = minutes.length(this)
    return (
        f'<p class="question" markdown="span">{this.question}</p>\n\n'
        f'<p class="facts" markdown="span">[About {told.minutes} minutes]({COUNTED}): '
        f"{round(told.words, -2):,} words, {told.exercises} exercises · {files} · "
        f"`make run STEP={this.number}`</p>\n"
    )


def change(page: Page, fence: Fence) -> str:
    """```change: parts of what the page's step changed, a name a line, as a diff.

    A new file that is named alone, `settings.py`, is shown as the code that it is. The
    one word `all` in the fence's first line shows the whole change, folded.
    """
    this = step_of(page, [])
    old, new = _sources(this)
    if fence.words == ["all"]:
        whole = diffs.whole(diffing.unified_all(old, new, *_folders(this)))
        return page.html(diffs.aside("The whole change, as diff -u writes it", whole))
    parts = {part.name: part for part in changed_parts(this)}
    file, names = _told(fence, parts, f"what {this.name} changed")
    page.shown += names
    if fence.told == [file] and file not in old:
        title = f"{_path(this, file)}, a new file"
        return _block("python", title, new[file].splitlines())
    texts = [name for name in names if _is_docstring(name)]
    code = [name for name in names if name not in texts]
    made = []
    if code:
        made.append(diffs.as_html(_title(this, file, fence), _lines(parts, code)))
    if texts:
        lines = _lines(parts, texts)
        inside = diffs.as_html(f"{_path(this, file)}: docstring", lines)
        made.append(diffs.aside("What the docstring says now", inside))
    return "\n\n".join(page.html(one) for one in made)


def listing(page: Page, fence: Fence) -> str:
    """```listing STEP: parts of a step as they are, a name a line; with no line, all of
    it, a block for each file."""
    this = step_of(page, fence.words)
    texts = sources(this.modules)
    if not fence.told:
        return "\n\n".join(
            _block("python", _path(this, file), text.splitlines())
            for file, text in texts.items()
        )
    parts = pieces(this)
    file, names = _told(fence, parts, this.name)
    if this.name == page.step and before(this) is None:
        page.shown += names
    shown: list[str] = []
    for name in names:
        shown += ["", ""] if shown else []
        shown += parts[name].splitlines()
    if fence.told == [file]:
        shown = texts[file].splitlines()
    return _block("python", _path(this, file), shown)


def _lines(parts: dict[str, diffing.Part], names: list[str]) -> list[str]:
    """The lines of these parts, with an empty one in between."""
    shown: list[str] = []
    for name in names:
        shown += [" ", *parts[name].lines] if shown else parts[name].lines
    return shown


def _is_docstring(name: str) -> bool:
    return _file_and_part(name)[1] == "docstring"


def what_is_missing(page: Page) -> list[str]:
    """The changed parts that a page has not shown, or has shown twice."""
    this = step_of(page, [])
    wanted = (
        [part.name for part in changed_parts(this)]
        if before(this)
        else list(pieces(this))
    )
    missing = [
        name for name in wanted if name not in page.shown and not _is_docstring(name)
    ]
    twice = sorted({name for name in page.shown if page.shown.count(name) > 1})
    return [f"the change of `{name}` is shown nowhere" for name in missing] + [
        f"the change of `{name}` is shown twice" for name in twice
    ]


def changed_parts(this: Step) -> list[diffing.Part]:
    """What a step changed in the step before, part by part, named as in a fence."""
    files = diffing.changes(*_sources(this), *_folders(this), context=WHOLE)
    return [
        diffing.Part(_name(file.name, part.name), part.lines)
        for file in files
        for part in file.parts
        if part.lines
    ]


def pieces(this: Step) -> dict[str, str]:
    """A step, part by part, named as in a fence."""
    return {
        _name(file, piece): lines
        for file, text in sources(this.modules).items()
        for piece, lines in diffing.pieces(text, file).items()
    }


def copied_from(block: list[str]) -> str:
    """Which file of a step a block of code was copied from; empty when from none."""
    copied = _runs(block)
    for this in steps():
        for file, text in sources(this.modules).items():
            if copied & _runs(text.splitlines()):
                return _path(this, file)
    return ""


def _runs(lines: list[str]) -> set[tuple[str, ...]]:
    """All runs of `COPY` lines that are not blank, without their indents."""
    told = [line.strip() for line in lines if line.strip()]
    return {tuple(told[i : i + COPY]) for i in range(len(told) - COPY + 1)}


def _told(fence: Fence, known: Collection[str], where: str) -> tuple[str, list[str]]:
    """The file that a fence is about, and the names of its parts. Raises `Wrong`."""
    names = [name for told in fence.told for name in _meant(told, known, where)]
    files = list(dict.fromkeys(_file_and_part(name)[0] for name in names))
    if not files:
        raise Wrong(f"say which parts, one a line: there are {', '.join(known)}")
    if len(files) > 1:
        raise Wrong(f"one fence shows one file: give {' and '.join(files)} one each")
    return files[0], names


def _meant(told: str, known: Collection[str], where: str) -> list[str]:
    """What a line of a fence means: a file, or a part by its new or its old name."""
    of_file = [name for name in known if _file_and_part(name)[0] == told]
    if of_file:
        return of_file
    for name in known:
        file, part = _file_and_part(name)
        if told == name or told in {_name(file, one) for one in part.split(" → ")}:
            return [name]
    raise Wrong(f"`{told}` is no part of {where}: there are {', '.join(known)}")


def _name(file: str, part: str) -> str:
    return part if file == "main.py" else f"{file}: {part}"


def _file_and_part(name: str) -> tuple[str, str]:
    file, colon, part = name.partition(": ")
    return (file, part) if colon else ("main.py", name)


def _sources(this: Step) -> tuple[dict[str, str], dict[str, str]]:
    """By file, what the step before has, and what this one has."""
    lower = before(this)
    return sources(lower.modules) if lower else {}, sources(this.modules)


def _folders(this: Step) -> tuple[str, str]:
    lower = before(this)
    return f"steps/{lower.name}" if lower else "", f"steps/{this.name}"


def _path(this: Step, file: str) -> str:
    return f"steps/{this.name}/{file}"


def _title(this: Step, file: str, fence: Fence) -> str:
    if fence.told == [file]:
        return _path(this, file)
    parts = (
        told.removeprefix(f"{file}: ") for told in fence.told if not _is_docstring(told)
    )
    return f"{_path(this, file)}: {', '.join(parts)}"


def _block(language: str, title: str, lines: Iterable[str]) -> str:
    return "\n".join([f'```{language} title="{title}"', *lines, "```"])
