"""What fits on a small screen: the headline and the diagnosis stay."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.terminal.test_verdicts import FAILURE, FIRST, STEP1
from workbook import terminal
from workbook.attacks import ATTACKS
from workbook.checking import Outcome, Result
from workbook.ladder import Step, find
from workbook.learning import Verdict
from workbook.mistakes import Cause
from workbook.site import matrix

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
def in_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is printed goes to a terminal that has no colours."""
    monkeypatch.setattr(terminal.console, "_force_terminal", True)
    monkeypatch.setattr(terminal.console, "no_color", True)
    monkeypatch.setattr(terminal.console, "_color_system", None)


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


@pytest.mark.parametrize("above", ["", f"{TRACEBACK}\n"], ids=["alone", "below"])
@pytest.mark.parametrize("lines", [1, 2])
def test_of_a_message_of_many_lines_the_first_says_what_was_raised(
    above: str, lines: int, capsys: pytest.CaptureFixture[str]
):
    raised = f"{above}ResponseValidationError: 1 error:\n  missing\n\n  POST /token\n"
    result = Result("test_it", "failed", replace(FAILURE, raised=raised))
    terminal.show_failure(result, detail=terminal.Detail(traceback=lines))
    shown = capsys.readouterr().out.partition("raised\n")[2].split("\n")
    begins = ["    …"] if above else []
    whole = ["    ResponseValidationError: 1 error:", "      missing"]
    assert shown == [*begins, *whole[:lines], "    …", ""]


def test_of_a_list_of_failures_there_is_what_fits_and_the_rest_is_counted(
    rows: int, capsys: pytest.CaptureFixture[str]
):
    failed = [Result(f"test_number_{n}", "failed", FAILURE) for n in range(45)]
    verdict = Verdict(STEP1, Outcome(failed), [])
    terminal.show_list_that_fits(
        lambda detail: terminal.show_failing(verdict, detail),
        lambda: terminal.show_keys_of_all(0, 3),
    )
    headline, _, *lines = capsys.readouterr().out.strip().splitlines()
    assert headline == "✗ Step 1: 0 of 45 tests pass, 45 fail."
    *listed, rest, _, keys = lines
    assert listed == [f"  ✗ number {n}" for n in range(len(listed))]
    assert rest == f"  … {45 - len(listed)} more tests fail"
    assert len(lines) + 3 == rows
    assert keys == "a each one in full  f back to the first one  q quit"


def test_a_screen_is_not_cut_within_a_sentence(
    rows: int, capsys: pytest.CaptureFixture[str]
):
    def draw(_: object) -> None:
        terminal.console.print("got       401")
        for number in range(rows):
            terminal.console.print(f"why       This is long {number},")
            terminal.console.print("          and ends here.")

    terminal.show_what_fits(draw, lambda: terminal.console.print("q quit"))
    *_, last, rest, foot = capsys.readouterr().out.splitlines()
    assert (last.strip(), foot) == ("and ends here.", "q quit")
    assert rest.strip() == "… The rest needs a larger terminal."


@pytest.mark.usefixtures("in_a_terminal", "rows")
def test_a_screen_that_is_drawn_again_takes_the_place_of_the_last(
    capsys: pytest.CaptureFixture[str],
):
    width = terminal.console.width
    terminal.show_what_fits(
        lambda _: terminal.console.print("a" * width),
        lambda: terminal.console.print("q quit"),
        again=True,
    )
    # Home, each line with what is to the right of it erased, and all that is below.
    full = "a" * width
    assert capsys.readouterr().out == f"\x1b[H{full}\nq quit\x1b[K\n\x1b[K\x1b[J"


def test_a_long_answer_is_cut_in_its_middle(capsys: pytest.CaptureFixture[str]):
    """What differs is often at its end."""
    answer = f'200 {{"username": "{"x" * 300}", "hashed_password": "secret"}}'
    failed = Result("test_it", "failed", replace(FAILURE, actual=answer))
    terminal.show_failure(failed, detail=terminal.Detail(answers=140))
    shown = "".join(line.strip() for line in capsys.readouterr().out.splitlines())
    assert '"hashed_password": "secret"}' in shown
    assert "x …x" in shown.replace(" x", "x")


