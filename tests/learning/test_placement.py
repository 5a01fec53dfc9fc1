"""An app is tried from the step that it looks most like, and told what is missing for
the nearest one.

That each of our steps passes its own suite is shown in tests/steps.
"""

import shutil
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from workbook.checking import Outcome, Result, check_all
from workbook.ladder import Step, steps
from workbook.learning import Placement, Verdict, verdict_on
from workbook.learning.placement import walk
from workbook.settings import KEY

PASSES = Outcome([Result("test_it", "passed")])


def failing(failed: int, of: int = 100) -> Outcome:
    """An outcome in which so many tests fail."""
    verdicts = ["failed"] * failed + ["passed"] * (of - failed)
    return Outcome(
        [Result(f"test_{number}", one) for number, one in enumerate(verdicts)]  # type: ignore[arg-type]
    )


def placed(outcomes: dict[int, Outcome]) -> Placement:
    """A placement with these verdicts, by the numbers of the steps."""
    chosen = {steps()[number - 1]: outcome for number, outcome in outcomes.items()}
    verdicts = {step: verdict_on(step, outcome) for step, outcome in chosen.items()}
    return Placement(next(iter(verdicts)), verdicts)


def numbers(verdicts: dict[Step, Verdict]) -> list[int]:
    return [step.number for step in verdicts]


@pytest.mark.long
def test_no_step_passes_the_suite_of_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """It may well pass the one before: a safe login breaks no promise of step 6."""
    # The upper ones do not start without it.
    monkeypatch.setenv("SECRET_KEY", KEY)
    pairs = list(pairwise(steps()))
    cases = []
    for app, suite in pairs:
        folder = tmp_path / app.name / suite.name
        folder.mkdir(parents=True)
        for module in app.modules:
            shutil.copy(module, folder)
        cases.append((suite.name, tmp_path / app.name))
    outcomes = check_all(cases)
    assert [outcome.problem for outcome in outcomes if outcome.problem] == []
    assert [outcome.all_passed for outcome in outcomes] == [False] * len(pairs)


# What is said of the verdicts.


def test_the_highest_step_is_the_last_that_passes_whatever_fails_below():
    assert placed({1: PASSES, 2: failing(1), 3: PASSES}).highest == steps()[2]
    assert placed({1: failing(1), 2: PASSES, 3: failing(1)}).highest == steps()[1]
    assert placed({1: failing(1), 2: failing(1)}).highest is None


def test_the_nearest_step_is_the_one_with_the_smallest_share_of_failures():
    outcomes = {4: failing(9, of=10), 5: failing(12, of=280), 6: failing(8, of=60)}
    assert placed(outcomes).nearest == steps()[4]


def test_the_nearest_step_is_above_the_highest_that_passes():
    assert placed({1: failing(1), 2: PASSES, 3: failing(9)}).nearest == steps()[2]
    assert placed({1: failing(1), 2: PASSES}).nearest is None


def test_a_check_without_a_verdict_is_told_and_is_not_the_nearest():
    stopped = Outcome(not_judged="too busy")
    placement = placed({1: PASSES, 2: stopped, 3: failing(9)})
    assert placement.not_judged == "too busy"
    assert placement.nearest == steps()[2]


# Which steps are tried.


def walked(start: int, outcomes: dict[int, Outcome]) -> list[int]:
    """The numbers of the steps that are tried for an app with these outcomes."""

    def check(step: Step) -> Verdict:
        return verdict_on(step, outcomes[step.number])

    return numbers(walk(steps()[start - 1], check))


def test_an_app_that_is_what_it_looks_like_needs_two_checks():
    assert walked(5, {5: PASSES, 6: failing(40)}) == [5, 6]


def test_an_app_that_passes_more_than_it_looks_like_is_tried_upwards():
    assert walked(2, {2: PASSES, 3: PASSES, 4: PASSES, 5: failing(1)}) == [2, 3, 4, 5]


def test_above_the_last_step_nothing_is_tried():
    last = len(steps())
    assert walked(last, {last: PASSES}) == [last]


def test_an_app_that_fails_is_tried_downwards_until_a_step_passes():
    outcomes = {3: PASSES, 4: failing(2), 5: failing(3), 6: failing(9)}
    assert walked(5, outcomes) == [3, 4, 5, 6]


def test_steps_that_are_further_away_than_the_one_above_them_end_the_walk():
    outcomes = {4: failing(60), 5: failing(4), 6: failing(9)}
    assert walked(5, outcomes) == [4, 5, 6]


def test_below_the_first_step_nothing_is_tried():
    assert walked(1, {1: failing(1), 2: failing(1)}) == [1, 2]


def test_a_machine_that_is_too_busy_for_one_check_is_spared_the_others():
    outcomes = {5: Outcome(not_judged="too busy"), 6: failing(9)}
    assert walked(5, outcomes) == [5, 6]


def test_two_checks_run_at_once_and_never_more():
    """Each waits for the other; a third would be one too many."""
    together = threading.Barrier(2)
    running, most = 0, 0
    lock = threading.Lock()

    def check(step: Step) -> Verdict:
        nonlocal running, most
        with lock:
            running += 1
            most = max(most, running)
        if step.number in (2, 3):
            together.wait()
        with lock:
            running -= 1
        return verdict_on(step, PASSES if step.number < 4 else failing(1))

    assert numbers(walk(steps()[1], check)) == [2, 3, 4]
    assert most == 2
