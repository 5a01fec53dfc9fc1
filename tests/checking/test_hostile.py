"""Answers that hang, exit, fork or tamper get their own message in bounded time, leave
no process behind, and change nothing."""

import os
import re
import secrets
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from workbook.checking import CheckWorker, Outcome
from workbook.ladder import find

STEP = find("1")
MARK = "WORKBOOK_TEST"
RIGHT = STEP.main.read_text("utf-8")
LOGIN = "    user = get_user(fake_users_db, form_data.username)\n"

# What is put on top of the right answer, or in its login, and what is told of it.
AT_IMPORT = {
    "computes without end": (
        "while True: pass",
        r"main.py is never imported: it computed for \d+ seconds",
    ),
    "sleeps": (
        "import threading; threading.Event().wait()",
        r"main.py is never imported: for \d+ seconds it did nothing but wait",
    ),
    "waits for another server": (
        "import socket; s = socket.create_server(('127.0.0.1', 0)); s.accept()",
        "did nothing but wait",
    ),
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
        r"main.py is never imported: it computed for \d+ seconds",
    ),
    "forks without end": (
        # Not quite without: a machine on which this isn't stopped must survive it.
        "import os, signal\nfor _ in range(400):\n"
        "    if os.fork() == 0: signal.pause()",
        r"main.py is never imported: it started more than 100 processes",
    ),
    "forks from its forks": (
        "import os, signal\nfor _ in range(400):\n    if os.fork(): signal.pause()",
        r"main.py is never imported: it started more than 100 processes",
    ),
    "a hash of the highest cost": (
        "import bcrypt; bcrypt.hashpw(b'x', bcrypt.gensalt(31))",
        r"main.py is never imported: it computed for \d+ seconds",
    ),
    "raises": ("{}['key']", "cannot be imported.*line 1.*KeyError"),
}
IN_LOGIN = {
    "computes without end": (
        "while True: pass",
        r"no answer: it computed for \d+ seconds without an end: an endless loop",
    ),
    "sleeps": (
        "import threading; threading.Event().wait()",
        r"no answer: for \d+ seconds it did nothing but wait",
    ),
    "os._exit": ("import os; os._exit(7)", r"ended its process \(exit status 7\)"),
    "sys.exit": ("import sys; sys.exit(3)", "the status is 500, not 200"),
    "raises": ("{}['key']", "the status is 500, not 200"),
    "fills the memory": ("hoard = bytearray(10**11)", "the status is 500, not 200"),
    "prints without end": (
        "while True: print('x' * 1000)",
        r"no answer: it computed for \d+ seconds without an end",
    ),
    "fills the disk": (
        "[open(f'f{n}', 'wb').write(b'x' * 10**7) for n in range(10**6)]",
        "no answer: it wrote more than 300 MB to the disk",
    ),
}

# One text is wrong, and these tests see it.
WRONG = RIGHT.replace('detail="Inactive user"', 'detail="Go away"')
INACTIVE = {
    "test_a_login_is_for_the_user_who_asks",
    "test_alice_is_inactive",
    "test_the_token_is_the_username",
}

FORKS = """
import os, signal
if os.fork() == 0:
    os.setsid()
    signal.pause()
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
def short_timeouts(monkeypatch: pytest.MonkeyPatch) -> None:
    """The worker and the sandbox inherit it: a hang costs a few seconds here."""
    monkeypatch.setenv("WORKBOOK_TIMEOUT_FACTOR", "0.3")


@pytest.fixture
def answers(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """An answers folder with the source that the test asks for."""
    folder = tmp_path / "answers" / STEP.name
    folder.mkdir(parents=True)
    (folder / "main.py").write_text(request.param, "utf-8")
    return folder.parent


def cases(
    table: dict[str, tuple[str, str]], put: str, in_the_gate: str = ""
) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("answers", "told"),
        [
            pytest.param(
                put.replace("LINE", line),
                told,
                id=name,
                marks=[pytest.mark.long] if name != in_the_gate else [],
            )
            for name, (line, told) in table.items()
        ],
        indirect=["answers"],
    )


@cases(AT_IMPORT, f"LINE\n{RIGHT}", in_the_gate="raises")
def test_at_import(answers: Path, told: str):
    outcome = check(answers)
    assert not outcome.all_passed
    assert re.search(told, outcome.problem, re.DOTALL), outcome.problem


@cases(IN_LOGIN, RIGHT.replace(LOGIN, f"    LINE\n{LOGIN}"))
def test_in_a_handler(answers: Path, told: str):
    outcome = check(answers)
    failure = outcome.failed[0].failure
    assert failure is not None
    assert "-d 'grant_type=password&username=johndoe" in failure.request
    assert re.search(told, failure.difference), failure.difference


@pytest.mark.long
@pytest.mark.parametrize("answers", [RIGHT], indirect=True)
def test_the_right_answer_passes_in_the_same_sandbox(answers: Path):
    assert check(answers).all_passed


@pytest.mark.long
@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system that forks")
@pytest.mark.parametrize("answers", [FORKS + RIGHT], indirect=True)
def test_a_fork_that_detaches_itself_is_ended_with_the_check(answers: Path):
    assert check(answers).all_passed


@pytest.mark.long
@pytest.mark.parametrize("answers", [TAMPERS + WRONG], indirect=True)
def test_tampering_with_the_suite_reaches_only_a_copy_of_it(answers: Path):
    assert {result.behaviour for result in check(answers).failed} == INACTIVE


@pytest.mark.long
@pytest.mark.parametrize("answers", [DELETES + RIGHT], indirect=True)
def test_an_answer_that_deletes_itself_deletes_a_copy(answers: Path):
    """And each start has a copy of its own."""
    assert check(answers).all_passed


@pytest.mark.long
@pytest.mark.parametrize("answers", [WRONG], indirect=True)
def test_a_conftest_beside_the_answer_is_not_read(answers: Path):
    (answers / STEP.name / "conftest.py").write_text(CONFTEST, "utf-8")
    (answers / "conftest.py").write_text(CONFTEST, "utf-8")
    assert {result.behaviour for result in check(answers).failed} == INACTIVE


@pytest.mark.long
@pytest.mark.parametrize(
    "answers", [f"print('hello from main')\n{RIGHT}"], indirect=True
)
def test_what_an_answer_prints_is_kept(answers: Path):
    assert "hello from main" in check(answers).printed


@pytest.mark.long
@pytest.mark.parametrize(
    "answers", [RIGHT.replace(LOGIN, f"    1 / 0\n{LOGIN}")], indirect=True
)
def test_a_crash_is_told_by_the_learners_own_line_in_their_own_file(answers: Path):
    failure = check(answers).failed[0].failure
    assert failure is not None
    assert str(answers / STEP.name / "main.py") in failure.raised
    assert failure.raised.endswith("ZeroDivisionError: division by zero")
    assert "site-packages" not in failure.raised


def environment_of(process: psutil.Process) -> dict[str, str]:
    try:
        return process.environ()
    except psutil.Error:
        return {}


def check(answers: Path) -> Outcome:
    """The outcome, from a real worker, and with nothing changed."""
    before = contents(answers)
    worker = CheckWorker()
    try:
        return worker.check(STEP, answers=answers)
    finally:
        worker.close()
        assert contents(answers) == before
        assert STEP.main.read_text("utf-8") == RIGHT


def contents(folder: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
