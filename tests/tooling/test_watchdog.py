"""A process is judged by what it does, not by how long the machine takes over it."""

import contextlib
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from workbook import timeouts
from workbook.timeouts import Limits
from workbook.watchdog import Exceeded, Watchdog, is_full

LOOP = "while True: pass"
SLEEP = "import threading; threading.Event().wait()"
PARENT = f"""
import subprocess, sys
subprocess.run([sys.executable, "-c", {LOOP!r}])
"""
THREAD = f"""
import threading
def loop():
    {LOOP}
threading.Thread(target=loop, daemon=True).start()
{SLEEP}
"""
NEVER = 10_000.0


@contextlib.contextmanager
def running(program: str) -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen([sys.executable, "-c", program]) as process:
        try:
            yield process
        finally:
            family = [psutil.Process(process.pid)]
            family += family[0].children(recursive=True)
            for one in family:
                one.kill()


def watched(program: str, limits: Limits, *, owes: bool = True) -> Exceeded | None:
    """The limit that the program reaches, and for which it is ended."""
    ended = threading.Event()
    with running(program) as process:
        watchdog = Watchdog(process.pid, ended.set)
        with watchdog.limits(limits, owes=owes):
            assert ended.wait(timeouts.COMMAND)
        watchdog.close()
        return watchdog.exceeded


@pytest.mark.parametrize(
    "program", [LOOP, PARENT, THREAD], ids=["alone", "in a child", "in a thread"]
)
def test_an_endless_loop_is_ended_for_its_processor_time(program: str):
    if program == PARENT and sys.platform == "darwin":
        pytest.skip("the children of a process are too dear to find")
    exceeded = watched(program, Limits(cpu=0.5, idle=NEVER, wall=NEVER))
    assert exceeded is not None
    assert exceeded.kind == "cpu"
    assert exceeded.cpu > 0.5


def test_a_sleep_is_ended_for_the_time_in_which_nothing_happened():
    exceeded = watched(SLEEP, Limits(cpu=NEVER, idle=0.3, wall=NEVER))
    assert exceeded is not None
    assert exceeded.kind == "idle"


def test_a_process_that_did_too_little_to_be_judged_is_ended_by_the_wall():
    exceeded = watched(SLEEP, Limits(cpu=NEVER, idle=NEVER, wall=0.1))
    assert exceeded is not None
    assert exceeded.kind == "wall"


def test_between_two_answers_a_process_may_sleep():
    """It's the judge that is slow then, on a busy machine or a closed laptop."""
    exceeded = watched(SLEEP, Limits(cpu=NEVER, idle=0.3, wall=1.5), owes=False)
    assert exceeded is not None
    assert exceeded.kind == "wall"


def test_what_a_process_sleeps_while_it_owes_answers_adds_up():
    ended = threading.Event()
    with running(SLEEP) as process:
        watchdog = Watchdog(process.pid, ended.set)
        with watchdog.limits(Limits(cpu=NEVER, idle=0.3, wall=NEVER), owes=False):
            while not ended.is_set():
                with watchdog.limits(Limits(cpu=NEVER, idle=NEVER, wall=NEVER)):
                    ended.wait(2 * timeouts.LOOK)
        watchdog.close()
        assert watchdog.exceeded is not None
        assert watchdog.exceeded.kind == "idle"


def test_a_process_that_owes_nothing_is_left_alone():
    with running(SLEEP) as process:
        watchdog = Watchdog(process.pid, process.kill)
        with watchdog.limits(Limits(cpu=NEVER, idle=NEVER, wall=NEVER)):
            pass
        watchdog.close()
        assert watchdog.exceeded is None
        assert process.poll() is None


def test_a_folder_is_full_with_large_files_and_with_many(tmp_path: Path):
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert not is_full(tmp_path, 100_000)
    # Each takes a block, however little is in it.
    for number in range(30):
        (tmp_path / "a" / "b" / str(number)).touch()
    assert is_full(tmp_path, 100_000)
    assert not is_full(tmp_path, 1_000_000)
    (tmp_path / "large").write_bytes(b"x" * 2_000_000)
    assert is_full(tmp_path, 1_000_000)
