"""A target of our own, served for as long as it is attacked; or one that runs."""

import contextlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, MutableMapping
from pathlib import Path
from typing import IO

import httpx

from workbook import timeouts, wire
from workbook.attacks.api import Api
from workbook.attacks.loopback import NoTarget
from workbook.attacks.target import STEPS_API, CannotBeTried, Target
from workbook.checking import show
from workbook.ladder import ROOT, Step
from workbook.settings import settings
from workbook.timeouts import Limits
from workbook.watchdog import Watchdog, hangs, too_busy

# What a step's libraries warn of is no answer of the server.
VICTIM = [sys.executable, "-W", "ignore", "-m", "workbook.attacks.victim"]
# Until it has imported what is ours. However that ends, no app is to blame.
READY = Limits(cpu=timeouts.READY, idle=timeouts.READY, wall=timeouts.READY)


@contextlib.contextmanager
def reach(url: str, api: Api = STEPS_API) -> Iterator[Target]:
    """The server that runs at a loopback URL, with this API. Raises `NotLoopback`,
    `NoTarget`."""
    try:
        target = Target(url, api=api)
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
    main = step.main if answers is None else answers / step.name / "main.py"
    if not main.is_file():
        raise NoTarget(f"There is no {main}: write it, or start with a copy.")
    with (
        tempfile.TemporaryDirectory(prefix="workbook-") as elsewhere,
        open(Path(elsewhere) / "printed", "w+b") as printed,
        subprocess.Popen(
            VICTIM,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=printed,
            text=True,
            cwd=elsewhere,
            env=os.environ
            | settings(step)
            # The copy of a learner's app is removed with the rest.
            | {"PYTHONPATH": str(ROOT), "TMPDIR": elsewhere},
        ) as process,
    ):
        assert process.stdin is not None
        try:
            job = {
                "step": step.name,
                "answers": str(answers.resolve()) if answers is not None else None,
                "shown": show(main.parent),
                "here": os.getcwd(),
            }
            with contextlib.closing(_start(process, job, main, printed)) as target:
                yield target
        finally:
            # The end of its input ends it; a hanging one is killed.
            with contextlib.suppress(OSError):
                process.stdin.close()
            try:
                process.wait(timeouts.STOP)
            except subprocess.TimeoutExpired:
                process.kill()


def _start(
    process: subprocess.Popen[str],
    job: dict[str, str | None],
    main: Path,
    printed: IO[bytes],
) -> Target:
    """The target, once it answers.

    Until then a watchdog looks at what the process does; afterwards it would disturb
    what is measured.
    """
    with contextlib.closing(Watchdog(process.pid, process.kill)) as watchdog:
        with watchdog.limits(READY):
            ready = wire.receive(process.stdout)
        if ready is not None:
            with watchdog.limits(timeouts.START):
                wire.send(process.stdin, **job)
                if target := _target(process):
                    return target
    if exceeded := watchdog.exceeded:
        if exceeded.kind == "wall" or ready is None:
            raise NoTarget(too_busy(exceeded, "attack"))
        raise NoTarget(f"{main} cannot be served: {hangs(exceeded)}.")
    printed.seek(0)
    reason = _last_line(printed.read())
    if not reason:
        reason = f"it ended its process, with exit status {process.wait()}."
    raise NoTarget(f"{main} cannot be served: {reason}")


def _target(process: subprocess.Popen[str]) -> Target | None:
    """What the process announces, or `None` when it has ended. Raises `NoTarget` where
    there is no app to attack."""

    def move_clock(minutes: int) -> None:
        wire.send(process.stdin, minutes=minutes)
        if wire.receive(process.stdout) is None:
            raise CannotBeTried("The server has ended.")

    announced = wire.receive(process.stdout)
    if announced is None:
        return None
    if problem := announced.get("problem"):
        raise NoTarget(problem)
    try:
        url = f"http://127.0.0.1:{announced.pop('port')}"
        table = RemoteTable(process) if announced.pop("has_table") else None
        return Target(url, **announced, user_table=table, move_clock=move_clock)
    except (httpx.HTTPError, NoTarget):
        # Its startup failed, and with it the process: what it printed says why.
        process.wait()
        return None


class RemoteTable(MutableMapping[str, str]):
    """What the app's table has now, asked of the process that serves it: hashes by
    username. Raises `CannotBeTried` when that can't be said."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def __getitem__(self, username: str) -> str:
        return self._hashes()[username]

    def __setitem__(self, username: str, hashed_password: str) -> None:
        self._hashes({username: hashed_password})

    def __delitem__(self, username: str) -> None:
        raise NotImplementedError("no attack removes a user")

    def __iter__(self) -> Iterator[str]:
        return iter(self._hashes())

    def __len__(self) -> int:
        return len(self._hashes())

    def _hashes(self, store: dict[str, str] | None = None) -> dict[str, str]:
        wire.send(self._process.stdin, store=store or {})
        said = wire.receive(self._process.stdout)
        if said is None:
            raise CannotBeTried("The server has ended.")
        if problem := said.get("problem"):
            raise CannotBeTried(f"The user table can't be used: {problem}")
        hashes: dict[str, str] = said["hashes"]
        return hashes


def _last_line(printed: bytes) -> str:
    return "".join(printed.decode(errors="replace").strip().splitlines()[-1:])