def test_an_answer_in_json_is_cut_between_its_members(
    capsys: pytest.CaptureFixture[str],
):
    members = ", ".join(f'"member_{n}": "value"' for n in range(40))
    failed = Result("test_it", "failed", replace(FAILURE, actual=f"200 {{{members}}}"))
    terminal.show_failure(failed, detail=terminal.Detail(answers=140))
    shown = " ".join(capsys.readouterr().out.split())
    got = shown[shown.index("got ") : shown.index(" expected")]
    before, after = got.split(" … ")
    assert before.endswith('"value",')
    assert after.startswith('"member_')


def results(
    capsys: pytest.CaptureFixture[str],
    seen: dict[str, bool | None],
    step: Step,
    **how: Any,
) -> list[str]:
    """What is shown of attacks that were `seen` to get through or not."""
    terminal.show_results(ATTACKS, seen, step, **{"busy": False} | how)
    shown = capsys.readouterr().out
    return [line.strip() for line in shown.splitlines()[1:]]


def test_attacks_are_counted_by_what_came_of_them_and_named_where_they_get_through(
    rows: int, capsys: pytest.CaptureFixture[str]
):
    first, second, *_ = ATTACKS
    lines = results(capsys, {first.name: True, second.name: False}, find("8"))
    assert lines == [
        "Attacks on your app   ✗ 1 gets through   ✓ 1 stopped   "
        f"- {len(ATTACKS) - 2} slow, untried",
        f"This gets through, but shouldn't at step 8: {first.title}",
    ]
    lines = results(capsys, {first.name: True, second.name: True}, find("8"))
    assert lines[1].startswith("These get through, but shouldn't at step 8:")


def test_a_line_of_counts_ends_between_two_of_them(
    rows: int, capsys: pytest.CaptureFixture[str]
):
    terminal.console.size = 60, rows
    seen: dict[str, bool | None] = {one.name: True for one in ATTACKS[:3]}
    lines = results(capsys, {**seen, ATTACKS[3].name: False}, STEP1)
    assert lines[:2] == [
        "Attacks on your app   ○ 3 get through, as expected",
        f"✓ 1 stopped   - {len(ATTACKS) - 4} slow, untried",
    ]


def test_what_a_step_lets_through_is_no_fault_of_the_learners(
    rows: int, capsys: pytest.CaptureFixture[str]
):
    first, second, *_ = ATTACKS
    lines = results(capsys, {first.name: True, second.name: True}, STEP1)
    assert "○ 2 get through, as expected" in lines[0]
    assert f"{first.title} (until step 2)" in " ".join(lines)
    assert "shouldn't" not in " ".join(lines)
    told = results(capsys, {first.name: True}, STEP1, told=[first.name])
    assert f"Expected at step 1: {first.title}" in " ".join(told)
    assert "until" not in " ".join(told)
    both = {first.name: True, second.name: True}
    lines = results(capsys, both, STEP1, told=[first.name])
    assert f"and as before {first.title}" in " ".join(lines)


def test_an_attack_that_could_not_be_tried_is_not_stopped(
    capsys: pytest.CaptureFixture[str],
):
    (line, *_) = results(capsys, {ATTACKS[0].name: None}, STEP1)
    assert "? 1 couldn't be tried" in line
    assert "stopped" not in line


def test_an_attack_that_is_possible_later_has_the_sign_of_the_sites_table(
    capsys: pytest.CaptureFixture[str],
):
    (later,) = [one for one in ATTACKS if one.name == "sign_with_published_key"]
    sign, _ = matrix.TILES[matrix.state(later, STEP1)]
    (line, *_) = results(capsys, {later.name: False}, STEP1)
    assert f"{sign} 1 not possible yet" in line


