"""The script that keeps a machine busy: the loops run beside the command, and end."""

import signal
import subprocess
import sys

import psutil
import pytest

from workbook import timeouts
from workbook.ladder import ROOT

SCRIPT = ROOT / "tests" / "busy.py"

# Prints the processes that run beside it, once all of them have begun to compute.
COMMAND = """
import os, sys, time
import psutil

beside = [p for p in psutil.Process().parent().children() if p.pid != os.getpid()]
while any(p.cpu_times().user == 0 for p in beside):
    time.sleep(0.01)
print(*(p.pid for p in beside), flush=True)
{end}
"""


def run(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, SCRIPT, *words],
        capture_output=True,
        text=True,
        check=False,
        timeout=timeouts.COMMAND,
    )


def test_the_loops_run_beside_the_command_and_end_with_it():
    done = run("2", sys.executable, "-c", COMMAND.format(end="sys.exit(7)"))
    beside = [int(pid) for pid in done.stdout.split()]
    assert done.returncode == 7
    assert len(beside) == 2
    assert not any(map(psutil.pid_exists, beside))


@pytest.mark.skipif(sys.platform == "win32", reason="there are no signals there")
def test_a_command_that_a_signal_ends_is_told_as_a_shell_does():
    kill = "import os; os.kill(os.getpid(), 9)"
    assert run("0", sys.executable, "-c", kill).returncode == 128 + signal.SIGKILL


@pytest.mark.long
def test_the_loops_end_when_the_script_is_killed():
    waits = COMMAND.format(end="sys.stdin.read()")
    with subprocess.Popen(
        [sys.executable, SCRIPT, "2", sys.executable, "-c", waits],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as script:
        assert script.stdout is not None
        beside = [psutil.Process(int(pid)) for pid in script.stdout.readline().split()]
        script.kill()
        _, left = psutil.wait_procs(beside, timeout=timeouts.COMMAND)
    assert len(beside) == 2
    assert left == []


@pytest.mark.parametrize("words", [[], ["8"], ["make", "test"], ["-1", "make"]])
def test_wrong_usage_is_answered_with_the_right_one(words: list[str]):
    done = run(*words)
    assert done.returncode == 2
    assert done.stderr == "Usage: python tests/busy.py LOOPS COMMAND...\n"
