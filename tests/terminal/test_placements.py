"""What is printed of the steps that an app was tried against."""

import pytest

from workbook import terminal
from workbook.checking import Failure, Outcome, Result
from workbook.ladder import steps
from workbook.learning import Placement, verdict_on

FIRST, SECOND, *OTHERS = steps()
PASSES = Outcome([Result("test_it", "passed")])
FAILS = Outcome([Result("test_it", "passed"), Result("test_another", "failed")])
BREAKS = Outcome(problem="main.py cannot be imported:\n  no_such_thing")

Captured = pytest.CaptureFixture[str]


def shown(capsys: Captured, first: Outcome, second: Outcome) -> list[str]:
    verdicts = {FIRST: verdict_on(FIRST, first), SECOND: verdict_on(SECOND, second)}
    terminal.show_placement("main.py", Placement(SECOND, verdicts))
    return capsys.readouterr().out.splitlines()


def test_the_highest_step_comes_with_what_is_missing_for_the_next(capsys: Captured):
    lines = shown(capsys, PASSES, FAILS)
    untried = ", ".join(str(step.number) for step in OTHERS)
    assert lines == [
        "main.py",
        "",
        f"✓  1  {FIRST.title}  1 of 1 tests pass",
        f"✗  2  {SECOND.title:{len(FIRST.title)}}  1 of 2 tests pass",
        "",
        f"It passes step 1: {FIRST.title}.",
        "",
        f"Missing for step 2, {SECOND.title}:",
        "  ✗ another",
        "",
        f"  The app looks most like step 2. Not tried: {untried}.",
    ]


def test_tests_that_fail_for_one_reason_are_one_line(capsys: Captured):
    def fails(name: str, difference: str) -> Result:
        failure = Failure("curl", "200 {}", "200 {}", difference, "", [], "")
        return Result(name, "failed", failure)

    more = "the body also holds hashed_password"
    failed = [
        fails("test_a_login", more),
        fails("test_others", f"alice: {more}\n2 of 2 cases fail, these too: johndoe"),
        fails("test_the_status", "the status is 200, not 401"),
    ]
    lines = shown(capsys, PASSES, Outcome([Result("test_it", "passed"), *failed]))
    begin = lines.index(f"Missing for step 2, {SECOND.title}:") + 1
    assert lines[begin : begin + 3] == [
        f"  ✗ a login: {more}",
        "    1 more fails for the same reason.",
        "  ✗ the status: the status is 200, not 401",
    ]


def test_an_app_that_starts_for_one_suite_only_is_told_so(capsys: Captured):
    lines = shown(capsys, FAILS, BREAKS)
    assert lines[3].endswith("nothing could be tested")


def test_an_app_that_cannot_be_tried_at_all_has_a_reason_and_no_table(
    capsys: Captured,
):
    lines = shown(capsys, BREAKS, BREAKS)
    assert lines == ["main.py", "", *BREAKS.problem.splitlines()]
