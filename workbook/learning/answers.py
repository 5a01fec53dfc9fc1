"""The learner's own versions: `answers/<step name>/main.py`."""

import hashlib
import shutil
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


def starting_point(step: Step) -> Path:
    """What a learner begins with: the step before, or the skeleton of the first."""
    lower = before(step)
    return lower.main if lower else SKELETON


def start(step: Step, answers: Path, *, again: bool = False) -> Path | None:
    """Writes the starting point to `answers`. The file that was there is never lost.

    Without `again` a file that is there is left alone, and `CannotStart` is raised.
    With it, that file is kept under a dated name, which is returned.
    """
    main = main_of(step, answers)
    kept = None
    try:
        _make_folder(main.parent)
        if again and main.is_file():
            kept = _dated(main)
            main.replace(kept)
        # "x": what is there stays, should another terminal have been faster too.
        with main.open("xb") as file, starting_point(step).open("rb") as source:
            shutil.copyfileobj(source, file)
    except FileExistsError:
        if main.is_dir():
            raise CannotStart(f"{main} is a folder: move it away first.") from None
        raise CannotStart(
            f"{main} is there already and was left alone. To begin afresh: "
            f"workbook start {step.number} --again (it keeps the old file)."
        ) from None
    except OSError as error:
        raise CannotStart(f"{main} cannot be written: {error.strerror}.") from None
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


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except FileExistsError:
        raise CannotStart(f"{folder} is in the way: it is not a folder.") from None


def _dated(main: Path) -> Path:
    """A name beside it that nobody has yet, now taken: `main.2026-11-22T18-30-05.py`.

    An empty file holds it: two terminals must not keep their old files under one name.
    """
    stamp = f"{datetime.now():%Y-%m-%dT%H-%M-%S}"
    kept = main.with_name(f"{main.stem}.{stamp}{main.suffix}")
    number = 1
    while True:
        try:
            kept.touch(exist_ok=False)
        except FileExistsError:
            number += 1
            kept = main.with_name(f"{main.stem}.{stamp}-{number}{main.suffix}")
        else:
            return kept
