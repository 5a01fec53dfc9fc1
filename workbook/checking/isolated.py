"""A learner's app behind a wall: copied, served by a `host` process, and cleaned up."""

import contextlib
import json
import os
import queue
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
from typing import Any

import httpx
import psutil

from workbook.checking import patience
from workbook.checking.apps import NoApp, must_be_a_file, show
from workbook.checking.clock import Clock
from workbook.checking.hashing import Seen
from workbook.checking.host import CONTROL
from workbook.checking.launch import Trial
from workbook.checking.server import LOCAL, Gone, Server, does_not_start
from workbook.ladder import ROOT, Step

# Of what an app prints, the last so many characters are kept.
PRINTED = 4000
# In the environment of the host and of all that it starts, even what detaches itself.
MARK = "WORKBOOK_HOST"


class Host:
    """A process that has imported the stack and waits to be told which app to serve.

    Start it early: `serve` then takes the time of the app's own import alone. One host
    serves one app. `close` leaves no process and no file behind.
    """

    def __init__(self) -> None:
        self._mark = secrets.token_hex(8)
        self._folder = Path(tempfile.mkdtemp(prefix="workbook-")).resolve()
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "workbook.checking.host"],
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
        self._replies: queue.Queue[str] = queue.Queue()
        self._printed = ""
        self._readers = [
            threading.Thread(target=reader, daemon=True)
            for reader in (self._read_replies, self._read_printed)
        ]
        for reader in self._readers:
            reader.start()

    @property
    def printed(self) -> str:
        """The end of what the app has printed."""
        return self._printed

    @contextlib.contextmanager
    def serve(
        self,
        step: Step,
        answers: Path | None,
        variables: Mapping[str, str],
        *,
        secret_key: str | None,
    ) -> Iterator[Server]:
        """Our step, or a copy of the learner's, with these variables in its
        environment. Raises `NoApp`."""
        folder = step.folder
        unmap: Callable[[str], str] = str
        if answers is not None:
            folder, unmap = self._copy(step, answers)
        port = self._start(step, folder, variables, unmap, is_ours=answers is None)
        address = f"http://127.0.0.1:{port}"
        with _Client(self._what_became_of_it, base_url=address) as client:
            yield Server(
                client,
                secret_key=secret_key,
                clock=_HostClock(client),
                inside=_Inside(client, unmap),
                shown_at=LOCAL,
            )

    def close(self) -> None:
        """Ends the process and all that it started, and removes the copy."""
        if os.name == "posix":
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)
        self._process.kill()
        for process in psutil.process_iter():
            with contextlib.suppress(psutil.Error):
                if process.environ().get(MARK) == self._mark:
                    process.kill()
        self._process.wait()
        for reader in self._readers:
            reader.join()
        for stream in (self._process.stdin, self._process.stdout, self._process.stderr):
            with contextlib.suppress(OSError):
                stream.close()  # type: ignore[union-attr]
        shutil.rmtree(self._folder, ignore_errors=True)

    def _copy(self, step: Step, answers: Path) -> tuple[Path, Callable[[str], str]]:
        """The learner's folder where it can do no harm, and how to name it again."""
        must_be_a_file(answers / step.name / "main.py")
        copy = self._folder / answers.resolve().name
        shutil.copytree(
            answers / step.name,
            copy / step.name,
            ignore=shutil.ignore_patterns("__pycache__", ".*"),
            ignore_dangling_symlinks=True,
        )
        return copy / step.name, lambda text: text.replace(str(copy), show(answers))

    def _start(
        self,
        step: Step,
        folder: Path,
        variables: Mapping[str, str],
        unmap: Callable[[str], str],
        *,
        is_ours: bool,
    ) -> int:
        job = {
            "step": step.name,
            "folder": str(folder),
            "answers": None if is_ours else str(folder.parent),
            "variables": dict(variables),
        }
        main = show(step.folder) if is_ours else unmap(str(folder))
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.write(json.dumps(job) + "\n")  # type: ignore[union-attr]
            self._process.stdin.flush()  # type: ignore[union-attr]
        try:
            reply = json.loads(self._replies.get(timeout=patience.START) or "{}")
        except queue.Empty:
            raise NoApp(
                f"{main}/main.py is not imported after {patience.START:.0f} seconds: "
                "something at its top level waits or never ends."
            ) from None
        if "problem" in reply:
            raise NoApp(unmap(reply["problem"]))
        if "crash" in reply:
            raise NoApp(does_not_start(Path(main), unmap(reply["crash"])))
        if "port" not in reply:
            raise NoApp(f"{main}/main.py: {self._what_became_of_it()} when imported.")
        return int(reply["port"])

    def _what_became_of_it(self) -> str:
        try:
            status = self._process.wait(timeout=1)
        except subprocess.TimeoutExpired:
            return "the app closed the connection"
        if status < 0:
            return f"the app was killed by {signal.Signals(-status).name}"
        return f"the app ended its process (exit status {status})"

    def _read_replies(self) -> None:
        for line in self._process.stdout or ():
            self._replies.put(line)
        self._replies.put("")

    def _read_printed(self) -> None:
        stream = self._process.stderr
        while stream is not None and (chunk := os.read(stream.fileno(), 65536)):
            self._printed = (self._printed + chunk.decode(errors="replace"))[-PRINTED:]


class _Client(httpx.Client):
    """Says what became of a host that gives no answer."""

    def __init__(self, what_became_of_it: Callable[[], str], **how: Any) -> None:
        super().__init__(timeout=patience.REQUEST, trust_env=False, **how)
        self._what_became_of_it = what_became_of_it

    def send(self, request: httpx.Request, **how: Any) -> httpx.Response:
        try:
            return super().send(request, **how)
        except httpx.TimeoutException:
            raise Gone(
                f"no answer within {patience.REQUEST:.0f} seconds: the app hangs"
            ) from None
        except httpx.TransportError:
            raise Gone(self._what_became_of_it()) from None


class _Inside:
    """What HTTP does not show of a hosted app, by the paths that the host serves."""

    def __init__(self, client: _Client, unmap: Callable[[str], str]) -> None:
        self._client = client
        self._unmap = unmap

    def crash(self) -> str:
        return self._unmap(self._ask("/crash"))

    def hold_hashes(self) -> None:
        self._ask("/hashes", hold=True)

    def release_hashes(self) -> None:
        self._ask("/hashes", hold=False)

    def look_at_hashes(self) -> Seen:
        return Seen(**self._ask("/hashes"))

    def begin(self, messages: list[httpx.Request]) -> "_Threads":
        return _Threads(self._client, messages)

    @contextlib.contextmanager
    def launch(
        self, variables: Mapping[str, str | None], dotenv: str | None
    ) -> Iterator[tuple[Trial, _Client | None]]:
        said = self._ask("/launch", variables=dict(variables), dotenv=dotenv)
        trial = Trial(
            self._unmap(said["said"]), self._unmap(said["raised"]), said["ended"]
        )
        try:
            yield trial, None if trial.ended else self._client
        finally:
            with contextlib.suppress(Gone):
                self._ask("/land")

    def _ask(self, path: str, **said: object) -> Any:
        return self._client.post(f"{CONTROL}{path}", json=said).json()


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
                self._client.post(f"{CONTROL}/clock", json={})
