"""An app in this process: no socket, no thread, no time lost between requests."""

import asyncio
import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2

from workbook.checking.apps import NoApp, own_lines
from workbook.checking.clock import Clock
from workbook.checking.server import LOCAL, Server, does_not_start


@contextlib.contextmanager
def serve(app: Any, folder: Path, *, secret_key: str | None) -> Iterator[Server]:
    """The app in this process, its lifespan included. Raises `NoApp`.

    `folder` is where the app's own files are: a crash is told by its lines in them.
    """
    crashes: list[str] = []
    lifespan = _Lifespan(app)

    async def watched(scope: Any, receive: Any, send: Any) -> None:
        scope["state"] = dict(lifespan.state)
        try:
            await app(scope, receive, send)
        except (Exception, SystemExit) as error:
            crashes.append(own_lines(error, folder))
            raise RuntimeError("the app crashed") from error

    with asyncio.Runner() as runner:
        try:
            runner.run(lifespan.start())
        except Exception as error:
            reason = does_not_start(folder, own_lines(error, folder))
            raise NoApp(reason) from None
        client = _Client(watched, runner)
        try:
            yield Server(
                client, secret_key=secret_key, clock=Clock(), crash=lambda: crashes[-1]
            )
        finally:
            runner.run(client.aclose())
            runner.run(lifespan.stop())


class _Client(httpx2.AsyncClient):
    """An asynchronous client whose `send` waits for the answer."""

    def __init__(self, app: Any, runner: asyncio.Runner) -> None:
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        super().__init__(transport=transport, base_url=LOCAL)
        self._runner = runner

    def send(self, request: Any, **how: Any) -> Any:
        return self._runner.run(super().send(request, **how))


class _Lifespan:
    """What an app does before its first request and after its last.

    `state` is what it keeps for its requests. An app may raise on a lifespan that it
    does not know (ASGI, section Lifespan Protocol): it then has none.
    """

    def __init__(self, app: Any) -> None:
        self.state: dict[str, Any] = {}
        self._app = app
        self._events: asyncio.Queue[str] = asyncio.Queue()
        self._said: asyncio.Queue[str] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Raises what the app raises when it cannot start."""
        self._task = asyncio.create_task(self._run())
        said = await self._tell("lifespan.startup")
        if said == "lifespan.startup.failed":
            await self._task
            raise RuntimeError("it says lifespan.startup.failed")

    async def stop(self) -> None:
        """Lets the app clean up."""
        if self._task is not None and not self._task.done():
            await self._tell("lifespan.shutdown")
            await self._task

    async def _tell(self, event: str) -> str:
        await self._events.put(event)
        return await self._said.get()

    async def _run(self) -> None:
        async def receive() -> dict[str, str]:
            return {"type": await self._events.get()}

        answered = False

        async def send(message: dict[str, str]) -> None:
            nonlocal answered
            answered = True
            await self._said.put(message["type"])

        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self.state}
        try:
            await self._app(scope, receive, send)
        except Exception:
            if answered:
                raise
        finally:
            await self._said.put("the app has no more to say")
