"""The way of a learner through step 2 to step 3, in a terminal."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal, in_a_terminal
from workbook import learning
from workbook.ladder import find, steps

pytestmark = [*in_a_terminal, pytest.mark.long]

STEP2, STEP3 = find("2"), find("3")


def test_from_step_2_over_wrong_answers_and_hints_to_step_3(
    here: Path, terminal: Callable[..., Terminal]
):
    """Each command says what to type next, and the learner types it."""

    def type_(*words: str) -> str:
        nonlocal status
        typed = terminal(*words)
        shown = typed.ends()
        status = typed.status
        return shown

    status = -1
    main = here / "answers" / STEP2.name / "main.py"

    home = type_()
    assert f"0 of {len(steps())} steps passed" in home
    assert "workbook start 1" in home

    started = type_("start", "2")
    assert f"answers/{STEP2.name}/main.py is our step 1, for you to change." in started
    assert STEP2.question in started
    assert "Begin here:" in started
    assert "workbook watch 2" in started
    assert main.read_bytes() == learning.ours(STEP2).files["main.py"]

    shown = type_("check")
    assert status == 1
    assert "You haven't changed anything yet." in shown
    assert re.search(r"workbook run 2\s+--answers.*--port 8001", shown, re.DOTALL)
    assert "curl -i http://127.0.0.1:8001/users/me" in shown
    assert "got         200" in shown
    assert "fakehashedsecret" in shown
    assert 'expected    200 {"username": "johndoe"' in shown
    assert "also holds hashed_password" in shown
    assert "why         " in shown
    assert "Traceback" not in shown
    assert "workbook hint 2" in shown

    hints = [type_("hint") for _ in range(4)]
    assert [hint.split(",")[0] for hint in hints] == [
        "Hint 1 of 3",
        "Hint 2 of 3",
        "Hint 3 of 3",
        "Hint 3 of 3",
    ]
    assert "That was the last hint for this test." not in hints[2]
    assert "That was the last hint for this test." in hints[3]
    assert "response_model" not in hints[0]
    assert "@app.get(" in hints[2]

    source = main.read_text("utf-8")
    main.write_text(source.replace('"/users/me")', '"/users/me", response_model=User)'))
    passed = type_("check", "2")
    assert status == 0
    assert "✓ Step 2" in passed
    assert STEP2.takeaway[:40] in passed
    assert f"Next, step 3: {STEP3.question}" in passed
    assert "workbook attack 2 --answers" in passed
    assert "workbook start 3" in passed

    assert "passes, so you don't need a hint" in type_("hint", "2")
    home = type_()
    assert f"1 of {len(steps())} steps passed" in home
    assert "workbook start 3" in home

    assert "is your step 2, for you to change." in type_("start", "3")
    shown = type_("check")
    assert status == 1
    assert "got         400" in shown
    assert "expected    401" in shown

    (here / "answers" / STEP3.name / "main.py").write_bytes(STEP3.main.read_bytes())
    assert "Next, step 4" in type_("check")
    assert f"2 of {len(steps())} steps passed" in type_()
