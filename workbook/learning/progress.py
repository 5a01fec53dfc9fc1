"""What a learner has passed: one small file in their answers folder.

`answers/progress.jsonl` has a line for each thing that happened. The last check of a
step's version counts, or the last check of the step if this version wasn't checked: a
version that was put back is known again. Lines are only ever appended, each in one
write: two terminals do not overwrite each other, and of a write that was killed
half-way only that line is lost. It is safe to delete, and never trusted for marks:
checking again rebuilds it.
"""

import contextlib
import errno
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from workbook.checking import Outcome
from workbook.ladder import Step, steps
from workbook.learning.answers import digest as digest_of
from workbook.learning.answers import is_begun, last_saved

NAME = "progress.jsonl"
# What reading a line that we did not write may raise: Infinity is JSON to Python, and a
# thousand brackets are too deep for it.
BROKEN = ValueError, TypeError, KeyError, OverflowError, RecursionError
# How many hints there are for each behaviour.
LEVELS = 3
# How many failed tests are remembered: enough to show soon whether they still fail.
REMEMBERED = 20


class CannotRemember(Exception):
    """Progress cannot be written; nothing else is lost by it."""


@dataclass
class Record:
    """What is known of one step: the last check, and the hints that were given.

    `digest` is that of the version that was checked, and `changed` whether the version
    that is there now is another one. `at` is when something was last noted. `first` is
    the behaviour that failed first, `failed` the names of the first tests that failed,
    `begin_with` the failed behaviours in the order in which to look at them, where that
    is another one, `cause` what the answers prove of what went wrong, `hints` how many
    hints were given for each behaviour.
    """

    digest: str = ""
    passed: int = 0
    total: int = 0
    first: str = ""
    problem: bool = False
    failed: list[str] = field(default_factory=list)
    begin_with: list[str] = field(default_factory=list)
    cause: str = ""
    hints: dict[str, int] = field(default_factory=dict)
    changed: bool = False
    at: str = field(default="", compare=False)

    @property
    def behaviours(self) -> list[str]:
        """The test functions that failed, as far as they are remembered: the one to
        begin with first."""
        names = [name.partition("[")[0] for name in self.failed]
        return list(dict.fromkeys([*self.begin_with, self.first, *names]))

    @property
    def is_passed(self) -> bool:
        return self.total > 0 and not self.first and not self.problem


def read_progress(answers: Path) -> dict[str, Record]:
    """A record for each step that was checked, by name. A broken line is no line."""
    records: dict[str, Record] = {}
    now = {step.name: digest_of(step, answers) for step in steps()}
    path = answers / NAME
    try:
        # A device has no end, and a pipe no beginning.
        text = path.read_text("utf-8", errors="replace") if path.is_file() else ""
    except OSError:
        return records
    for line in text.splitlines():
        with contextlib.suppress(*BROKEN):
            _learn(records, json.loads(line), now)
    for name, record in records.items():
        # Hints alone are no check, and a version that is gone hasn't changed.
        record.changed = bool(record.digest) and now.get(name, "") not in (
            "",
            record.digest,
        )
    return records


def current_step(records: dict[str, Record], answers: Path) -> Step | None:
    """The step to work on: the first that was begun and not passed, or the next one to
    begin, above the highest that was passed if there is one. `None` after the last."""
    passed = [step for step in steps() if records.get(step.name, Record()).is_passed]
    missing = [step for step in steps() if step not in passed]
    begun = [step for step in missing if is_begun(step, answers)]
    above = missing
    if passed:
        above = [step for step in missing if step.number > passed[-1].number]
    return next(iter([*begun, *above, *missing]), None)


def step_at_hand(records: dict[str, Record], answers: Path) -> Step | None:
    """The step to look at: the first that was begun and not passed, or else the last
    that was passed. `None` where none was begun."""
    current = current_step(records, answers)
    if current is not None and is_begun(current, answers):
        return current
    begun = [step for step in steps() if is_begun(step, answers)]
    return begun[-1] if begun else None


def last_worked_on(records: dict[str, Record], answers: Path) -> Step | None:
    """The step whose version was saved or checked last. `None` where none was begun."""
    begun = [step for step in steps() if is_begun(step, answers)]

    def when(step: Step) -> tuple[float, int]:
        record = records.get(step.name, Record())
        noted = datetime.fromisoformat(record.at).timestamp() if record.at else 0.0
        return max(last_saved(step, answers), noted), step.number

    return max(begun, key=when, default=None)


def _learn(records: dict[str, Record], said: Any, now: dict[str, str]) -> None:
    """Adds what a line says. `now` has the digests of the versions that are there."""
    step = str(said["step"])
    record = records.get(step, Record())
    at = str(said.get("at", ""))
    if at:
        # Raises ValueError where it's no time.
        datetime.fromisoformat(at)
    there = now.get(step, "")
    is_known = there != "" and record.digest == there
    if "hint" in said:
        record.hints[str(said["hint"])] = min(max(int(said["level"]), 0), LEVELS)
    elif not is_known or str(said["digest"]) == there:
        record = Record(
            digest=str(said["digest"]),
            passed=int(said["passed"]),
            total=int(said["total"]),
            first=str(said["first"]),
            problem=bool(said["problem"]),
            failed=[str(name) for name in said.get("failed", [])],
            begin_with=[str(name) for name in said.get("begin_with", [])],
            cause=str(said.get("cause", "")),
            hints=record.hints,
            at=record.at,
        )
    record.at = at or record.at
    # Last, so that a line that breaks off half-way changes nothing.
    records[step] = record


def remember_check(
    answers: Path,
    step: Step,
    digest: str,
    outcome: Outcome,
    begin_with: Sequence[str] = (),
    cause: str = "",
) -> None:
    """Notes the outcome of a check, the failed behaviours to `begin_with` and the
    `cause` that is proven, unless nothing was judged. Raises `CannotRemember`."""
    if outcome.not_judged:
        return
    said = {
        "step": step.name,
        "digest": digest,
        "passed": len(outcome.passed),
        "total": outcome.total,
        "first": outcome.failed[0].behaviour if outcome.failed else "",
        "problem": bool(outcome.problem or outcome.stored),
        "failed": [result.name for result in outcome.failed[:REMEMBERED]],
        "begin_with": list(begin_with[:REMEMBERED]),
        "cause": cause,
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
