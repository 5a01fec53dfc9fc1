"""A learner's app in a process of its own: `python -m workbook.checking.host`.

An app can hang, exit, fork, fill the memory or rewrite the modules it finds. Here it
does so alone, away from the suite that judges it. The process imports the stack, waits
for one line of JSON on standard input that says which app, answers with one line that
has a port or a problem, and serves until standard input is closed.

It serves paths beside the app's own, below `CONTROL`: they set the clock, tell the
traceback of the last crash, hold hashes and tell of them, and start the app once more.
"""

import contextlib
import dataclasses
import importlib
import json
import logging
import os
import socket
import threading
from pathlib import Path
from typing import Any

from workbook.checking import bcrypt_memo
from workbook.checking.apps import NoApp, load, load_again, own_lines
from workbook.checking.bcrypt_memo import HASHING
from workbook.checking.clock import Clock, set_zone
from workbook.checking.launch import Trial, surroundings
from workbook.checking.lifespan import Lifespan
from workbook.ladder import Step, find

CONTROL = "/__workbook__"
# An app of a step needs a tenth of it. What is beyond is a mistake, and better a
# MemoryError in the app than a machine that swaps.
MEMORY = 2 * 1024**3


class Hosted:
    """The app, with what HTTP does not show of it within reach of the suite."""

    def __init__(
        self, app: Any, step: Step, answers: Path | None, folder: Path
    ) -> None:
        self.app = app
        self.folder = folder
        self.crash = ""
        self._step = step
        self._answers = answers
        self._travel: Any = None
        # The second app, as long as it takes the place of the first.
        self._second: tuple[Any, Lifespan] | None = None
        self._around = contextlib.ExitStack()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and scope["path"].startswith(CONTROL):
            await self._control(scope["path"].removeprefix(CONTROL), receive, send)
            return
        answered = False

        async def send_and_note(message: Any) -> None:
            nonlocal answered
            answered = True
            await send(message)

        app = self.app
        if self._second is not None and scope["type"] == "http":
            app, lifespan = self._second
            scope["state"] = dict(lifespan.state)
        try:
            await app(scope, receive, send_and_note)
        except (Exception, SystemExit) as error:
            self.crash = own_lines(error, self.folder)
            if scope["type"] == "lifespan":
                # uvicorn decides whether this app has no lifespan or cannot start.
                raise
            # Raised on, it would take the connection with it.
            if not answered:
                await _reply(send, 500, "Internal Server Error")

    async def _control(self, path: str, receive: Any, send: Any) -> None:
        message = await receive()
        said = json.loads(message["body"] or "{}")
        body: Any = {}
        if path == "/clock":
            self._set_clock(**said)
        elif path == "/crash":
            body, self.crash = self.crash, ""
        elif path == "/hashes":
            if said.get("hold") is not None:
                (HASHING.hold if said["hold"] else HASHING.release)()
            body = dataclasses.asdict(HASHING.look())
        elif path == "/launch":
            body = dataclasses.asdict(await self._launch(**said))
        elif path == "/land":
            await self._land()
        await _reply(send, 200, body)

    async def _launch(
        self, variables: dict[str, str | None], dotenv: str | None
    ) -> Trial:
        trial = Trial()
        self._around.enter_context(surroundings(variables, dotenv))
        with trial.watched(self.folder):
            app = load_again(self._step, self._answers)
            lifespan = Lifespan(app)
            await lifespan.start()
        if not trial.ended:
            self._second = app, lifespan
        return trial

    async def _land(self) -> None:
        with self._around:
            if self._second is not None:
                _, lifespan = self._second
                self._second = None
                await lifespan.stop()

    def _set_clock(self, moment: float | None = None, zone: str | None = None) -> None:
        if self._travel is not None:
            self._travel.__exit__(None, None, None)
            self._travel = None
        if moment is not None:
            self._travel = Clock().at(moment)
            self._travel.__enter__()
        set_zone(zone)


async def _reply(send: Any, status: int, body: object) -> None:
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


def main() -> None:
    """Waits for its job, then serves it."""
    import uvicorn  # imported before the job comes: a warm host answers at once

    _preload()
    orders, replies = _keep_stdin_and_stdout()
    _limit_memory()
    job = json.loads(orders.readline() or "null")
    if job is None:
        return
    threading.Thread(target=_leave_at_the_end_of, args=(orders,), daemon=True).start()
    answers = Path(job["answers"]) if job["answers"] else None
    folder = Path(job["folder"])
    step = find(job["step"])
    os.environ.update(job["variables"])
    # It warns of each form that is none. The suite sends them, and knows.
    logging.getLogger("python_multipart").setLevel(logging.ERROR)

    class Announcing(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                print(json.dumps({"port": port}), file=replies, flush=True)

    with bcrypt_memo.installed():
        try:
            hosted = Hosted(load(step, answers), step, answers, folder)
        except NoApp as problem:
            print(json.dumps({"problem": str(problem)}), file=replies, flush=True)
            return
        # Named a TCP socket, so that asyncio turns Nagle's delay off: 40 ms a request.
        listener = socket.socket(proto=socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        config = uvicorn.Config(
            hosted, log_config=None, access_log=False, lifespan="auto"
        )
        Announcing(config).run(sockets=[listener])
    if hosted.crash:
        print(json.dumps({"crash": hosted.crash}), file=replies, flush=True)


def _preload() -> None:
    """What the steps import: paid while nobody waits."""
    for name in (
        "fastapi.security",
        "jose.jwt",
        "passlib.context",
        "pydantic_settings",
        "python_multipart",
    ):
        importlib.import_module(name)


def _keep_stdin_and_stdout() -> tuple[Any, Any]:
    """Streams of our own from and to the parent. The app reads nothing from standard
    input, and what it prints goes to standard error."""
    orders = os.fdopen(os.dup(0), encoding="utf-8")
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return orders, replies


def _limit_memory() -> None:
    try:
        import resource
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, hard))


def _leave_at_the_end_of(orders: Any) -> None:
    """Whoever started us is gone, killed perhaps: nobody else would end us."""
    orders.read()
    os._exit(0)


if __name__ == "__main__":
    main()
