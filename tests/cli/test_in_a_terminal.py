"""What a person sees: colours or none, narrow or wide, and the plain tools at work."""

import re
import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.cli.terminal import Terminal, in_a_terminal
from workbook.ladder import find

pytestmark = in_a_terminal

STEP1, STEP2 = find("1"), find("2")
COLOUR = "\x1b["


@pytest.mark.parametrize("words", [[], ["start", "2"], ["diff", "2"]], ids=str)
def test_a_terminal_has_colours_unless_nobody_wants_them(
    terminal: Callable[..., Terminal], words: list[str]
):
    coloured = terminal(*words, NO_COLOR="")
    coloured.ends()
    assert COLOUR in coloured.child.before
    bare = terminal(*words, NO_COLOR="1")
    bare.ends()
    assert COLOUR not in bare.child.before


def test_no_line_is_longer_than_the_terminal_except_what_is_to_be_copied(
    terminal: Callable[..., Terminal], write: Callable[..., Path]
):
    write("2", STEP1.main.read_text("utf-8"))
    shown = terminal("check", "2", columns=60).ends()
    shown += terminal("hint", "2", columns=60).ends()
    shown += terminal(columns=60).ends()
    long = [line for line in shown.splitlines() if len(line) > 60]
    assert [line for line in long if not re.match(r"\s*(curl|\$) ", line)] == []
    assert [line for line in shown.splitlines() if line != line.rstrip()] == []


def test_a_diff_is_told_by_function_and_folds_what_is_the_same(
    terminal: Callable[..., Terminal],
):
    shown = terminal("diff", "2").ends()
    assert '+@app.get("/users/me", response_model=User)' in shown
    assert "… unchanged: imports, fake_users_db" in shown
    assert "fakehashedsecret2" not in shown
    assert shown.rstrip().endswith(f"{STEP2.name}/main.py")
    assert "$ diff -u " in shown


def test_a_diff_with_a_version_that_is_no_python_says_where(
    terminal: Callable[..., Terminal], write: Callable[..., Path]
):
    write("2", "ok = 1\ndef broken(:\n")
    diff = terminal("diff", "2", "--mine")
    shown = diff.ends()
    assert diff.status == 2
    assert f"{STEP2.name}/main.py is not Python: line 2, invalid syntax." in shown


def test_the_plain_pytest_runs_from_any_folder(
    terminal: Callable[..., Terminal], write: Callable[..., Path]
):
    write("2", "import no_such_thing\n")
    check = terminal("check", "2", "--pytest")
    shown = check.ends()
    assert check.status == 1
    assert "$ pytest " in shown
    assert "test session starts" in shown
    assert "No module named 'no_such_thing'" in shown


def test_run_serves_a_step_that_can_be_checked_until_ctrl_c(
    terminal: Callable[..., Terminal],
):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = terminal("run", "2", "--port", str(port))
    shown = server.shows("Application startup complete")
    assert f"$ uvicorn {STEP2.app} --reload --port {port}" in shown
    login = httpx.post(
        f"http://127.0.0.1:{port}/token",
        data={"username": "johndoe", "password": "secret"},
        trust_env=False,
    )
    assert login.json() == {"access_token": "johndoe", "token_type": "bearer"}
    check = terminal("check", "2", "--url", f"http://127.0.0.1:{port}")
    assert f"✓ Step 2, http://127.0.0.1:{port}: all " in check.ends()
    server.press("\x03")
    assert "Traceback" not in server.ends()
