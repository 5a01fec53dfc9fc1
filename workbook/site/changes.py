"""Fences that show code: `step`, `change` and `listing`. Nothing is ever pasted."""

from typing import TypeVar

from workbook import diffing
from workbook.ladder import ROOT, Step, before, steps
from workbook.site.page import Fence, Page, step_of
from workbook.site.problems import Wrong

Value = TypeVar("Value")

# Lines of context around a change: a part is shown from its beginning to its end.
WHOLE = 1000

# So many lines of a step in a row, in a page, are a copy of it.
COPY = 4


def step(page: Page, fence: Fence) -> str:
    """```step NAME: this page is about that step. Its question and its minutes.

    From here on the page owes its reader every changed line of the step, once.
    """
    this = step_of(page, fence.words)
    page.step = this.name
    return (
        f'<p class="question" markdown="span">{this.question}</p>\n\n'
        f'<p class="facts" markdown="span">{this.minutes} minutes · '
        f"`{this.main.relative_to(ROOT).as_posix()}` · "
        f"`make run STEP={this.number}`</p>\n"
    )


def change(page: Page, fence: Fence) -> str:
    """```change: parts of what the page's step changed, a name a line, as a diff.

    A part is a function (`def login`), a class, an assignment, `imports`, `docstring`.
    The one word `all` in the fence's first line shows the whole change, folded.
    """
    this = step_of(page, [])
    if fence.words == ["all"]:
        old, new = _sources(this)
        whole = diffing.unified(old, new, *_names(this)).rstrip()
        body = "\n".join(
            f"    {line}" for line in ["```diff", *whole.splitlines(), "```"]
        )
        return f'??? note "The whole change, as diff -u writes it"\n\n{body}\n'
    parts = {part.name: part for part in changed_parts(this)}
    shown: list[str] = []
    for name in fence.told:
        part = _named(parts, name, f"what {this.name} changed")
        page.shown.append(part.name)
        shown += ["", *part.lines] if shown else list(part.lines)
    title = f"{this.main.relative_to(ROOT).as_posix()}: {', '.join(fence.told)}"
    return _block("diff", title, shown)


def listing(page: Page, fence: Fence) -> str:
    """```listing STEP: parts of a step's file as they are; with no part, all of it."""
    this = step_of(page, fence.words)
    parts = pieces(this)
    if not fence.told:
        return _block("python", _title(this), this.main.read_text("utf-8").splitlines())
    shown: list[str] = []
    for name in fence.told:
        part = _named({key: key for key in parts}, name, this.name)
        if this.name == page.step and before(this) is None:
            page.shown.append(part)
        shown += ["", ""] if shown else []
        shown += parts[part].splitlines()
    return _block("python", _title(this), shown)


def what_is_missing(page: Page) -> list[str]:
    """The changed parts that a page has not shown, or has shown twice."""
    this = step_of(page, [])
    wanted = (
        [part.name for part in changed_parts(this)]
        if before(this)
        else list(pieces(this))
    )
    missing = [name for name in wanted if name not in page.shown]
    twice = sorted({name for name in page.shown if page.shown.count(name) > 1})
    return [f"the change of `{name}` is shown nowhere" for name in missing] + [
        f"the change of `{name}` is shown twice" for name in twice
    ]


def changed_parts(this: Step) -> list[diffing.Part]:
    """What a step changed in the step before, part by part."""
    whole = diffing.parts(*_sources(this), context=WHOLE)
    return [part for part in whole if part.lines]


def pieces(this: Step) -> dict[str, str]:
    """A step's file, part by part."""
    return diffing.pieces(this.main.read_text("utf-8"))


def copied_from(block: list[str]) -> str:
    """Which step a block of code was copied from; empty when from none."""
    copied = _runs(block)
    for this in steps():
        if copied & _runs(this.main.read_text("utf-8").splitlines()):
            return this.main.relative_to(ROOT).as_posix()
    return ""


def _runs(lines: list[str]) -> set[tuple[str, ...]]:
    """All runs of `COPY` lines that are not blank, without their indents."""
    told = [line.strip() for line in lines if line.strip()]
    return {tuple(told[i : i + COPY]) for i in range(len(told) - COPY + 1)}


def _named(table: dict[str, Value], name: str, where: str) -> Value:
    for key, value in table.items():
        if name == key or name in key.split(" → "):
            return value
    raise Wrong(f"`{name}` is no part of {where}: there are {', '.join(table)}")


def _sources(this: Step) -> tuple[str, str]:
    lower = before(this)
    return lower.main.read_text("utf-8") if lower else "", this.main.read_text("utf-8")


def _names(this: Step) -> tuple[str, str]:
    lower = before(this)
    return _title(lower) if lower else "/dev/null", _title(this)


def _title(this: Step) -> str:
    return this.main.relative_to(ROOT).as_posix()


def _block(language: str, title: str, lines: list[str]) -> str:
    return "\n".join([f'```{language} title="{title}"', *lines, "```"])
