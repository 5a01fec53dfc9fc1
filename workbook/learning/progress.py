"""What a learner has passed: one small file in their answers folder.

`answers/progress.jsonl` has a line for each thing that happened, and the last line
about a step counts. Lines are only ever appended, each in one write: two terminals do
not overwrite each other, and of a write that was killed half-way only that line is
lost. It is safe to delete, and never trusted for marks: checking again rebuilds it.
"""

import contextlib
import errno
import json
import os
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workbook.checking.outcome import Outcome
from workbook.ladder import Step

NAME = "progress.jsonl"
# What reading a line that we did not write may raise: Infinity is JSON to Python, and a
# thousand brackets are too deep for it.
BROKEN = ValueError, TypeError, KeyError, OverflowError, RecursionError
# So many hints there are for each behaviour.
LEVELS = 3


class CannotRemember(Exception):
    """Progress cannot be written; nothing else is lost by it."""


@dataclass
class Record:
    """What is known of one step: the last check, and the hints that were given.

    `digest` is that of the version that was checked, `first` the behaviour that failed
    first, `hints` the number of hints given for each behaviour.
    """

    digest: str = ""
    passed: int = 0
    total: int = 0
    first: str = ""
    problem: bool = False
    hints: dict[str, int] = field(default_factory=dict)

    @property
    def holds(self) -> bool:
        return self.total > 0 and not self.first and not self.problem


def read(answers: Path) -> dict[str, Record]:
    """A record for each step that was checked, by name. A broken line is no line."""
    records: dict[str, Record] = {}
    path = answers / NAME
    try:
        # A device has no end, and a pipe no beginning.
        text = path.read_text("utf-8", errors="replace") if path.is_file() else ""
    except OSError:
        return records
    for line in text.splitlines():
        with contextlib.suppress(*BROKEN):
            _learn(records, json.loads(line))
    return records


def _learn(records: dict[str, Record], said: Any) -> None:
    step = str(said["step"])
    record = records.get(step, Record())
    if "hint" in said:
        record.hints[str(said["hint"])] = min(max(int(said["level"]), 0), LEVELS)
    else:
        record = Record(
            digest=str(said["digest"]),
            passed=int(said["passed"]),
            total=int(said["total"]),
            first=str(said["first"]),
            problem=bool(said["problem"]),
            hints=record.hints,
        )
    # Last, so that a line that breaks off half-way changes nothing.
    records[step] = record


def remember_check(answers: Path, step: Step, digest: str, outcome: Outcome) -> None:
    """Notes the outcome of a check. Raises `CannotRemember`."""
    tried = len(outcome.passed) + len(outcome.failed)
    said = {
        "step": step.name,
        "digest": digest,
        "passed": len(outcome.passed),
        "total": tried,
        "first": outcome.failed[0].behaviour if outcome.failed else "",
        "problem": bool(outcome.problem),
    }
    _append(answers, said)


def remember_hint(answers: Path, step: Step, behaviour: str, level: int) -> None:
    """Notes that a hint was given. Raises `CannotRemember`."""
    _append(answers, {"step": step.name, "hint": behaviour, "level": level})


def _append(answers: Path, said: dict[str, object]) -> None:
    said["at"] = datetime.now(UTC).isoformat(timespec="seconds")
    line = f"\n{json.dumps(said)}\n".encode()
    path = answers / NAME
    try:
        file = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            # A disk that is nearly full takes the beginning, and says nothing.
            if os.write(file, line) < len(line):
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        finally:
            os.close(file)
    except OSError as error:
        raise CannotRemember(
            f"Progress cannot be written to {path}: {error.strerror}."
        ) from None
