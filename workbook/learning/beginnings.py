"""What a learner begins a step with: their own version of the step before once it
passes, so that one app grows, and ours otherwise."""

import ast
import contextlib
from dataclasses import dataclass, replace
from pathlib import Path

from workbook.ladder import Step, before, steps
from workbook.learning.answers import (
    SKELETON,
    CannotStart,
    digest,
    is_begun,
    main_of,
    parts_of,
    starting_point,
)
from workbook.learning.progress import Record, read_progress


@dataclass(frozen=True)
class Beginning:
    """Files by their paths in the step's folder, `main.py` first. `is_mine` where they
    are the learner's own. `passed_over` says why they aren't, where there is a version
    of the learner's that could have been taken."""

    files: dict[str, bytes]
    is_mine: bool = False
    passed_over: str = ""


def beginning(step: Step, answers: Path) -> Beginning:
    """The learner's version of the step before if it passed its last check and hasn't
    changed since, or else ours."""
    lower = before(step)
    if lower is None or not is_begun(lower, answers):
        return ours(step)
    record = read_progress(answers).get(lower.name, Record())
    why = ""
    if not record.digest:
        why = "it wasn't checked yet"
    elif record.digest != digest(lower, answers):
        why = "it has changed since its last check"
    elif not record.is_passed:
        why = "it failed its last check"
    return replace(ours(step), passed_over=why) if why else mine(step, answers)


def ours(step: Step) -> Beginning:
    """Our step before with a new docstring, or the skeleton of the first."""
    files = {file.name: file.read_bytes() for file in starting_point(step)}
    if before(step):
        main = next(iter(files))
        files[main] = _with_docstring(files[main], step, "our")
    return Beginning(files)


def mine(step: Step, answers: Path) -> Beginning:
    """The learner's version of the step before, as it is. Raises `CannotStart`.

    Where its files name the step, as in `from step01_fake_hash.users import User`, the
    copies name the new one. A docstring of ours at the top of `main.py` becomes one of
    the new step; the learner's own stays.
    """
    lower = before(step)
    if lower is None:
        raise CannotStart(f"No step comes before step {step.number}: it begins afresh.")
    folder = main_of(lower, answers).parent
    if not is_begun(lower, answers):
        raise CannotStart(f"There's no {folder / 'main.py'} to begin with.")
    files = {}
    main = folder / "main.py"
    for path in sorted(parts_of(folder), key=lambda path: (path != main, path)):
        try:
            content = path.read_bytes()
        except OSError as error:
            raise CannotStart(f"{path} can't be read: {error.strerror}.") from None
        if path.suffix == ".py":
            content = content.replace(lower.name.encode(), step.name.encode())
        if path == main:
            content = _with_docstring(content, step, "your")
        files[path.relative_to(folder).as_posix()] = content
    return Beginning(files, is_mine=True)


def _with_docstring(content: bytes, step: Step, whose: str) -> bytes:
    """The module with the step's docstring in the place of an earlier one of ours."""
    with contextlib.suppress(SyntaxError, ValueError):
        tree = ast.parse(content)
        first = ast.get_docstring(tree, clean=False) or ""
        if first.partition("\n")[0] in _our_first_lines():
            lines = content.split(b"\n")
            end = tree.body[0].end_lineno or 1
            return b"\n".join([_docstring(step, whose).encode(), *lines[end:]])
    return content


def _docstring(step: Step, whose: str) -> str:
    return (
        f'"""{_headline(step)}\n\n'
        f"{step.question} It begins as {whose} step {step.number - 1}.\n\n"
        f'Run it:  .venv/bin/uvicorn answers.{step.name}.main:app --reload\n"""'
    )


def _headline(step: Step) -> str:
    return f"Step {step.number}, for you to write: {step.title}."


def _our_first_lines() -> set[str]:
    """The first lines of the docstrings that a learner's version may have from us."""
    files = [SKELETON, *(step.main for step in steps())]
    docstrings = (
        ast.get_docstring(ast.parse(f.read_bytes()), clean=False) for f in files
    )
    ours = {str(text).partition("\n")[0] for text in docstrings}
    return ours | {_headline(step) for step in steps()}


def is_untouched(step: Step, answers: Path) -> bool:
    """Whether the learner's version is still what they began with."""
    # Or copied by hand, with the docstring that it had.
    by_hand = {file.name: file.read_bytes() for file in starting_point(step)}
    possible = [ours(step), Beginning(by_hand)]
    lower = before(step)
    if lower is not None and is_begun(lower, answers):
        with contextlib.suppress(CannotStart):
            possible.append(mine(step, answers))
    folder = main_of(step, answers).parent
    return any(_has_all(folder, one.files) for one in possible)


def _has_all(folder: Path, files: dict[str, bytes]) -> bool:
    try:
        return all((folder / name).read_bytes() == it for name, it in files.items())
    except OSError:
        return False
