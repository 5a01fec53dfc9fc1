"""The process of a sandboxed app: `python -m workbook.checking.host`.

An app can hang, exit, fork, fill the memory or rewrite the modules it finds. Here it
does so alone, away from the suite that judges it. The process imports the stack and
says that it is ready, waits for a line that says which app, answers with one that has a
port or a problem, and serves until its standard input is closed.

It serves paths beside the app's own, below `CONTROL`: they set the clock, tell the
traceback of the last crash, hold hashes and tell of them, and start the app once more.
"""

import asyncio
import contextlib
import dataclasses
import functools
import gc
import importlib
import json
import logging
import os
import socket
import sys
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

from workbook import timeouts, wire
from workbook.checking.app import App, reply
from workbook.checking.loader import load
from workbook.checking.probes import (
    CONTROL,
    HASHING,
    Clock,
    Hashes,
    bcrypt_cache,
    known_hashes,
    pack,
    set_zone,
    skip_time,
    unpack,
)
from workbook.checking.submission import NoApp
from workbook.checking.surroundings import Surroundings
from workbook.ladder import find

# Our own code.
WORKBOOK = Path(__file__).parents[1]
# An app of a step needs a tenth of it. What is beyond is a mistake, and better a
# MemoryError in the app than a machine that swaps.
MEMORY = 2 * 1024**3
# For one file that the app writes.
FILE_SIZE = 100 * 1000**2
# What the steps import, ahead of the learner's own time. A package that can't be
# imported doesn't matter until the app asks for it.
STACK = (
    "fastapi.security",
    "jose.jwt",
    "passlib.handlers.bcrypt",
    "pydantic_settings",
    "python_multipart",
    "uvicorn.lifespan.on",
    "uvicorn.loops.auto",
    "uvicorn.protocols.http.auto",
)


class Control:
    """An `App` with the paths of the suite beside its own."""

    def __init__(self, app: App, hashes: Hashes) -> None:
        self._app = app
        self._hashes = hashes
        self._clock = contextlib.ExitStack()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http" or not scope["path"].startswith(CONTROL):
            await self._app(scope, receive, send)
            return
        message = await receive()
        said = json.loads(message["body"] or "{}")
        body: Any = {}
        match scope["path"].removeprefix(CONTROL):
            case "/clock":
                self._set_clock(**said)
            case "/crash":
                body = self._app.crash()
            case "/gather":
                self._app.gather(**said)
            case "/warned":
                body = self._app.warned()
            case "/hold":
                HASHING.hold(**said)
            case "/release":
                HASHING.release()
            case "/skip":
                skip_time(asyncio.get_running_loop(), **said)
            case "/stats":
                body = dataclasses.asdict(HASHING.stats())
            case "/hashes":
                body = pack(self._hashes)
            case "/stored":
                body = self._app.stored()
            case "/words":
                body = self._app.words()
            case "/variables":
                body = self._app.variables()
            case "/printed":
                body = self._app.printed()
            case "/launch":
                body = dataclasses.asdict(await self._app.launch(**said))
            case "/rewrite":
                self._app.rewrite(**said)
            case "/land":
                await self._app.land()
        await reply(send, 200, body)

    def _set_clock(self, **to: Any) -> None:
        """The clock or the zone, or both; what isn't given stays as it is."""
        if "moment" in to:
            self._clock.close()
            if to["moment"] is not None:
                self._clock.enter_context(Clock().at(to["moment"]))
        if "zone" in to:
            set_zone(to["zone"])


