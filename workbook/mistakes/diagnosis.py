"""What is wrong with an app, from the outcome of a suite.

Three kinds of evidence are asked, the surest first: what Python itself said, what the
answers prove, and which known mistake leaves the same marks. A known mistake is named
only where it fits so well that the name is nearly always right.
"""

from collections.abc import Collection
from dataclasses import dataclass, field, replace

from workbook.checking import NO_EVIDENCE, Outcome, Result
from workbook.ladder import Step
from workbook.mistakes.bank import Mistake, mistakes
from workbook.mistakes.causes import (
    LOGINS,
    SERVED,
    Cause,
    cause_of,
    crash_of,
    fallback_of,
    is_written,
)
from workbook.mistakes.fingerprints import FAILED, Fingerprint, Mark, fingerprint
from workbook.mistakes.store import Weights, known, weights_of

# From here on an outcome looks like a mistake. `trials.py` measures how often the name
# is right; below it is a guess, and further below it is honest to say nothing.
LIKELY = 0.9
POSSIBLE = 0.25
# The second one has to be less like it by so much. Else it is one of several.
AHEAD = 0.05
# From here on hardly anything differs, not even in what the answers say.
SAME = 0.97


@dataclass(frozen=True)
class Suspect:
    """A mistake and how much the outcome looks like it, from 0 to 1. `is_likely` says
    that it may be named: it looks like this one and like no other."""

    mistake: Mistake
    likeness: float
    is_likely: bool = False


@dataclass(frozen=True)
class Diagnosis:
    """Either a `cause` that the answers prove, or the known mistakes that the outcome
    looks like, the likeliest first. Neither, where nothing is known. `explains` are the
    failed tests that it explains, the plainest first."""

    cause: Cause | None = None
    suspects: list[Suspect] = field(default_factory=list)
    explains: list[str] = field(default_factory=list)


def diagnose(step: Step, outcome: Outcome) -> Diagnosis:
    """What is wrong, as far as the outcome shows it; nothing where all tests passed."""
    found = _diagnosis_of(step, outcome)
    return replace(found, explains=_explained(step, found, outcome))


def _explained(step: Step, found: Diagnosis, outcome: Outcome) -> list[str]:
    """The failed tests that show a cause on their own, or that a mistake is known to
    fail: first the one that it's about."""
    failed = [result for result in outcome.failed if is_written(result)]
    if found.cause is not None:
        shows_it = _showing(found.cause, failed, step, outcome)
        plainest = (
            set(LOGINS.values()) if shows_it and _is_login(shows_it[0]) else {SERVED}
        )
        if about := [one for one in failed if one.behaviour == found.cause.about]:
            shows_it += [one for one in about if one not in shows_it]
            plainest = {found.cause.about}
        shows_it.sort(key=lambda one: one.behaviour not in plainest)
        return [one.name for one in shows_it]
    if found.suspects and found.suspects[0].is_likely:
        mistake = found.suspects[0].mistake
        fails = {mark.behaviour for mark in known(step)[mistake.name]}
        failed.sort(key=lambda one: one.behaviour != mistake.caught_by)
        return [one.name for one in failed if one.behaviour in fails]
    return []


def _showing(
    cause: Cause, failed: list[Result], step: Step, outcome: Outcome
) -> list[Result]:
    """The failed tests that show a cause on their own. Where it takes more than one to
    prove it: all refused tokens, or all failed logins."""

    def shown_by(results: list[Result]) -> bool:
        return cause.name in _causes_of(results, step, outcome)

    if alone := [one for one in failed if shown_by([one])]:
        return alone
    for is_one in (_is_refused_token, _is_login):
        together = [one for one in failed if is_one(one)]
        if together and shown_by(together):
            return together
    return []


def _is_refused_token(result: Result) -> bool:
    """Whether a token was refused that should have been accepted: what was asked for
    with it has nothing to do with that."""
    evidence = result.failure.evidence if result.failure else NO_EVIDENCE
    return evidence.status in (401, 403) and evidence.asked != "POST /token"


def _is_login(result: Result) -> bool:
    return bool(result.failure and result.failure.evidence.asked == "POST /token")


