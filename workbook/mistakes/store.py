"""The stored fingerprints: `fingerprints/<step name>.json`, renewed by `renew.py`.

They are stored because making them runs each suite dozens of times. A file is to be
read by people too: a mistake has a place of its own, so that a new one adds lines and
changes none. Under each kind of mark and each value stand the behaviours, with the
cases that differ from the others. A behaviour that is not under `failed` failed whole.
"""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from workbook.ladder import Step
from workbook.mistakes.fingerprints import FAILED, Fingerprint, Mark

FOLDER = Path(__file__).resolve().with_name("fingerprints")

# The cases by their behaviour; an empty list is the behaviour as a whole.
Tests = dict[str, list[str]]


@dataclass(frozen=True)
class Stored:
    """A fingerprint, and the digest of the edits that it was made from."""

    edits: str
    fingerprint: Fingerprint


@dataclass(frozen=True)
class Store:
    """The fingerprints of a step's mistakes by their names, and the digests of what
    they all depend on."""

    digests: Mapping[str, str] = field(default_factory=dict)
    mistakes: Mapping[str, Stored] = field(default_factory=dict)


class Weights(dict[Mark, float]):
    """What each mark says: more, if few mistakes of the bank leave it."""

    def __init__(self, bank: Mapping[str, Fingerprint]) -> None:
        self._leave = Counter(mark for marks in bank.values() for mark in marks)
        self._size = len(bank)
        self._sums: dict[Fingerprint, float] = {}

    def __missing__(self, mark: Mark) -> float:
        self[mark] = math.log((self._size + 1) / (self._leave[mark] + 0.5))
        return self[mark]

    def likeness(self, seen: Fingerprint, stored: Fingerprint) -> float:
        """What both have in common, as a share of what either has."""
        both = math.fsum(self[mark] for mark in seen & stored)
        either = self._sum(seen) + self._sum(stored) - both
        return both / either if either else 0.0

    def _sum(self, marks: Fingerprint) -> float:
        if marks not in self._sums:
            self._sums[marks] = math.fsum(self[mark] for mark in marks)
        return self._sums[marks]


def known(step: Step) -> dict[str, Fingerprint]:
    """The fingerprint of each mistake of a step, by its name."""
    return {name: one.fingerprint for name, one in read(step).mistakes.items()}


@cache
def weights_of(step: Step) -> Weights:
    """Those of all mistakes of a step."""
    return Weights(known(step))


@cache
def read(step: Step) -> Store:
    """What is stored for a step, which may be nothing."""
    path = _path(step)
    if not path.exists():
        return Store()
    stored = json.loads(path.read_text("utf-8"))
    return Store(
        stored["digests"],
        {
            name: Stored(entry.pop("edits"), _marks(entry))
            for name, entry in stored["mistakes"].items()
        },
    )


def write(step: Step, store: Store) -> None:
    """Stores the fingerprints of a step in the place of those it had."""
    entries = {
        name: {"edits": one.edits} | _tests(one.fingerprint)
        for name, one in store.mistakes.items()
    }
    text = _dump({"digests": dict(store.digests), "mistakes": entries})
    FOLDER.mkdir(exist_ok=True)
    _path(step).write_text(f"{text}\n", "utf-8", newline="\n")
    read.cache_clear()
    weights_of.cache_clear()


def _path(step: Step) -> Path:
    return FOLDER / f"{step.name}.json"


def _tests(marks: Fingerprint) -> dict[str, Any]:
    """The marks by kind, value and behaviour."""
    failed: Tests = {}
    others: dict[str, dict[str, Tests]] = defaultdict(lambda: defaultdict(dict))
    for mark in sorted(marks):
        behaviour, bracket, case = mark.test.partition("[")
        if mark.kind == FAILED and not bracket:
            continue
        tests = failed if mark.kind == FAILED else others[mark.kind][mark.value]
        cases = tests.setdefault(behaviour, [])
        if bracket:
            cases.append(case.removesuffix("]"))
    return {FAILED: failed, **others} if failed else dict(others)


def _marks(entry: dict[str, Any]) -> Fingerprint:
    """What `_tests` was given."""
    failed: Tests = entry.pop(FAILED, {})
    marks = {
        Mark(kind, test, value)
        for kind, values in entry.items()
        for value, tests in values.items()
        for test in _names(tests)
    }
    whole = {mark.test.partition("[")[0] for mark in marks} - set(failed)
    return frozenset(marks | {Mark(FAILED, test) for test in [*whole, *_names(failed)]})


def _names(tests: Tests) -> list[str]:
    return [
        name
        for behaviour, cases in tests.items()
        for name in ([f"{behaviour}[{case}]" for case in cases] or [behaviour])
    ]


def _dump(value: Any, depth: int = 1) -> str:
    """JSON with a line for each entry of an object, and none for those of a list."""
    if not isinstance(value, dict):
        return json.dumps(value)
    lines = [
        f"{' ' * depth}{json.dumps(key)}: {_dump(entry, depth + 1)}"
        for key, entry in value.items()
    ]
    return "{\n" + ",\n".join(lines) + f"\n{' ' * (depth - 1)}}}" if lines else "{}"
