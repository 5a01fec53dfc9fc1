"""A learner's app in a process of its own: copied, served, watched and cleaned up."""

import contextlib
import functools
import json
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
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, cast

import httpx
import psutil

from workbook import timeouts, wire
from workbook.checking.app import Trial
from workbook.checking.body import Body, read
from workbook.checking.exchange import LOCAL, visible
from workbook.checking.probes import CONTROL, Clock, Hashes, HashStats, pack, unpack
from workbook.checking.server import Gone, Server, Unanswered, own_key
from workbook.checking.submission import NoApp, copy_submission, must_be_a_file, show
from workbook.ladder import ROOT, Step
from workbook.watchdog import Exceeded, NotJudged, Watchdog, hangs, too_busy

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
    def printed(self) -> str:
        """The end of what the app has printed, ready to be shown."""
        return visible(self._named(self._printed))

    @property
    def hashes(self) -> Hashes:
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
        hashes: Hashes | None = None,
    ) -> Iterator[Server]:
        """Our step, or a copy of the learner's, with these variables in its
        environment. `hashes` are computed already. Raises `NoApp`, `NotJudged`."""
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
            address = f"http://127.0.0.1:{reply['port']}"
            with _Client(self._watchdog, self._ended, base_url=address) as client:
                probe = _Probe(client)
                server = Server(
                    client,
                    secret_key=secret_key,
                    clock=_HostClock(client),
                    probe=probe,
                    shown_at=LOCAL,
                )
                if secret_key is None:
                    server.secret_key = own_key(server, reply["dotenv"])
                yield server
                with contextlib.suppress(Gone, NotJudged):
                    self._hashes = probe.hashes()
                    if answers is not None and step.hashes_passwords:
                        stored = probe.stored()
                        self._stored = stored["readable"]
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


class _Client(httpx.Client):
    """Reads no more of an answer than an answer can have. Says what became of an app
    that gives none. It knows nothing of redirects and cookies: each request stands
    alone."""

    def __init__(
        self, watchdog: Watchdog, ended: Callable[..., str], **how: Any
    ) -> None:
        # After many requests at once, those that follow look through all connections.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=1)
        self._to_app = httpx.HTTPTransport(trust_env=False, limits=limits)
        super().__init__(transport=self._to_app, timeout=None, trust_env=False, **how)
        self._watchdog = watchdog
        self._ended = ended

    def send(self, request: httpx.Request, **how: Any) -> httpx.Response:
        """Raises `Gone`, `Unanswered`, `TooLong`, `Undecodable`."""
        begun = False
        try:
            with self._watchdog.limits(timeouts.REQUEST):
                response = self._to_app.handle_request(request)
                response.request = request
                begun = True
                encoding = response.headers.get("content-encoding", "")
                body = Body(response.status_code, encoding)
                with contextlib.closing(response):
                    for piece in response.iter_raw():
                        body.add(piece)
        except httpx.TransportError as error:
            if not self._answers():
                raise Gone(self._ended(begun=begun)) from None
            # It goes on: what is broken is this answer.
            if "disconnected" in str(error) or not str(error):
                raise Unanswered("the app closed the connection") from None
            raise Unanswered(f"the answer can't be read as HTTP: {error}") from None
        return cast("httpx.Response", read(response, body))

    def _answers(self) -> bool:
        """Whether the app's process goes on. A port can be open for a moment longer
        than its process lives, so it's asked something."""
        ask = self.build_request("POST", f"{CONTROL}/warned", content="{}")
        try:
            with self._watchdog.limits(timeouts.REQUEST):
                super().send(ask).close()
        except httpx.TransportError:
            return False
        return self._watchdog.exceeded is None


class _Probe:
    """What HTTP does not show of a sandboxed app, by the paths that its host serves."""

    def __init__(self, client: _Client) -> None:
        self._client = client

    def crash(self) -> str:
        return str(self._ask("/crash"))

    def warned(self) -> str:
        return str(self._ask("/warned"))

    def hold_hashes(self, logins: int) -> None:
        self._ask("/hold", logins=logins)

    def release_hashes(self) -> None:
        self._ask("/release")

    def hash_stats(self) -> HashStats:
        return HashStats(**self._ask("/stats"))

    def hashes(self) -> Hashes:
        return unpack(self._ask("/hashes"))

    def stored(self) -> dict[str, Any]:
        return dict(self._ask("/stored"))

    def printed(self) -> str:
        return str(self._ask("/printed"))

    def begin(self, messages: list[httpx.Request]) -> "_Threads":
        # Without it the first may be answered before the last has come.
        self._ask("/gather", count=len(messages))
        return _Threads(self._client, messages)

    @contextlib.contextmanager
    def launch(
        self, variables: Mapping[str, str | None], files: Mapping[str, str]
    ) -> Iterator[tuple[Trial, _Client | None]]:
        said = self._ask("/launch", variables=dict(variables), files=dict(files))
        trial = Trial(**said)
        try:
            yield trial, None if trial.ended else self._client
        finally:
            with contextlib.suppress(Gone):
                self._ask("/land")

    def _ask(self, path: str, **said: object) -> Any:
        # In ASCII: what isn't UTF-8 in a variable is half a character to Python.
        return self._client.post(f"{CONTROL}{path}", content=json.dumps(said)).json()


class _Threads:
    """Requests under way, each in a thread that waits for its answer."""

    def __init__(self, client: _Client, messages: list[httpx.Request]) -> None:
        self._pool = ThreadPoolExecutor(len(messages))
        self._answers = [self._pool.submit(client.send, one) for one in messages]

    def wait(self, until: Callable[[], bool]) -> None:
        while not until() and not all(answer.done() for answer in self._answers):
            time.sleep(0.002)

    def finish(self) -> list[httpx.Response]:
        with self._pool:
            return [answer.result() for answer in self._answers]


class _HostClock(Clock):
    """The clock of the host, and ours with it."""

    def __init__(self, client: httpx.Client) -> None:
        self._client = client

    @contextlib.contextmanager
    def at(self, moment: float) -> Iterator[None]:
        with self._set(moment=moment), super().at(moment):
            yield

    @contextlib.contextmanager
    def in_zone(self, zone: str) -> Iterator[None]:
        with self._set(zone=zone):
            yield

    @contextlib.contextmanager
    def _set(self, **clock: object) -> Iterator[None]:
        with contextlib.suppress(Gone):
            self._client.post(f"{CONTROL}/clock", json=clock)
        try:
            yield
        finally:
            with contextlib.suppress(Gone):
                self._client.post(f"{CONTROL}/clock", json=dict.fromkeys(clock))


def _named(folder: str, name: str, shown: str, text: str) -> str:
    """The text with the learner's folder in the place of each copy of it."""
    return re.sub(rf"{re.escape(folder)}/[^\s\"']*?/{name}\b", lambda _: shown, text)
