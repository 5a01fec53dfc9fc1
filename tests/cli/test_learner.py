"""The way of a learner through step 2 to step 3, in a terminal."""

from collections.abc import Callable
from pathlib import Path

from tests.cli.terminal import Terminal, in_a_terminal
from workbook.ladder import find, steps

pytestmark = in_a_terminal

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
    assert f"answers/{STEP2.name}/main.py is step 1, for you to change." in started
    assert STEP2.question in started
    assert "workbook watch 2" in started
    assert main.read_bytes() == find("1").main.read_bytes()

    story = type_("check")
    assert status == 1
    assert "curl -i http://127.0.0.1:8000/users/me -H 'Authoriz" in story
    assert "came      200" in story
    assert "fakehashedsecret" in story
    assert 'expected  200 {"username": "johndoe"' in story
    assert "so        the record also holds hashed_password" in story
    assert "why       What is not declared does not leave" in story
    assert "OWASP API Security Top 10, section API3:2023" in story
    assert "Traceback" not in story
    assert "workbook hint 2" in story

    hints = [type_("hint") for _ in range(4)]
    assert [hint.split(",")[0] for hint in hints] == [
        "Hint 1 of 3",
        "Hint 2 of 3",
        "Hint 3 of 3",
        "Hint 3 of 3",
    ]
    assert "response_model" not in hints[0]
    assert "@app.get(" in hints[2]

    source = main.read_text("utf-8")
    main.write_text(source.replace('"/users/me")', '"/users/me", response_model=User)'))
    passed = type_("check", "2")
    assert status == 0
    assert "✓ Step 2" in passed
    assert STEP2.learnt[:40] in passed
    assert f"Next, step 3: {STEP3.question}" in passed
    assert "workbook start 3" in passed

    assert "nothing to hint at" in type_("hint", "2")
    home = type_()
    assert f"1 of {len(steps())} steps passed" in home
    assert "workbook start 3" in home

    assert "is step 2, for you to change." in type_("start", "3")
    story = type_("check")
    assert status == 1
    assert "came      400" in story
    assert "expected  401" in story

    (here / "answers" / STEP3.name / "main.py").write_bytes(STEP3.main.read_bytes())
    assert "Next, step 4" in type_("check")
    assert f"2 of {len(steps())} steps passed" in type_()