def _causes_of(results: list[Result], step: Step, outcome: Outcome) -> set[str]:
    """The names of the causes that these failed tests show without the other ones."""
    alone = replace(outcome, results=[*results, *outcome.passed])
    found = (crash_of(alone), cause_of(alone), fallback_of(alone, step))
    return {cause.name for cause in found if cause is not None}


def _diagnosis_of(step: Step, outcome: Outcome) -> Diagnosis:
    if cause := crash_of(outcome):
        return Diagnosis(cause)
    found = _suspects_of(step, outcome)
    likely = found[0] if found and found[0].is_likely else None
    fallback = fallback_of(outcome, step)
    if likely and fallback and fallback.name == likely.mistake.name:
        # The answers prove it, and it has more than one reason.
        return Diagnosis(fallback)
    if likely and likely.likeness >= SAME:
        return Diagnosis(suspects=found)
    if cause := cause_of(outcome):
        return Diagnosis(cause)
    if likely:
        return Diagnosis(suspects=found)
    return Diagnosis(fallback) if fallback else Diagnosis(suspects=found)


def _suspects_of(step: Step, outcome: Outcome) -> list[Suspect]:
    """The suspects by what is written. A test that a 501 stopped is no evidence.

    A guess stands right below the first failure, so it has to explain that one, and
    what passes must not disprove it.
    """
    written = [result for result in outcome.results if is_written(result)]
    seen = fingerprint(Outcome(written))
    among = {result.behaviour for result in written}
    found = suspects(step, seen, among=among)
    if not found or found[0].is_likely:
        return found
    first = Outcome(written).failed[0]
    marks = {
        name: frozenset(mark for mark in its_own if mark.behaviour in among)
        for name, its_own in known(step).items()
    }
    return [
        one
        for one in found
        if _explains(marks[one.mistake.name], first)
        and not _is_disproved(marks[one.mistake.name], seen)
    ]


def _explains(known: Fingerprint, failed: Result) -> bool:
    """Whether a mistake fails this test with this status, and all that it's known to
    get wrong there is wrong."""
    tests = {failed.name, failed.behaviour}
    stored = {mark for mark in known if mark.test in tests}
    seen = fingerprint(Outcome([failed]))
    return (
        bool(_values(stored, FAILED))
        and _values(stored, "status") == _values(seen, "status")
        and _lines(_values(stored, "difference")) <= _lines(_values(seen, "difference"))
    )


def _values(marks: Collection[Mark], kind: str) -> set[str]:
    return {mark.value for mark in marks if mark.kind == kind}


def _lines(texts: Collection[str]) -> set[str]:
    return {line for text in texts for line in text.splitlines()}


def suspects(
    step: Step,
    seen: Fingerprint,
    *,
    among: Collection[str] | None = None,
    without: Collection[str] = (),
    limit: int = 3,
) -> list[Suspect]:
    """The mistakes whose fingerprints are the most like this one: `among` these
    behaviours, where not all were tried, and `without` the mistakes of these names."""
    if not seen:
        return []
    bank = known(step)
    weights = weights_of(step)
    if among is not None or without:
        bank = {
            name: frozenset(
                mark for mark in marks if among is None or mark.behaviour in among
            )
            for name, marks in bank.items()
            if name not in without
        }
        weights = Weights(bank)
    found = sorted(
        (
            Suspect(mistake, weights.likeness(seen, bank[mistake.name]))
            for mistake in mistakes(step)
            if mistake.name in bank
        ),
        key=lambda suspect: -suspect.likeness,
    )
    ahead = found and found[0].likeness - (found[1].likeness if found[1:] else 0)
    if (
        ahead
        and found[0].likeness >= LIKELY
        and ahead >= AHEAD
        and not _is_disproved(bank[found[0].mistake.name], seen)
    ):
        found[0] = Suspect(found[0].mistake, found[0].likeness, is_likely=True)
    return [suspect for suspect in found[:limit] if suspect.likeness >= POSSIBLE]


def _is_disproved(known: Fingerprint, seen: Fingerprint) -> bool:
    """Whether a behaviour passes as a whole that the mistake breaks as a whole: all
    logins are refused, for instance, and one user logs in."""
    broken = {
        mark.test for mark in known if mark.kind == FAILED and "[" not in mark.test
    }
    return not broken <= {mark.behaviour for mark in seen if mark.kind == FAILED}
