"""What fits on a small screen: the headline and the diagnosis stay."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from tests.terminal.test_verdicts import FAILURE, STEP1
from workbook import terminal
from workbook.attacks import ATTACKS
from workbook.checking import Outcome, Result
from workbook.ladder import find
from workbook.learning import Verdict
from workbook.mistakes import Cause

TRACEBACK = "Traceback (most recent call last):\n" + "\n".join(
    f'  File "main.py", line {number}, in f\n    f()' for number in range(20)
)
CRASHED = replace(
    FAILURE, raised=f"{TRACEBACK}\nNameError: name 'x' is not defined", why="It" * 40
)
CAUSE = Cause("NameError at the login", "The login crashed: NameError. " * 4)


@pytest.fixture(params=[24, 16], ids=str)
def rows(request: pytest.FixtureRequest) -> Iterator[int]:
    """A terminal with so many rows, 80 columns wide."""
    before = terminal.console.size
    terminal.console.size = 80, request.param
    yield request.param
    terminal.console.size = before


@pytest.fixture
def drawn(rows: int, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """The screen of a verdict on an app that crashed, as lines."""
    others = [Result(f"test_{number}", "failed", CRASHED) for number in range(30)]
    outcome = Outcome([Result("test_johndoe_logs_in", "failed", CRASHED), *others])
    verdict = Verdict(STEP1, outcome, [], CAUSE)
    terminal.show_what_fits(
        lambda detail: terminal.show_verdict(verdict, "main.py", detail=detail),
        lambda: terminal.print_line("q quit"),
    )
    return capsys.readouterr().out.splitlines()


def test_the_headline_and_the_diagnosis_stay_where_a_traceback_is_cut(
    drawn: list[str], rows: int
):
    assert len(drawn) < rows
    assert drawn[0].startswith("✗ Step 1, main.py: 0 of 31 tests pass")
    assert "What happened: NameError at the login" in drawn
    assert drawn[-1] == "q quit"


def test_nothing_is_cut_without_a_word(drawn: list[str]):
    assert "…" not in [line.strip() for line in drawn if not line.startswith("    ")]


def test_a_long_answer_is_cut_in_its_middle(capsys: pytest.CaptureFixture[str]):
    """What differs is often at its end."""
    answer = f'200 {{"username": "{"x" * 300}", "hashed_password": "secret"}}'
    failed = Result("test_it", "failed", replace(FAILURE, actual=answer))
    terminal.show_failure(failed, detail=terminal.Detail(whole_answers=False))
    shown = "".join(line.strip() for line in capsys.readouterr().out.splitlines())
    assert '"hashed_password": "secret"}' in shown
    assert "x …x" in shown.replace(" x", "x")


def test_the_tiles_have_a_legend_and_say_what_they_are_of(
    capsys: pytest.CaptureFixture[str],
):
    first, second, *_ = ATTACKS
    seen = {first.name: True, second.name: False}
    terminal.show_tiles(ATTACKS, seen, find("8"), busy=False, old=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("Attacks on your app  ✗   ✓   ·")
    assert lines[2] == "  ✗ gets through   ✓ is stopped   · not tried yet"
    assert lines[3] == f"  Get through, and shouldn't at step 8: {first.title}"
    terminal.show_tiles([first], seen, find("8"), busy=False, old=True)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("Attacks before your last save")
    assert lines[2] == "  ✗ gets through"


def test_what_a_step_lets_through_is_no_fault_of_the_learners(
    capsys: pytest.CaptureFixture[str],
):
    first, second, *_ = ATTACKS
    seen = {first.name: True, second.name: True}
    terminal.show_tiles([first, second], seen, STEP1, busy=False, old=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1] == "Attacks on your app  ○   ○ "[: len(lines[1])]
    assert lines[2] == "  ○ gets through, as expected at this step"
    assert f"{first.title} (until step 2)" in " ".join(lines[3:])
    assert "shouldn't" not in " ".join(lines)


def test_an_attack_that_could_not_be_tried_is_not_stopped(
    capsys: pytest.CaptureFixture[str],
):
    first, *_ = ATTACKS
    terminal.show_tiles([first], {first.name: None}, STEP1, busy=False, old=False)
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("Attacks on your app  ?")
    assert lines[2:] == ["  ? couldn't be tried"]


def test_what_a_traceback_means_is_wrapped_and_stays_where_the_traceback_is_cut(
    rows: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setattr(terminal.console, "_force_terminal", True)
    monkeypatch.setattr(terminal.console, "no_color", True)
    monkeypatch.setattr(terminal.console, "_color_system", None)
    meaning = "The package isn't installed in the environment. " * 4 + "Add it:"
    problem = f"{meaning}\n  pip install it\n\n{CRASHED.raised}"
    verdict = Verdict(STEP1, Outcome(problem=problem), [])
    terminal.show_what_fits(
        lambda detail: terminal.show_verdict(verdict, "main.py", detail=detail),
        lambda: terminal.print_line("q quit"),
    )
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) < rows
    assert meaning.strip() in " ".join(lines)
    assert "  pip install it" in lines
    assert "NameError: name 'x' is not defined" in lines
