"""The learner's own versions: `answers/<step name>/main.py`."""

import hashlib
import os
from datetime import datetime
from pathlib import Path

from workbook.ladder import ROOT, Step, before

DEFAULT = Path("answers")
SKELETON = Path(__file__).resolve().parent / "skeleton" / "main.py"


class CannotStart(Exception):
    """The starting point cannot be written; the message says why and what to do."""


def main_of(step: Step, answers: Path) -> Path:
    """Where the learner's version of a step is, or would be."""
    return answers / step.name / "main.py"


def starting_point(step: Step) -> tuple[Path, ...]:
    """The files that a learner begins with, `main.py` first: those of the step before,
    or the skeleton of the first."""
    lower = before(step)
    return lower.modules if lower else (SKELETON,)


def start(step: Step, answers: Path, *, again: bool = False) -> list[Path]:
    """Writes the starting point to `answers`. No file that was there is ever lost.

    Without `again` a file that is there is left alone, none is written beside it, and
    `CannotStart` is raised. With it, each file that is in the way of a new one is kept
    under a dated name; these are returned.
    """
    folder = main_of(step, answers).parent
    kept: list[Path] = []
    written: list[Path] = []
    path = folder
    try:
        _make_folder(folder)
        beginning = {}
        for source in starting_point(step):
            path = folder / source.name
            beginning[path] = source.read_bytes()
            if os.path.lexists(path) and not (again and path.is_file()):
                raise FileExistsError(path)
        for path in beginning:
            if path.is_file():
                kept.append(_dated(path))
                path.replace(kept[-1])
        for path, content in beginning.items():
            # "x": what is there stays, should another terminal have been faster.
            with path.open("xb") as file:
                written.append(path)
                file.write(content)
    except OSError as error:
        for half in written:
            half.unlink(missing_ok=True)
        raise _cannot_start(step, path, error) from None
    return kept


def digest(step: Step, answers: Path) -> str:
    """Changes when a Python file of the version changes; empty when there is none."""
    folder = answers / step.name
    content = hashlib.sha256()
    files = sorted(path for path in folder.rglob("*.py") if path.is_file())
    for path in files:
        content.update(str(path.relative_to(folder)).encode())
        try:
            content.update(path.read_bytes())
        except OSError as error:
            content.update(repr(error).encode())
    return content.hexdigest()[:16] if files else ""


def module_of(step: Step, answers: Path) -> str:
    """What uvicorn is given, from the project's folder, to serve the learner's version.

    Raises `CannotStart` where the folder is elsewhere or its name cannot be imported.
    """
    folder = answers.resolve()
    if not folder.is_relative_to(ROOT):
        raise CannotStart(f"{answers} is not below {ROOT}: uvicorn is run from there.")
    parts = [*folder.relative_to(ROOT).parts, step.name]
    if not all(part.isidentifier() for part in parts):
        raise CannotStart(f"{answers} cannot be imported: its name is no Python name.")
    return f"{'.'.join(parts)}.main:app"


def _cannot_start(step: Step, path: Path, error: OSError) -> CannotStart:
    """Why this file of the starting point cannot be written."""
    if not isinstance(error, FileExistsError):
        return CannotStart(f"{path} cannot be written: {error.strerror}.")
    if path.is_dir():
        return CannotStart(f"{path} is a folder: move it away first.")
    return CannotStart(
        f"{path} is there already and was left alone. To begin afresh: "
        f"workbook start {step.number} --again (it keeps the old file)."
    )


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise CannotStart(f"{folder} is in the way: it is not a folder.") from None


def _dated(module: Path) -> Path:
    """A name beside it that nobody has yet, now taken: `main.2026-11-22T18-30-05.py`.

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
