"""Each mistake is called by its name, from its stored fingerprint and from a check."""

from dataclasses import replace
from pathlib import Path

import pytest

from workbook.checking import Evidence, Failure, Outcome, Result, run, run_each
from workbook.ladder import Step, steps
from workbook.mistakes import (
    Diagnosis,
    Suspect,
    diagnose,
    diagnosis,
    mistakes,
    write_answer,
)
from workbook.mistakes.diagnosis import AHEAD, suspects
from workbook.mistakes.fingerprints import FAILED, Fingerprint, Mark, fingerprint
from workbook.mistakes.store import known

# One mistake in so many is put to the whole suite of its step.
SHARE = 64
# A mistake can break half a suite, and each test in the same way: so many are run.
MOST = 12
# What two requests that race leave, is up to the threads.
RACE = "test_requests_at_the_same_time_do_not_mix"


EACH_STEP = pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)


@EACH_STEP
def test_each_mistake_is_named_from_its_own_fingerprint(step: Step):
    for mistake in mistakes(step):
        first, *others = suspects(step, known(step)[mistake.name])
        twins = [one for one in others if first.likeness - one.likeness < AHEAD]
        assert mistake in [suspect.mistake for suspect in [first, *twins]]
        assert first.is_likely == (not twins)


def test_nothing_is_named_where_all_tests_passed():
    found = diagnose(steps()[0], Outcome([Result("test_a", "passed")]))
    assert found == Diagnosis()


def test_nothing_is_named_that_resembles_no_known_mistake():
    found = diagnose(steps()[0], Outcome([Result("test_of_nothing", "failed")]))
    assert found == Diagnosis()


def test_two_mistakes_that_leave_the_same_are_not_named(
    monkeypatch: pytest.MonkeyPatch,
):
    """Each would be right half of the time."""
    step = steps()[0]
    marks = frozenset({Mark(FAILED, "test_a")})
    one, other, *_ = mistakes(step)
    bank = {one.name: marks, other.name: marks}
    monkeypatch.setattr(diagnosis, "known", lambda step: bank)
    found = suspects(step, marks)
    assert [suspect.likeness for suspect in found] == [1, 1]
    assert not any(suspect.is_likely for suspect in found)


def test_behaviours_that_were_not_tried_are_not_missed(
    monkeypatch: pytest.MonkeyPatch,
):
    step = steps()[0]
    seen = frozenset({Mark(FAILED, "test_a")})
    name = mistakes(step)[0].name
    bank = {name: seen | {Mark(FAILED, "test_b[1]")}}
    monkeypatch.setattr(diagnosis, "known", lambda step: bank)
    assert suspects(step, seen)[0].likeness < 1
    assert suspects(step, seen, among={"test_a"})[0].likeness == 1
    assert suspects(step, seen, without=[name]) == []


@pytest.mark.parametrize(
    ("difference", "status", "guessed"),
    [
        ("there is no challenge", 401, True),
        ("detail is wrong\nthere is no challenge", 401, True),
        ("detail is wrong", 401, False),
        ("there is no challenge", 403, False),
    ],
)
def test_a_guess_does_not_contradict_the_first_failure(
    difference: str, status: int, guessed: bool, monkeypatch: pytest.MonkeyPatch
):
    step = steps()[0]
    name = mistakes(step)[0].name
    marks = {
        Mark(FAILED, "test_a"),
        Mark("status", "test_a", "401"),
        Mark("difference", "test_a", "there is no challenge"),
        Mark("status", "test_b", "500"),
    }
    monkeypatch.setattr(diagnosis, "known", lambda step: {name: frozenset(marks)})
    monkeypatch.setattr(diagnosis, "POSSIBLE", 0)
    failure = Failure(
        "curl", "", "", difference, "", [], "", Evidence("GET /users/me", status)
    )
    other = replace(failure, difference="the last one", evidence=Evidence())
    results = [Result("test_a", "failed", failure), Result("test_b", "failed", other)]
    found = diagnose(step, Outcome(results)).suspects
    assert [one.mistake.name for one in found] == ([name] if guessed else [])


def test_a_guess_explains_the_first_failure(monkeypatch: pytest.MonkeyPatch):
    step = steps()[0]
    name = mistakes(step)[0].name
    bank = {name: frozenset({Mark(FAILED, "test_b")})}
    monkeypatch.setattr(diagnosis, "known", lambda step: bank)
    results = [Result(test, "failed") for test in ("test_a", "test_b")]
    assert diagnose(step, Outcome(results)).suspects == []


def test_a_guess_that_a_passed_test_disproves_is_not_said(
    monkeypatch: pytest.MonkeyPatch,
):
    step = steps()[0]
    name = mistakes(step)[0].name
    marks = {Mark(FAILED, test) for test in ("test_a", "test_b")}
    monkeypatch.setattr(diagnosis, "known", lambda step: {name: frozenset(marks)})
    monkeypatch.setattr(diagnosis, "POSSIBLE", 0)

    def guesses(*others: Result) -> list[Suspect]:
        outcome = Outcome([Result("test_a", "failed"), *others])
        return diagnose(step, outcome).suspects

    one = Result("test_c", "failed")
    assert [suspect.is_likely for suspect in guesses(one)] == [False]
    assert guesses(one, Result("test_b", "passed")) == []


@pytest.mark.long
@pytest.mark.apart
@EACH_STEP
def test_each_mistake_leaves_its_fingerprint_in_what_it_breaks(
    step: Step, tmp_path: Path, subtests: pytest.Subtests
):
    cases = []
    for number, mistake in enumerate(mistakes(step)):
        broken = {mark.behaviour for mark in known(step)[mistake.name]}
        assert mistake.caught_by in broken
        some = {mistake.caught_by, *sorted(broken)[: MOST - 1]}
        cases.append((write_answer(step, mistake, tmp_path / str(number)), some))
    for mistake, (answers, some), outcome in zip(
        mistakes(step), cases, run_each(step, cases), strict=True
    ):
        stored = known(step)[mistake.name]
        left = frozenset(mark for mark in stored if mark.behaviour in some)
        if fingerprint(outcome) != left:
            # An app can remember what the tests between them have asked for.
            outcome, left = run(step, answers=answers), stored
        with subtests.test(mistake.name):
            must_be_left(left, step, outcome)
            assert suspects(step, stored)[0].likeness == 1


@pytest.mark.long
@pytest.mark.apart
@EACH_STEP
def test_a_mistake_leaves_its_fingerprint_in_the_whole_suite(
    step: Step, tmp_path: Path, subtests: pytest.Subtests
):
    """The others do so at each `make fingerprints STEPS=all`."""
    chosen = mistakes(step)[::SHARE]
    cases = [
        (write_answer(step, mistake, tmp_path / str(number)), ())
        for number, mistake in enumerate(chosen)
    ]
    for mistake, outcome in zip(chosen, run_each(step, cases), strict=True):
        with subtests.test(mistake.name):
            must_be_left(known(step)[mistake.name], step, outcome)


def must_be_left(stored: Fingerprint, step: Step, outcome: Outcome) -> None:
    assert not outcome.problem
    renew = f"run: make fingerprints STEPS={step.number}"
    assert certain(fingerprint(outcome)) == certain(stored), renew


def certain(marks: Fingerprint) -> Fingerprint:
    return frozenset(mark for mark in marks if mark.behaviour != RACE)
