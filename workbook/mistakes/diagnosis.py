"""Which known mistake an outcome looks like."""

import math
from collections import Counter
from dataclasses import dataclass

from workbook.checking.outcome import Outcome
from workbook.ladder import Step
from workbook.mistakes import Mistake, mistakes
from workbook.mistakes.fingerprints import known, marks

# From here on an outcome looks like a mistake, since hardly anything differs; below it
# is a guess, and further below it is honest to say nothing.
LIKELY = 0.8
POSSIBLE = 0.25


@dataclass(frozen=True)
class Suspect:
    """A mistake and how much the outcome looks like it, from 0 to 1."""

    mistake: Mistake
    likeness: float

    @property
    def is_likely(self) -> bool:
        return self.likeness >= LIKELY


def diagnose(step: Step, outcome: Outcome, limit: int = 3) -> list[Suspect]:
    """The mistakes that the outcome looks like, the likeliest first.

    None when it holds, and none when it looks like nothing that is known.
    """
    seen = marks(outcome)
    if not seen:
        return []
    bank = known(step)
    weights = _weights(bank, seen)
    suspects = [
        Suspect(mistake, _likeness(seen, bank[mistake.name], weights))
        for mistake in mistakes(step)
        if mistake.name in bank
    ]
    suspects.sort(key=lambda suspect: -suspect.likeness)
    return [s for s in suspects[:limit] if s.likeness >= POSSIBLE]


def _weights(bank: dict[str, frozenset[str]], seen: frozenset[str]) -> dict[str, float]:
    """A mark that few mistakes leave tells more than one that many leave."""
    leave = Counter(mark for left in bank.values() for mark in left)
    return {
        mark: math.log((len(bank) + 1) / (leave[mark] + 0.5))
        for mark in {*leave, *seen}
    }


def _likeness(
    seen: frozenset[str], left: frozenset[str], weights: dict[str, float]
) -> float:
    """What both have in common, as a share of what either has."""
    either = sum(weights[mark] for mark in seen | left)
    return sum(weights[mark] for mark in seen & left) / either if either else 0.0
