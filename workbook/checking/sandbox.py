"""A learner's app in a process of its own: copied, served, watched and cleaned up."""

import contextlib
import functools
import os
import queue
import re
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from workbook import timeouts, wire
from workbook.checking.exchange import visible
from workbook.checking.submission import NoApp, copy_submission, must_be_a_file, show
from workbook.ladder import ROOT, Step
from workbook.watchdog import Exceeded, NotJudged, Watchdog, hangs, too_busy

if TYPE_CHECKING:
    from workbook.checking.probes import Hashes
    from workbook.checking.server import Server

# Of what an app prints, the last so many characters are kept.
PRINTED = 4000
# In the environment of the process and of all that it starts, detached or not.
MARK = "WORKBOOK_HOST"
CLEANER = str(Path(__file__).with_name("cleaner.py"))


class Sandbox:
    """A process that has imported the stack and waits to be told which app to serve.

    Start it early: `serve` then takes the time of the app's own import alone. One
    sandbox serves one app. `close` leaves no process and no file behind.
    """

    def __init__(self) -> None:
        self._mark = secrets.token_hex(8)
        self._folder = Path(tempfile.mkdtemp(prefix="workbook-")).resolve()
        self._process = subprocess.Popen(
            [sys.executable, "-m", "workbook.checking.host"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            cwd=self._folder,
            env=os.environ
            | {
                MARK: self._mark,
                "PYTHONPATH": str(ROOT),
                "PYTHONUNBUFFERED": "1",
                # What it leaves there is removed with the rest.
                "TMPDIR": str(self._folder),
            },
            start_new_session=True,
        )
        self._cleaner = subprocess.Popen(
            [sys.executable, "-I", "-S", CLEANER, self._folder, f"{MARK}={self._mark}"],
            stdin=subprocess.PIPE,
            cwd="/",
            start_new_session=True,
        )
        self._watchdog = Watchdog(self._process.pid, self._kill, self._folder)
        self._replies: queue.Queue[dict[str, Any] | None] = queue.Queue()
        self._printed = ""
        self._named: Callable[[str], str] = str
        self._hashes: Hashes = {}
        self._stored: list[str] = []
        self._wrong_hashes: dict[str, str] = {}
        self._readers = [
            threading.Thread(target=reader, daemon=True)
            for reader in (self._read_replies, self._read_printed)
        ]
        for reader in self._readers:
            reader.start()

    @property
    def folder(self) -> Path:
        """What is in it, is removed when the sandbox is closed, or its process dies."""
        return self._folder

    @property
    def printed(self) -> str:
        """The end of what the app has printed, ready to be shown."""
        return visible(self._named(self._printed))

    @property
    def hashes(self) -> "Hashes":
        """The bcrypt hashes that the app has asked for, once it was served."""
        return self._hashes

    @property
    def stored(self) -> list[str]:
        """The values in a learner's table from which a password can be read, once the
        app was served. Only a step whose table has real hashes is looked at."""
        return self._stored

    @property
    def wrong_hashes(self) -> dict[str, str]:
        """Where the table has a hash of another password, by the user's name."""
        return self._wrong_hashes

    @contextlib.contextmanager
    def serve(
        self,
        step: Step,
        answers: Path | None,
        variables: Mapping[str, str],
        *,
        secret_key: str | None,
        hashes: "Hashes | None" = None,
    ) -> Iterator["Server"]:
        """Our step, or a copy of the learner's, with these variables in its
        environment. `hashes` are computed already. Raises `NoApp`, `NotJudged`."""
        # Here, so that a process for an app is started before all this is imported.
        from workbook.checking import client
        from workbook.checking.probes import pack
        from workbook.checking.server import Gone

        job: dict[str, Any] = {
            "step": step.name,
            "answers": None,
            "variables": dict(variables),
            "hashes": pack(hashes or {}),
        }
        main = show(step.main)
        if answers is not None:
            shown = show(answers / step.name)
            main = f"{shown}/main.py"
            must_be_a_file(answers / step.name / "main.py", main)
            # As the learner left it. The app runs in a copy of this.
            copy = self._folder / answers.resolve().name / step.name
            copy_submission(answers / step.name, copy, shown)
            job |= {"answers": str(copy.parent), "shown": shown, "here": os.getcwd()}
            # It may have been given the copies of other folders, by `which`.
            self._named = functools.partial(_named, str(self._folder), step.name, shown)
        self._must_be_ready()
        with self._watchdog.limits(timeouts.CHECK, owes=False):
            reply = self._start(job, main)
            with client.connected(
                reply["port"],
                self._watchdog,
                self._ended,
                secret_key=secret_key,
                dotenv=reply["dotenv"],
            ) as (server, probe):
                yield server
                with contextlib.suppress(Gone, NotJudged):
                    self._hashes = probe.hashes()
                    if answers is not None and step.hashes_passwords:
                        stored = probe.stored()
                        self._stored = stored["weak"]
                        self._wrong_hashes = stored["wrong_hashes"]

    def close(self) -> None:
        """Ends the process and all that it started, and removes the copy."""
        self._watchdog.close()
        self._kill()
        for _ in range(100):
            # More than once: one that is ended may have started another.
            if not self._end_marked():
                break
        self._process.wait()
        for reader in self._readers:
            reader.join()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            with contextlib.suppress(OSError):
                stream.close()  # type: ignore[union-attr]
        self._cleaner.communicate()
        # It may have been ended by the app, which runs as the same user.
        shutil.rmtree(self._folder, ignore_errors=True)

    def _end_marked(self) -> bool:
        """Whether there were any processes with the mark that weren't ended yet."""
        found = False
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.pid == self._process.pid:
                    continue
                if process.environ().get(MARK) == self._mark:
                    process.kill()
                    found |= process.status() != psutil.STATUS_ZOMBIE
        return found

    def _kill(self) -> None:
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()

    def _must_be_ready(self) -> None:
        """Our own imports are nobody's fault: the learner's time begins after them."""
        begun = time.monotonic()
        try:
            ready = self._replies.get(timeout=timeouts.READY)
        except queue.Empty:
            ready = None
        if ready is None:
            spent = time.monotonic() - begun
            raise NotJudged(
                "The process for your app did not get ready: "
                + (self.printed.strip().splitlines() or [f"{spent:.0f} seconds"])[-1]
            )

    def _start(self, job: dict[str, Any], main: str) -> dict[str, Any]:
        with self._watchdog.limits(timeouts.START):
            wire.send(self._process.stdin, **job)
            reply = self._replies.get() or {}
        if "problem" in reply:
            raise NoApp(reply["problem"])
        if "port" not in reply:
            if exceeded := self._exceeded():
                raise NoApp(
                    f"{main} is never imported: {hangs(exceeded)}. Look at what stands "
                    "at its top level."
                )
            raise NoApp(f"{main}: {self._ended()} when imported.")
        return reply

    def _exceeded(self) -> Exceeded | None:
        """The limit that ended the app. Raises `NotJudged` where it was the wall."""
        exceeded = self._watchdog.exceeded
        if exceeded is not None and exceeded.kind == "wall":
            raise NotJudged(too_busy(exceeded))
        return exceeded

    def _ended(self, *, begun: bool = False) -> str:
        """What became of an app that no longer answers. Raises `NotJudged`."""
        if exceeded := self._exceeded():
            if begun:
                return f"its answer begins and has no end: {hangs(exceeded)}"
            return f"no answer: {hangs(exceeded)}"
        try:
            status = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "the app closed the connection"
        if status < 0:
            return f"the app was killed by {signal.Signals(-status).name}"
        return f"the app ended its process (exit status {status})"

    def _read_replies(self) -> None:
        with contextlib.suppress(ValueError):
            while (reply := wire.receive(self._process.stdout)) is not None:
                self._replies.put(reply)
        self._replies.put(None)

    def _read_printed(self) -> None:
        stream = self._process.stderr
        while stream is not None and (chunk := os.read(stream.fileno(), 65536)):
            self._printed = (self._printed + chunk.decode(errors="replace"))[-PRINTED:]


def _named(folder: str, name: str, shown: str, text: str) -> str:
    """The text with the learner's folder in the place of each copy of it."""
    return re.sub(rf"{re.escape(folder)}/[^\s\"']*?/{name}\b", lambda _: shown, text)
