"""An app served in this process: no socket, no thread, no time between requests."""

import asyncio
import contextlib
import functools
import importlib.util
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2

from workbook.checking.app import App, in_utf8
from workbook.checking.body import Body, read
from workbook.checking.exchange import LOCAL
from workbook.checking.lifespan import Lifespan
from workbook.checking.loader import does_not_start, load
from workbook.checking.probes import (
    HASHING,
    Clock,
    HashStats,
    bcrypt_cache,
    skip_time,
)
from workbook.checking.server import Server, own_key
from workbook.checking.submission import NoApp
from workbook.checking.surroundings import Surroundings
from workbook.checking.trial import Trial
from workbook.ladder import Step
from workbook.settings import environment, settings

# The client asks for it at each request, and each time Python would look through all
# folders for what isn't installed.
if importlib.util.find_spec("sniffio") is None:
    sys.modules["sniffio"] = None  # type: ignore[assignment]


@contextlib.contextmanager
def serve_step(step: Step) -> Iterator[Server]:
    """Our own step in this process, with the variables that it needs."""
    with (
        bcrypt_cache(cheap_if_new=True),
        environment(settings(step)),
        serve(step, None, secret_key=None) as server,
    ):
        yield server


@contextlib.contextmanager
def serve(
    step: Step, answers: Path | None, *, secret_key: str | None
) -> Iterator[Server]:
    """Our step, or that of `answers`, in this process, its lifespan included. Raises
    `NoApp`."""
    with contextlib.ExitStack() as opened:
        around = make = None
        if answers is not None:
            # Whole, since an app runs in its own folder.
            make = functools.partial(Surroundings, step, answers.resolve())
            around = make()
            opened.callback(around.close)
        app = App(load(step, around), step, around, make)
        with asyncio.Runner() as runner:
            # Not `runner.run`, which changes what a signal does, for each request.
            loop = runner.get_loop()
            lifespan = Lifespan(app)
            try:
                loop.run_until_complete(lifespan.start())
            except Exception as error:
                raise NoApp(app.problem or does_not_start(error, around)) from None
            app.state = lifespan.state
            client = _Client(app, loop)
            probe = _Probe(loop, app, client)
            server = Server(client, secret_key=secret_key, clock=Clock(), probe=probe)
            if around is not None and secret_key is None:
                server.secret_key = own_key(server, around.own_dotenv)
            try:
                yield server
            finally:
                loop.run_until_complete(client.aclose())
                # How it ends is not judged.
                with contextlib.suppress(Exception):
                    loop.run_until_complete(lifespan.stop())
                    app.disconnect()


class _Probe:
    """What HTTP does not show of an app in this process."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, app: App, client: "_Client"
    ) -> None:
        self._loop = loop
        self._app = app
        self._client = client

    def crash(self) -> str:
        return self._app.crash()

    def warned(self) -> str:
        return self._app.warned()

    def hold_hashes(self, logins: int) -> None:
        HASHING.hold(logins)

    def release_hashes(self) -> None:
        HASHING.release()

    def skip_time(self, seconds: float) -> None:
        skip_time(self._loop, seconds)

    def hash_stats(self) -> HashStats:
        return HASHING.stats()

    def words(self) -> list[str]:
        return self._app.words()

    def variables(self) -> dict[str, str]:
        return self._app.variables()

    def printed(self) -> str:
        return self._app.printed()

    def rewrite(self, files: Mapping[str, str]) -> None:
        self._app.rewrite(files)

    def begin(self, messages: list[Any]) -> "_Tasks":
        return _Tasks(self._loop, self._client, messages)

    @contextlib.contextmanager
    def launch(
        self,
        variables: Mapping[str, str | None],
        files: Mapping[str, str],
        start_in: str,
    ) -> Iterator[tuple[Trial, Any]]:
        trial = self._loop.run_until_complete(
            self._app.launch(variables, files, start_in)
        )
        if trial.ended:
            yield trial, None
            return
        try:
            yield trial, self._client
        finally:
            self._loop.run_until_complete(self._app.land())


class _Tasks:
    """Requests under way in the loop: they go on whenever it is run."""

    def __init__(
        self, loop: asyncio.AbstractEventLoop, client: "_Client", messages: list[Any]
    ) -> None:
        self._loop = loop
        self._tasks: list[asyncio.Task[Any]] = []
        loop.run_until_complete(self._start(client, messages))

    def wait(self, until: Callable[[], bool]) -> None:
        async def watch() -> None:
            while not until() and not all(task.done() for task in self._tasks):
                await asyncio.sleep(0.001)

        self._loop.run_until_complete(watch())

    def answered(self) -> int:
        return sum(task.done() for task in self._tasks)

    def finish(self) -> list[Any]:
        async def gather() -> list[Any]:
            return list(await asyncio.gather(*self._tasks))

        return self._loop.run_until_complete(gather())

    async def _start(self, client: "_Client", messages: list[Any]) -> None:
        self._tasks = [
            asyncio.create_task(client.answer_to(message)) for message in messages
        ]
        await asyncio.sleep(0)


class _Client(httpx2.AsyncClient):
    """An asynchronous client whose `send` waits for the answer. It knows nothing of
    redirects and cookies: each request stands alone."""

    def __init__(self, app: Any, loop: asyncio.AbstractEventLoop) -> None:
        self._to_app = httpx2.ASGITransport(app, raise_app_exceptions=False)
        super().__init__(transport=self._to_app, base_url=LOCAL)
        self._loop = loop

    def send(self, request: Any, **how: Any) -> Any:
        with contextlib.redirect_stdout(in_utf8(sys.stdout)):
            return self._loop.run_until_complete(self.answer_to(request))

    async def answer_to(self, request: Any) -> Any:
        """Raises `TooLong`, `Undecodable`."""
        response = await self._to_app.handle_async_request(request)
        response.request = request
        body = Body(response.status_code, response.headers.get("content-encoding", ""))
        try:
            async for piece in response.aiter_raw():
                body.add(piece)
        finally:
            await response.aclose()
        return read(response, body)
