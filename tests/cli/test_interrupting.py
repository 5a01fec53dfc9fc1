"""Whoever loses patience gets the terminal back, and nothing goes on without them."""

import signal
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.terminal import Terminal, in_a_terminal
from workbook import timeouts
from workbook.ladder import find

pytestmark = in_a_terminal

RIGHT = find("1").main.read_text("utf-8")
# An answer that never comes up, and says that it has got so far.
HANGS = """
import os
open(os.environ["HANGS_NOW"], "w").close()
while True: pass
"""


@pytest.fixture
def hanging(
    here: Path, terminal: Callable[..., Terminal], write: Callable[..., Path]
) -> Callable[..., Terminal]:
    """A command that has begun to wait for an answer which hangs."""
    write("1", HANGS)
    says = here / "hangs"

    def hanging(*words: str) -> Terminal:
        begun = terminal(*words, HANGS_NOW=str(says), WORKBOOK_TIMEOUT_FACTOR="100")
        wait_for(says)
        return begun

    return hanging


def wait_for(path: Path) -> None:
    """Until the file is there."""
    until = time.monotonic() + timeouts.TERMINAL
    while not path.exists():
        assert time.monotonic() < until, f"{path} does not come"
        time.sleep(timeouts.LOOK)


# In each test the `terminal` fixture looks for processes that are left.


@pytest.mark.parametrize(
    "command", ["check", pytest.param("watch", marks=pytest.mark.long)]
)
def test_ctrl_c_ends_all_that_a_command_has_started(
    hanging: Callable[..., Terminal], command: str
):
    interrupted = hanging(command, "1")
    interrupted.press("\x03")
    shown = interrupted.ends()
    assert interrupted.status == 130
    assert "Traceback" not in shown


@pytest.mark.long
@pytest.mark.parametrize("command", ["check", "watch"])
def test_a_command_that_is_killed_takes_all_that_it_has_started_with_it(
    hanging: Callable[..., Terminal], command: str
):
    killed = hanging(command, "1")
    killed.child.kill(signal.SIGKILL)
    killed.ends()
    assert killed.child.signalstatus == signal.SIGKILL


@pytest.mark.long
def test_a_save_overtakes_a_check_that_is_under_way(
    hanging: Callable[..., Terminal], write: Callable[..., Path]
):
    watch = hanging("watch", "1")
    write("1", RIGHT)
    watch.shows("Checking", "✓ Step 1")
    watch.press("q")
    assert "Traceback" not in watch.ends()
    assert watch.status == 0


@pytest.mark.long
def test_q_does_not_wait_for_a_check_that_is_under_way(
    hanging: Callable[..., Terminal],
):
    watch = hanging("watch", "1")
    watch.press("q")
    assert "was not judged" in watch.ends()
    assert watch.status == 2
