"""What a person sees: colours or none, narrow or wide, and the plain tools at work."""

import re
import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from tests.cli.terminal import Terminal, in_a_terminal
from workbook.attacks import ATTACKS, CLASSICS
from workbook.ladder import find

pytestmark = in_a_terminal

STEP1, STEP2 = find("1"), find("2")
COLOUR = "\x1b["


@pytest.mark.parametrize(
    "words",
    [
        pytest.param([], marks=pytest.mark.long),
        pytest.param(["start", "2"], marks=pytest.mark.long),
        ["diff", "2"],
    ],
    ids=str,
)
def test_a_terminal_has_colours_unless_nobody_wants_them(
    terminal: Callable[..., Terminal], words: list[str]
):
    coloured = terminal(*words, NO_COLOR="")
    coloured.ends()
    assert COLOUR in coloured.child.before
    bare = terminal(*words, NO_COLOR="1")
    bare.ends()
    assert COLOUR not in bare.child.before


@pytest.mark.long
def test_no_line_is_longer_than_the_terminal_except_what_is_to_be_copied(
    terminal: Callable[..., Terminal], write: Callable[..., Path]
):
    write("2", STEP1.main.read_text("utf-8"))
    shown = terminal("check", "2", columns=60).ends()
    shown += terminal("hint", "2", columns=60).ends()
    shown += terminal(columns=60).ends()
    long = [line for line in shown.splitlines() if len(line) > 60]
    # A path is one word, and a word is never broken.
    assert [line for line in long if " " in line.strip(" \\")] == []
    assert [line for line in shown.splitlines() if line != line.rstrip()] == []


def test_a_diff_is_told_by_function_and_folds_what_is_the_same(
    terminal: Callable[..., Terminal],
):
    shown = terminal("diff", "2").ends()
    assert '+@app.get("/users/me", response_model=User)' in shown
    assert "… unchanged: imports, fake_users_db" in shown
    assert "fakehashedsecret2" not in shown
    assert shown.rstrip().endswith(f"{STEP2.name}/main.py")
    assert "The same with plain diff:\n  diff -u " in shown


@pytest.mark.long
def test_a_diff_with_a_version_that_is_no_python_says_where(
    terminal: Callable[..., Terminal], write: Callable[..., Path]
):
    write("2", "ok = 1\ndef broken(:\n")
    diff = terminal("diff", "2", "--mine")
    shown = " ".join(diff.ends().split())
    assert diff.status == 2
    assert f"{STEP2.name}/main.py is not Python: line 2, invalid syntax." in shown


@pytest.mark.parametrize(
    ("words", "says"),
    [
        pytest.param(
            ["check", "1", "--reference"], " tests so far", marks=pytest.mark.long
        ),
        (["attack", "1"], f" of {len(ATTACKS) + len(CLASSICS)}: "),
        pytest.param(
            ["diff", "1", "--mine"],
            "Checking your step 1 first …",
            marks=pytest.mark.long,
        ),
    ],
    ids=lambda word: word[0],
)
def test_what_takes_a_while_says_how_far_it_is(
    terminal: Callable[..., Terminal],
    write: Callable[..., Path],
    words: list[str],
    says: str,
):
    write("1", STEP1.main.read_text("utf-8"))
    shown = terminal(*words)
    shown.shows(says)
    # The line has gone when what follows is printed.
    assert says.strip() not in shown.ends().splitlines()[-1]


@pytest.mark.long
def test_the_plain_pytest_runs_from_any_folder(
    terminal: Callable[..., Terminal], write: Callable[..., Path]
):
    write("2", "import no_such_thing\n")
    check = terminal("check", "2", "--pytest")
    shown = check.ends()
    assert check.status == 1
    assert re.search(r"\$ \S*pytest ", shown)
    assert "test session starts" in shown
    assert "No module named 'no_such_thing'" in shown


@pytest.mark.long
def test_run_serves_a_step_that_can_be_checked_until_ctrl_c(
    terminal: Callable[..., Terminal],
):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = terminal("run", "2", "--port", str(port))
    shown = server.shows("Application startup complete")
    # The path before it may be so long that the line goes on below.
    line = " ".join(shown.replace("\\", "").split())
    assert f"uvicorn {STEP2.app} --reload --port {port}" in line
    login = httpx.post(
        f"http://127.0.0.1:{port}/token",
        data={"username": "johndoe", "password": "secret"},
        trust_env=False,
    )
    assert login.json() == {"access_token": "johndoe", "token_type": "bearer"}
    check = terminal("check", "2", "--url", f"http://127.0.0.1:{port}")
    # It prints a line for each request, and stops when nobody reads them.
    with server.read_by_a_thread():
        assert f"✓ Step 2, http://127.0.0.1:{port}: all " in check.ends()
    server.press("\x03")
    assert "Traceback" not in server.ends()


@pytest.mark.long
def test_any_key_shows_the_rest_of_the_demo_at_once(terminal: Callable[..., Terminal]):
    demo = terminal("demo")
    demo.shows("The attacker types it:")
    demo.press(" ")
    shown = demo.ends()
    assert "Traceback" not in shown
    assert demo.status == 0


@pytest.mark.long
def test_ctrl_c_ends_the_demo_and_its_server(terminal: Callable[..., Terminal]):
    demo = terminal("demo")
    demo.shows("The attacker types it:")
    demo.press("\x03")
    assert "Traceback" not in demo.ends()
    assert demo.status == 130


def test_a_refusal_is_broken_between_words(terminal: Callable[..., Terminal]):
    terminal("start", "7", columns=80).ends()
    lines = terminal("start", "7", columns=80).ends().splitlines()
    begins = next(n for n, line in enumerate(lines) if "exists already" in line)
    assert all(len(line) <= 80 for line in lines[begins:])
    assert lines[begins + 1].strip().endswith("To begin again and keep the old file:")
    assert lines[begins + 2].strip().endswith(" start 7 --again")


@pytest.mark.long
def test_a_diff_fits_80_columns(terminal: Callable[..., Terminal]):
    shown = terminal("diff", "3", columns=80).ends()
    long = [line for line in shown.splitlines() if len(line) > 80]
    # A word isn't broken.
    assert [line for line in long if " " in line.strip(" +-")] == []
