"""A target of our own, served for as long as it is attacked; or one that runs."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx

from workbook.attacks.loopback import NoTarget
from workbook.attacks.target import CannotBeTried, Target
from workbook.ladder import ROOT, Step
from workbook.settings import settings

# What a step's libraries warn of is no answer of the server.
VICTIM = [sys.executable, "-W", "ignore", "-m", "workbook.attacks.victim"]
SECONDS_TO_START = 30
SECONDS_TO_STOP = 5


@contextlib.contextmanager
def reach(url: str) -> Iterator[Target]:
    """The server that runs at a loopback URL. Raises `NotLoopback`, `NoTarget`."""
    try:
        target = Target(url)
    except httpx.HTTPError as error:
        raise NoTarget(
            f"{url} does not answer as a web server: {type(error).__name__}."
        ) from None
    with contextlib.closing(target):
        yield target


@contextlib.contextmanager
def serving(step: Step, answers: Path | None = None) -> Iterator[Target]:
    """Our step, or `answers/<step name>/main.py`, under uvicorn in its own process.

    Raises `NoTarget` when it cannot be served. Leaves no process and no file behind.
    """
    folder, module, main = ROOT, f"steps.{step.name}.main", step.main
    if answers is not None:
        folder, module = answers.resolve(), f"{step.name}.main"
        main = answers / step.name / "main.py"
    if not main.is_file():
        raise NoTarget(f"There is no {main}: write it, or start with a copy.")
    with (
        tempfile.TemporaryDirectory(prefix="workbook-") as elsewhere,
        open(Path(elsewhere) / "printed", "w+b") as printed,
        subprocess.Popen(
            [*VICTIM, str(folder), module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=printed,
            text=True,
            cwd=elsewhere,
            env=os.environ | {"PYTHONPATH": str(ROOT)} | settings(step),
        ) as process,
    ):
        assert process.stdin is not None
        try:
            target = _target(process)
            if target is None:
                printed.seek(0)
                reason = _last_line(printed.read()) or _how_it_ended(process)
                raise NoTarget(f"{main} cannot be served: {reason}")
            with contextlib.closing(target):
                yield target
        finally:
            # The end of its input ends it; a hanging one is killed.
            with contextlib.suppress(OSError):
                process.stdin.close()
            try:
                process.wait(SECONDS_TO_STOP)
            except subprocess.TimeoutExpired:
                process.kill()


def _target(process: subprocess.Popen[str]) -> Target | None:
    """What the process announces, or `None` when it ended or was too slow."""
    assert process.stdin is not None
    assert process.stdout is not None
    orders, replies = process.stdin, process.stdout

    def move_clock(minutes: int) -> None:
        try:
            orders.write(f"{minutes}\n")
            orders.flush()
        except OSError:
            raise CannotBeTried("The server has ended.") from None
        replies.readline()

    watchdog = threading.Timer(SECONDS_TO_START, process.kill)
    watchdog.start()
    try:
        announced = json.loads(replies.readline() or "null")
        if announced is None:
            return None
        url = f"http://127.0.0.1:{announced.pop('port')}"
        return Target(url, **announced, move_clock=move_clock)
    except (httpx.HTTPError, NoTarget):
        # Its startup failed, and with it the process: what it printed says why.
        process.wait()
        return None
    finally:
        watchdog.cancel()
        watchdog.join()


def _last_line(printed: bytes) -> str:
    return "".join(printed.decode(errors="replace").strip().splitlines()[-1:])


def _how_it_ended(process: subprocess.Popen[str]) -> str:
    status = process.wait()
    if status < 0:
        return f"it was not ready within {SECONDS_TO_START} seconds."
    return f"it ended its process, with exit status {status}."
