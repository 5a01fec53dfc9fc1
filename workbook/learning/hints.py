"""The hints of `workbook hint`: three levels for each behaviour of a suite.

`hints/<step>.toml` has a table for each behaviour (the name of a test function) that is
new at the step:

    concept  a question to think about, or the idea behind the behaviour
    place    where to look; what is in `backticks` is in a module of the step
    code     nearly the code: lines of our step, with ... for what is left to find

Its words are true of that step and of all steps after it. Where a later step changes
the idea, the place or the code, the file of that step has a table with the levels that
differ. Its `[names]` say what something is called from that step on: `<login>` in a
place or in the code is `login` at first, and `login_for_access_token` from step 4 on.
Which file has what a place names is looked up in the step's modules.

A comment in the code that is one name, as `# get_user`, says which function, class or
assignment of the step has the lines below it, up to an empty one. Other comments are
free.

The first test to fail is what a hint is given for. Its usual reason at a step is what
the step has just changed, so that is what the words are about.
"""

import ast
import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from workbook.ladder import Step, sources, steps

FOLDER = Path(__file__).with_name("hints")
LEVELS = ("concept", "place", "code")
NAMES = "names"


class NoHint(LookupError):
    """The behaviour has no hint at the step; the message says where to add one."""


def hints_for(
    step: Step, behaviour: str, yours: Path | None = None
) -> tuple[str, str, str]:
    """The concept, the place and nearly the code, for a learner whose version fails
    `behaviour` at `step`. A behaviour is the name of a test function. The place also
    says where that is in the folder `yours`, whose code may have another shape than
    ours. Raises `NoHint`.
    """
    words = as_written(step, behaviour)
    if not behaviour.startswith("test_") or words.keys() != set(LEVELS):
        raise NoHint(
            f"There is no hint for '{behaviour}' at step {step.number}: add a table of "
            f"that name to {file_of(step).name}, or ask for a test function of its "
            "suite."
        )
    names = as_written(step, NAMES)
    concept, place, code = (with_names(words[level], names) for level in LEVELS)
    place = _flowing(place)
    where = _files(step, place) + (_in_yours(step, place, yours) if yours else "")
    return _flowing(concept), place + where, code.strip()


def first_with_hints(
    step: Step, behaviours: Iterable[str], yours: Path | None = None
) -> tuple[str, tuple[str, str, str]]:
    """The first of these behaviours that has hints at the step, and its hints. Raises
    `NoHint` where none has."""
    for behaviour in behaviours:
        try:
            return behaviour, hints_for(step, behaviour, yours)
        except NoHint:
            continue
    raise NoHint(f"No test of step {step.number} that fails has a hint.")


def file_of(step: Step) -> Path:
    """The file of the hints that are new at the step, or differ from it on."""
    return FOLDER / f"{step.name}.toml"


@cache
def tables_of(step: Step) -> dict[str, dict[str, str]]:
    """The tables of that file; none where the step changes no hint."""
    file = file_of(step)
    return tomllib.loads(file.read_text("utf-8")) if file.exists() else {}


def as_written(step: Step, table: str) -> dict[str, str]:
    """What the files say in that table, up to the step: a later file goes before an
    earlier one."""
    said: dict[str, str] = {}
    for rung in steps()[: step.number]:
        said |= tables_of(rung).get(table, {})
    return said


def with_names(text: str, names: dict[str, str]) -> str:
    """The text with what each `<name>` in it is called."""
    return re.sub(r"<(\w+)>", lambda found: names.get(found[1], found[0]), text)


def _flowing(text: str) -> str:
    return " ".join(text.split())


def _files(step: Step, place: str) -> str:
    """The sentence that says which files have what the place names, where that is not
    `main.py`. Empty where `main.py` has it all."""
    main, *others = sources(step.modules).items()
    named = dict.fromkeys(re.findall("`([^`]+)`", place))
    missing = [name for name in named if name not in _defined(main[1])]
    files = []
    for file, source in others:
        found = [f"`{name}`" for name in missing if name in _defined(source)]
        if found:
            files.append(f"{_listed(found)} in {file}")
    return f" Our app has {_listed(files)}." if files else ""


def _in_yours(step: Step, place: str, folder: Path) -> str:
    """The sentences that say which of our names the learner's version has elsewhere
    than in its `main.py`, and which it doesn't have. Empty where it is like ours."""
    ours = frozenset[str]().union(*map(_defined, sources(step.modules).values()))
    names = dict.fromkeys(re.findall("`([^`]+)`", place))
    files = _defined_in_folder(folder)
    elsewhere: dict[str, list[str]] = {}
    missing = []
    for name in names:
        if name not in ours:
            continue
        having = [file for file, defined in files.items() if name in defined]
        if not having:
            missing.append(f"`{name}`")
        elif "main.py" not in having and not (step.folder / having[0]).exists():
            elsewhere.setdefault(having[0], []).append(f"`{name}`")
    said = ""
    if elsewhere:
        listed = [f"{_listed(found)} in {file}" for file, found in elsewhere.items()]
        said += f" Your version has {_listed(listed)}."
    if missing:
        said += (
            f" Your version has no {' and no '.join(missing)}: look for the code that "
            "does the same work there."
        )
    return said


def _defined_in_folder(folder: Path) -> dict[str, frozenset[str]]:
    """The names that each Python file of a learner's version defines. A file that
    can't be read as Python defines none."""
    found = {}
    for path in sorted(folder.rglob("*.py")):
        if path.stem.isidentifier():
            try:
                names = _defined(path.read_text("utf-8-sig"))
            except (OSError, SyntaxError, ValueError):
                names = frozenset()
            found[path.relative_to(folder).as_posix()] = names
    return found


@cache
def _defined(source: str) -> frozenset[str]:
    """The names that a module gives to something, at its top level or in a class."""
    top = ast.parse(source).body
    inside = [node for it in top if isinstance(it, ast.ClassDef) for node in it.body]
    found = set()
    for node in top + inside:
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                found.add(node.name)
            case ast.Assign(targets=[ast.Name(id=name)]):
                found.add(name)
            case ast.AnnAssign(target=ast.Name(id=name)):
                found.add(name)
    return frozenset(found)


def _listed(words: list[str]) -> str:
    *most, last = words
    return f"{', '.join(most)} and {last}" if most else last
