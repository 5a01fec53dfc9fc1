"""The learner's own versions: `answers/<step name>/main.py`."""

import contextlib
import hashlib
import os
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path

from workbook.ladder import Step, before

# Of a module, so many bytes are looked at.
LARGEST = 10 * 1000**2
# What running an app leaves in its folder, beside hidden files.
LEFT_BEHIND = {"__pycache__"}
SKELETON = Path(__file__).resolve().parent / "skeleton" / "main.py"


class CannotStart(Exception):
    """The starting point cannot be written; the message says why and what to do."""


class AlreadyBegun(CannotStart):
    """There is a version already, and it was left alone."""


def main_of(step: Step, answers: Path) -> Path:
    """Where the learner's version of a step is, or would be."""
    return answers / step.name / "main.py"


def is_begun(step: Step, answers: Path) -> bool:
    """Whether there is a version of the learner's."""
    return main_of(step, answers).exists()


def starting_point(step: Step) -> tuple[Path, ...]:
    """The files that a learner begins with, `main.py` first: those of the step before,
    or the skeleton of the first."""
    lower = before(step)
    return lower.modules if lower else (SKELETON,)


def start(
    step: Step,
    answers: Path,
    *,
    files: Mapping[str, bytes] | None = None,
    again: bool = False,
) -> list[Path]:
    """Writes the starting point to `answers`. No file that was there is ever lost.

    It is made of `files`, by their paths in the folder, or else of our own. Without
    `again` a file that is there is left alone, none is written beside it, and
    `AlreadyBegun` is raised. With it, each module of the old version and each file that
    is in the way of a new one is kept under a dated name; these are returned.
    """
    folder = main_of(step, answers).parent
    kept: list[Path] = []
    written: list[Path] = []
    path = folder
    try:
        _make_folder(folder)
        if files is None:
            sources = starting_point(step)
            files = {source.name: source.read_bytes() for source in sources}
        beginning = {}
        for name, content in files.items():
            path = folder / name
            beginning[path] = content
            if os.path.lexists(path) and not (again and path.is_file()):
                raise FileExistsError(path)
        old = [path for path in beginning if path.is_file()]
        if again:
            # A module that stayed would look like one of the new version.
            modules = (path for path in parts_of(folder) if path.suffix == ".py")
            old += [path for path in modules if path not in beginning]
        for path in old:
            kept.append(_dated(path))
            path.replace(kept[-1])
        for path, content in beginning.items():
            _make_folder(path.parent)
            # "x": what is there stays, should another terminal have been faster.
            with path.open("xb") as file:
                written.append(path)
                file.write(content)
    except OSError as error:
        for half in written:
            half.unlink(missing_ok=True)
        raise _cannot_start(path, error) from None
    return kept


def parts_of(folder: Path) -> list[Path]:
    """The files of the version in a folder: not hidden ones, not what running it has
    left there, and not the copies that `start` has kept under a date."""
    return [
        path
        for path in sorted(folder.rglob("*"))
        if path.is_file() and _is_part_of_it(path.relative_to(folder))
    ]


def _is_part_of_it(name: Path) -> bool:
    if any(part.startswith(".") or part in LEFT_BEHIND for part in name.parts):
        return False
    return name.suffix != ".py" or name.stem.isidentifier()


def digest(step: Step, answers: Path) -> str:
    """Changes when a Python file of the version changes; empty when there is none."""
    folder = answers / step.name
    content = hashlib.sha256()
    files = sorted(path for path in folder.rglob("*.py") if path.is_file())
    for path in files:
        content.update(str(path.relative_to(folder)).encode())
        try:
            # No module is larger. What claims to be so may have no end.
            with path.open("rb") as file:
                content.update(file.read(LARGEST))
        except OSError as error:
            content.update(repr(error).encode())
    return content.hexdigest()[:16] if files else ""


def last_saved(step: Step, answers: Path) -> float:
    """When a Python file of the version was last saved, in seconds; 0 without any."""
    times = [0.0]
    for path in (answers / step.name).rglob("*.py"):
        with contextlib.suppress(OSError):
            times.append(path.stat().st_mtime)
    return max(times)


def _cannot_start(path: Path, error: OSError) -> CannotStart:
    """Why this file of the starting point cannot be written."""
    if not isinstance(error, FileExistsError):
        return CannotStart(f"{path} cannot be written: {error.strerror}.")
    if path.is_dir():
        return CannotStart(f"{path} is a folder: move it away first.")
    return AlreadyBegun(f"{path} exists already and was left alone.")


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise CannotStart(f"{folder} is in the way: it isn't a folder.") from None


def _dated(module: Path) -> Path:
    """A free name beside it, taken from now on: `main.2026-11-22T18-30-05.py`.

    An empty file holds it: two terminals must not keep their old files under one name.
    """
    stamp = f"{datetime.now():%Y-%m-%dT%H-%M-%S}"
    kept = module.with_name(f"{module.stem}.{stamp}{module.suffix}")
    number = 1
    while True:
        try:
            kept.touch(exist_ok=False)
        except FileExistsError:
            number += 1
            kept = module.with_name(f"{module.stem}.{stamp}-{number}{module.suffix}")
        else:
            return kept
