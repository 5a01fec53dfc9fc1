"""Watches a process that owes an answer, and ends it when it has had its chance.

What counts is what the process did: the processor time that it used, or the time in
which it slept. How long the answer took tells as much about the machine.
"""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import psutil

from workbook import timeouts
from workbook.shell import program
from workbook.timeouts import Limits

# Below this a process did nothing between two looks: the kernel counts in hundredths.
STILL = 0.005
# For what an app writes to its folder, in bytes.
MOST_ON_DISK = 300 * 1000**2
# Of an app, at one time. Each that forks without end is ended long before the machine.
MOST_PROCESSES = 100
HANGS = {
    "cpu": "it computed for {cpu:.0f} seconds without an end: an endless loop",
    "idle": "for {idle:.0f} seconds it did nothing but wait, for a sleep, a lock, "
    "input or another server",
    "disk": f"it wrote more than {MOST_ON_DISK // 1000**2} MB to the disk",
    "processes": f"it started more than {MOST_PROCESSES} processes",
}


class NotJudged(Exception):
    """The machine was too busy to tell; the message says what was measured."""


@dataclass(frozen=True)
class Exceeded:
    """The limit that was reached, and what had been spent until then, in seconds."""

    kind: Literal["cpu", "idle", "wall", "disk", "processes"]
    cpu: float
    idle: float
    wall: float


def hangs(exceeded: Exceeded) -> str:
    """What an app did that was ended for it."""
    return HANGS[exceeded.kind].format(cpu=exceeded.cpu, idle=exceeded.idle)


def too_busy(exceeded: Exceeded, command: str = "check") -> str:
    """The sentence for an app that the machine had no time for, and what helps."""
    return (
        "The machine is too busy to judge this: in "
        f"{exceeded.wall:.0f} seconds the app got {exceeded.cpu:.1f} seconds of "
        "processor time. That says nothing about your code. Close other programs and "
        "try again, or wait longer: WORKBOOK_TIMEOUT_FACTOR=5 "
        f"{program('workbook')} {command}."
    )


@dataclass
class _Account:
    """What one thing that is waited for has cost so far."""

    limits: Limits
    begun: float
    owes: bool
    cpu: float = 0.0
    idle: float = 0.0

    def exceeded(self, now: float) -> Exceeded | None:
        spent = (self.cpu, self.idle, now - self.begun)
        if self.cpu > self.limits.cpu:
            return Exceeded("cpu", *spent)
        if self.idle > self.limits.idle:
            return Exceeded("idle", *spent)
        if now - self.begun > self.limits.wall:
            return Exceeded("wall", *spent)
        return None


class Watchdog:
    """Looks at a process, and at all that it started, from a thread.

    `end` is called once, from that thread, when a limit is reached; `exceeded` then
    says which. `close` ends the thread. What is in its `folder` has a limit at all
    times.
    """

    def __init__(
        self, pid: int, end: Callable[[], None], folder: Path | None = None
    ) -> None:
        self.exceeded: Exceeded | None = None
        self._folder = folder
        self._process = psutil.Process(pid)
        self._end = end
        self._accounts: list[_Account] = []
        self._lock = threading.Lock()
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    @contextlib.contextmanager
    def limits(self, limits: Limits, *, owes: bool = True) -> Iterator[None]:
        """In this block the process owes us something, and has these limits for it.

        Blocks can be open in several threads at once. In one in which it doesn't owe us
        an answer all the time, it may sleep as long as no other block is open: it's we
        who are slow then.
        """
        account = _Account(limits, time.monotonic(), owes)
        with self._lock:
            self._accounts.append(account)
        try:
            yield
        finally:
            with self._lock:
                self._accounts.remove(account)

    def close(self) -> None:
        """Stops watching."""
        self._over.set()
        if threading.current_thread() is not self._thread:
            self._thread.join()

    def _watch(self) -> None:
        before = self._used(self._family())
        while not self._over.wait(timeouts.LOOK):
            with self._lock:
                accounts = list(self._accounts)
            family = self._family()
            used = self._used(family)
            gone = max(0.0, used - before)
            before = used
            idle = timeouts.LOOK if gone < STILL and _sleep(family) else 0.0
            now = time.monotonic()
            if len(family) > MOST_PROCESSES:
                self.exceeded = Exceeded("processes", 0, 0, 0)
                self._end()
                return
            if self._folder is not None and is_full(self._folder):
                self.exceeded = Exceeded("disk", 0, 0, 0)
                self._end()
                return
            owes = any(account.owes for account in accounts)
            for account in accounts:
                account.cpu += gone
                account.idle += idle if owes else 0.0
                if exceeded := account.exceeded(now):
                    self.exceeded = exceeded
                    self._end()
                    return

    def _used(self, family: list[psutil.Process]) -> float:
        """Processor time until now, of the process and of all that it started."""
        used = 0.0
        for process in family:
            with contextlib.suppress(psutil.Error):
                times = process.cpu_times()
                used += times.user + times.system
                if process == self._process:
                    used += times.children_user + times.children_system
        return used

    def _family(self) -> list[psutil.Process]:
        with contextlib.suppress(psutil.Error):
            return [self._process, *_descendants(self._process)]
        return [self._process]


def is_full(folder: Path, most: int = MOST_ON_DISK) -> bool:
    """Whether what is in a folder takes more room than that."""
    size = 0
    folders = [str(folder)]
    while folders:
        with contextlib.suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                # Each takes some room, an empty one too.
                about = entry.stat(follow_symlinks=False)
                size += max(getattr(about, "st_blocks", 0) * 512, 4096)
                if size > most:
                    return True
    return False


def _sleep(family: list[psutil.Process]) -> bool:
    return not any(_wants_to_run(process) for process in family)


def _descendants(process: psutil.Process) -> list[psutil.Process]:
    """All that it started, and they in turn; no more than one too many."""
    found: list[psutil.Process] = []
    parents = [process]
    while parents and len(found) <= MOST_PROCESSES:
        children = _children(parents.pop())
        found += children
        parents += children
    return found


def _children(process: psutil.Process) -> list[psutil.Process]:
    """Linux says it in a file; elsewhere all processes of the machine are gone through,
    which costs more than all the rest."""
    try:
        listed = [
            file.read_text()
            for file in Path(f"/proc/{process.pid}/task").glob("*/children")
        ]
    except OSError:
        return []
    if not listed and not Path("/proc/self/task").exists():
        return list(process.children())
    found = []
    for pid in " ".join(listed).split():
        with contextlib.suppress(psutil.Error):
            found.append(psutil.Process(int(pid)))
    return found


def _wants_to_run(process: psutil.Process) -> bool:
    """Whether one of its threads runs, waits for a processor or for a disk."""
    try:
        states = [
            file.read_text().rpartition(")")[2].split()[0]
            for file in Path(f"/proc/{process.pid}/task").glob("*/stat")
        ]
    except (OSError, IndexError):
        # It ended while we looked.
        return False
    if states:
        return any(state in "RD" for state in states)
    try:
        return bool(process.status() != psutil.STATUS_SLEEPING)
    except psutil.Error:
        return False
