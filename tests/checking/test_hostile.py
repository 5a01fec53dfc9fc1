"""Answers that hang, exit, fork or tamper get their own message in bounded time, leave
no process behind, and change nothing."""

import os
import re
import secrets
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from workbook.checking import Judge, Outcome
from workbook.ladder import find

STEP = find("1")
MARK = "WORKBOOK_TEST"
RIGHT = STEP.main.read_text("utf-8")
LOGIN = "    user = get_user(fake_users_db, form_data.username)\n"

# What is put on top of the right answer, or in its login, and what is told of it.
AT_IMPORT = {
    "hangs": ("while True: pass", r"main.py is not imported after \d+ seconds"),
    "waits for input": ("input('your name? ')", "cannot be imported.*EOFError"),
    "os._exit": ("import os; os._exit(7)", r"ended its process \(exit status 7\)"),
    "sys.exit": ("import sys; sys.exit(3)", r"ends the program .* \(exit 3\)"),
    "kills itself": (
        "import os, signal; os.kill(os.getpid(), signal.SIGKILL)",
        "killed by SIGKILL",
    ),
    "fills the memory": (
        "hoard = bytearray(10**11)",
        "cannot be imported.*MemoryError",
    ),
    "prints without end": (
        "while True: print('x' * 1000)",
        r"main.py is not imported after \d+ seconds",
    ),
    "raises": ("{}['key']", "cannot be imported.*line 1.*KeyError"),
}
IN_LOGIN = {
    "hangs": ("while True: pass", r"no answer within \d+ seconds: the app hangs"),
    "os._exit": ("import os; os._exit(7)", r"ended its process \(exit status 7\)"),
    "sys.exit": ("import sys; sys.exit(3)", "the status is 500, not 200"),
    "raises": ("{}['key']", "the status is 500, not 200"),
    "fills the memory": ("hoard = bytearray(10**11)", "the status is 500, not 200"),
    "prints without end": (
        "while True: print('x' * 1000)",
        r"no answer within \d+ seconds: the app hangs",
    ),
}

# One text is wrong, and these tests see it.
WRONG = RIGHT.replace('detail="Inactive user"', 'detail="Go away"')
INACTIVE = {"test_a_login_is_for_the_user_who_asks", "test_alice_is_known_but_inactive"}

FORKS = """
import os, time
if os.fork() == 0:
    os.setsid()
    time.sleep(600)
"""
# Whoever finds the suite's machinery in their own process makes it say yes.
TAMPERS = """
import sys
import workbook.checking.exchange as exchange
exchange.Answer.must_be = exchange.Answer.must_have_status = lambda *_: None
exchange.Answer.must = lambda *_: None
sys.modules.pop("pytest", None)
"""
DELETES = """
import shutil
from pathlib import Path
shutil.rmtree(Path(__file__).parent)
"""
CONFTEST = "def pytest_collection_modifyitems(items): items.clear()\n"


@pytest.fixture(autouse=True)
def no_process_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """All that a check starts inherits the mark of its test, and is gone after it."""
    mark = secrets.token_hex(8)
    monkeypatch.setenv(MARK, mark)
    yield
    marked = [p for p in psutil.process_iter() if environment_of(p).get(MARK) == mark]
    # This process has its environment from before the test, and is none of them.
    assert marked == []


@pytest.fixture(autouse=True)
def little_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """The judge and the host inherit it: a hang costs a few seconds here."""
    monkeypatch.setenv("WORKBOOK_PATIENCE", "0.3")


@pytest.fixture
def answers(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """An answers folder with the source that the test asks for."""
    folder = tmp_path / "answers" / STEP.name
    folder.mkdir(parents=True)
    (folder / "main.py").write_text(request.param, "utf-8")
    return folder.parent


def cases(table: dict[str, tuple[str, str]], put: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("answers", "told"),
        [
            pytest.param(put.replace("LINE", line), told, id=name)
            for name, (line, told) in table.items()
        ],
        indirect=["answers"],
    )


@cases(AT_IMPORT, f"LINE\n{RIGHT}")
def test_at_import(answers: Path, told: str):
    outcome = check(answers)
    assert not outcome.holds
    assert re.search(told, outcome.problem, re.DOTALL), outcome.problem


@cases(IN_LOGIN, RIGHT.replace(LOGIN, f"    LINE\n{LOGIN}"))
def test_in_a_handler(answers: Path, told: str):
    outcome = check(answers)
    story = outcome.failed[0].story
    assert story is not None
    assert "-d 'grant_type=password&username=johndoe" in story.asked
    assert re.search(told, story.wrong), story.wrong


@pytest.mark.parametrize("answers", [RIGHT], indirect=True)
def test_the_right_answer_holds_behind_the_same_wall(answers: Path):
    assert check(answers).holds


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
@pytest.mark.parametrize("answers", [FORKS + RIGHT], indirect=True)
def test_a_fork_that_detaches_itself_is_ended_with_the_check(answers: Path):
    assert check(answers).holds


@pytest.mark.parametrize("answers", [TAMPERS + WRONG], indirect=True)
def test_tampering_with_the_suite_reaches_only_a_copy_of_it(answers: Path):
    assert {result.behaviour for result in check(answers).failed} == INACTIVE


@pytest.mark.parametrize("answers", [DELETES + RIGHT], indirect=True)
def test_an_answer_that_deletes_itself_deletes_a_copy(answers: Path):
    assert check(answers).holds


@pytest.mark.parametrize("answers", [WRONG], indirect=True)
def test_a_conftest_beside_the_answer_is_not_read(answers: Path):
    (answers / STEP.name / "conftest.py").write_text(CONFTEST, "utf-8")
    (answers / "conftest.py").write_text(CONFTEST, "utf-8")
    assert {result.behaviour for result in check(answers).failed} == INACTIVE


@pytest.mark.parametrize(
    "answers", [f"print('hello from main')\n{RIGHT}"], indirect=True
)
def test_what_an_answer_prints_is_kept(answers: Path):
    assert "hello from main" in check(answers).printed


@pytest.mark.parametrize(
    "answers", [RIGHT.replace(LOGIN, f"    1 / 0\n{LOGIN}")], indirect=True
)
def test_a_crash_is_told_by_the_learners_own_line_in_their_own_file(answers: Path):
    story = check(answers).failed[0].story
    assert story is not None
    assert str(answers / STEP.name / "main.py") in story.raised
    assert story.raised.endswith("ZeroDivisionError: division by zero")
    assert "site-packages" not in story.raised


def environment_of(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except psutil.Error:
        return {}


def check(answers: Path) -> Outcome:
    """The outcome, from a real judge: in bounded time, and with nothing changed."""
    before = contents(answers)
    begun = time.monotonic()
    judge = Judge()
    try:
        return judge.check(STEP, answers=answers)
    finally:
        judge.close()
        assert time.monotonic() - begun < 20
        assert contents(answers) == before
        assert STEP.main.read_text("utf-8") == RIGHT


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
