"""The highest step that an app satisfies is its own: our steps prove it.

That each satisfies its own suite is shown in tests/steps.
"""

import shutil
from itertools import pairwise
from pathlib import Path

import pytest

from workbook.checking import Outcome, Result
from workbook.checking.jury import judge_all
from workbook.ladder import steps
from workbook.learning.trying import highest
from workbook.settings import KEY

HOLDS = Outcome([Result("test_it", "passed")])
FAILS = Outcome([Result("test_it", "failed")])


def test_no_step_satisfies_the_suite_of_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """It may well satisfy the one before: a safe login breaks no promise of step 6."""
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
    outcomes = judge_all(cases)
    assert [outcome.problem for outcome in outcomes if outcome.problem] == []
    assert [outcome.holds for outcome in outcomes] == [False] * len(pairs)


def test_the_highest_is_the_last_that_holds_whatever_is_missing_below():
    first, second, third, *_ = steps()
    assert highest({first: HOLDS, second: FAILS, third: HOLDS}) == third
    assert highest({first: FAILS, second: HOLDS, third: FAILS}) == second
    assert highest({first: FAILS, second: FAILS}) is None