@pytest.mark.parametrize("brief", [True, False])
def test_as_long_as_nothing_is_known_of_the_attacks_they_take_one_line(
    brief: bool, capsys: pytest.CaptureFixture[str]
):
    lines = results(capsys, {}, STEP1, busy=True, brief=brief)
    assert lines == ["Attacking your app …"]


def test_in_one_line_the_attacks_that_get_through_are_named(
    rows: int, capsys: pytest.CaptureFixture[str]
):
    seen: dict[str, bool | None] = {one.name: False for one in ATTACKS[1:]}
    lines = results(capsys, {**seen, ATTACKS[0].name: True}, find("8"), brief=True)
    assert lines == [f"Attacks  ✗ {ATTACKS[0].title}  ✓ {len(ATTACKS) - 1} stopped"]
    seen = {one.name: True for one in ATTACKS}
    (line,) = results(capsys, seen, find("8"), brief=True)
    assert line.endswith("…")
    assert len(line) == 80


@pytest.mark.parametrize(("columns", "height"), [(80, 24), (100, 12), (60, 20)])
def test_the_attacks_take_no_room_from_the_evidence_and_the_diagnosis(
    columns: int, height: int, capsys: pytest.CaptureFixture[str]
):
    """The screen is drawn again when the attacks are done, under the learner's eyes."""
    before = terminal.console.size
    terminal.console.size = columns, height
    others = [Result(f"test_{number}", "failed", FAILURE) for number in range(10)]
    verdict = Verdict(STEP1, Outcome([FIRST, *others]), [], CAUSE)
    seen: dict[str, bool | None] = {one.name: True for one in ATTACKS}

    def draw(detail: terminal.Detail, *, busy: bool) -> None:
        terminal.show_verdict(verdict, "main.py", detail=detail)
        if detail.attacks != "none":
            terminal.show_results(
                ATTACKS,
                {} if busy else seen,
                STEP1,
                busy=busy,
                brief=detail.attacks == "line",
            )

    screens = []
    for are_busy in (True, False):
        terminal.show_what_fits(
            lambda detail, busy=are_busy: draw(detail, busy=busy),
            lambda: terminal.print_line("q quit"),
        )
        screens.append(capsys.readouterr().out.splitlines())
    terminal.console.size = before
    for lines in screens:
        assert len(lines) < height
        assert "What happened: NameError at the login" in lines
        shown = " ".join(lines)
        assert "got         200 {}" in shown
        assert "difference  the status is 200, not 401" in shown
    busy, done = (
        [line for line in lines if not line.startswith("Attack")] for lines in screens
    )
    assert busy == done


@pytest.mark.parametrize("where", ["raised", "problem"])
def test_a_traceback_is_cut_at_the_right_but_not_in_what_was_raised(
    where: str, rows: int, in_a_terminal: None, capsys: pytest.CaptureFixture[str]
):
    """Its cause is often at the end of its last line."""
    cause = "TypeError: OAuth2PasswordBearer.__init__() missing 1 required positional "
    cause += "argument: 'tokenUrl'"
    code = f"    oauth2_scheme = OAuth2PasswordBearer({'x' * 80})"
    raised = f"Traceback (most recent call last):\n{code}\n    {'^' * 80}\n{cause}"
    if where == "raised":
        terminal.show_failure(Result("t", "failed", replace(FAILURE, raised=raised)))
    else:
        terminal.show_verdict(Verdict(STEP1, Outcome(problem=raised), []))
    lines = capsys.readouterr().out.splitlines()
    assert cause in " ".join(line.strip() for line in lines)
    (cut,) = [line for line in lines if "oauth2_scheme" in line]
    assert cut.endswith(" …")
    assert not [line for line in lines if "^" in line]
    assert max(map(len, lines)) <= 80


def test_what_a_traceback_means_is_wrapped_and_stays_where_the_traceback_is_cut(
    rows: int, in_a_terminal: None, capsys: pytest.CaptureFixture[str]
):
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