def main() -> None:
    """Waits for its job, then serves it."""
    import uvicorn

    orders, replies = wire.keep_stdin_and_stdout()
    # It's a plugin of pytest, too, and would import all of that.
    sys.modules["pytest"] = None  # type: ignore[assignment]
    importlib.import_module("time_machine")
    del sys.modules["pytest"]
    for name in STACK:
        with contextlib.suppress(Exception):
            importlib.import_module(name)
    # All this is here to stay: a collection of garbage need not go through it.
    gc.freeze()
    _limit_memory()
    wire.send(replies, ready=True)
    job = wire.receive(orders)
    if job is None:
        return
    threading.Thread(target=_leave_at_the_end_of, args=(orders,), daemon=True).start()
    _limit_processor_time()
    step = find(job["step"])
    make = None
    if job["answers"]:
        make = functools.partial(
            Surroundings,
            step,
            Path(job["answers"]),
            shown=job["shown"],
            here=Path(job["here"]),
        )
    hashes = known_hashes() | unpack(job["hashes"])
    os.environ.update(job["variables"])
    # It warns of each form that is none. The suite sends them, and knows.
    logging.getLogger("python_multipart").setLevel(logging.ERROR)
    # Nor is what uvicorn says of a start something that the app printed.
    logging.getLogger("uvicorn.error").addFilter(is_the_apps)
    with bcrypt_cache(hashes):
        try:
            around = make() if make is not None else None
            app = App(load(step, around), step, around, make)
        except NoApp as problem:
            wire.send(replies, problem=str(problem))
            return
        show_warnings(app)
        # Named a TCP socket, so that asyncio turns Nagle's delay off: 40 ms a request.
        listener = socket.socket(proto=socket.IPPROTO_TCP)
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(
            Control(app, hashes), log_config=None, access_log=False, lifespan="auto"
        )
        started = {
            "port": listener.getsockname()[1],
            "dotenv": around.own_dotenv if around is not None else {},
        }
        # uvicorn ends its process where an app can't start.
        with contextlib.suppress(SystemExit):
            _serve(config, listener, lambda: wire.send(replies, **started))
    if app.problem:
        wire.send(replies, problem=str(NoApp(app.problem)))


def show_warnings(app: App) -> None:
    """What Python warns of is printed once, and what explains a wrong answer is noted.
    What is out of date still works, and libraries have much of it."""
    printed = set()

    def show(
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: object = None,
        line: str | None = None,
    ) -> None:
        if "Deprecat" in category.__name__:
            return
        text = warnings.formatwarning(message, category, filename, lineno, line)
        if Path(filename).is_relative_to(WORKBOOK):
            # Python has noticed it there, and it's no place that a learner has to see.
            text = f"{category.__name__}: {message}\n"
        if "was never awaited" in str(message):
            app.warn(text.strip())
        if text not in printed:
            printed.add(text)
            sys.stderr.write(text)

    warnings.showwarning = show
    warnings.filterwarnings(
        "always", message="coroutine .* was never awaited", category=RuntimeWarning
    )


def is_the_apps(record: logging.LogRecord) -> bool:
    """Apps log to `uvicorn.error`, too. What uvicorn itself says there isn't theirs."""
    import uvicorn

    return not record.pathname.startswith(str(Path(uvicorn.__file__).parent))


def _serve(config: Any, listener: socket.socket, started: Callable[[], None]) -> None:
    import uvicorn

    class Announcing(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            if self.started:
                started()

    Announcing(config).run(sockets=[listener])


def _limit_memory() -> None:
    with contextlib.suppress(ImportError):
        import resource

        for what, limit in (
            (resource.RLIMIT_AS, MEMORY),
            (resource.RLIMIT_FSIZE, FILE_SIZE),
        ):
            _, hard = resource.getrlimit(what)
            resource.setrlimit(what, (limit, hard))


def _limit_processor_time() -> None:
    """The net behind the watchdog: the kernel ends what it does not."""
    with contextlib.suppress(ImportError):
        import resource

        limit = int(time.process_time() + timeouts.CHECK.cpu) + 1
        _, hard = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, hard))


def _leave_at_the_end_of(orders: Any) -> None:
    """Whoever started us is gone, killed perhaps: nobody else would end us."""
    orders.read()
    os._exit(0)


if __name__ == "__main__":
    main()
