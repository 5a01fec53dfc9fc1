"""The lifespan of an app: what it does before the first request and after the last."""

import asyncio
from typing import Any


class StartupFailed(Exception):
    """The app says `lifespan.startup.failed`. The text is the reason that it gives."""


class Lifespan:
    """The lifespan of one app, in the event loop that calls it.

    `state` is what it keeps for its requests. An app may raise on a lifespan that it
    does not know (ASGI, section Lifespan Protocol): it then has none.
    """

    def __init__(self, app: Any) -> None:
        self.state: dict[str, Any] = {}
        self._app = app
        self._events: asyncio.Queue[str] = asyncio.Queue()
        self._said: asyncio.Queue[dict[str, str]] = asyncio.Queue()
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Raises what the app raises when it cannot start, or `StartupFailed`."""
        self._task = asyncio.create_task(self._run())
        said = await self._tell("lifespan.startup")
        if said["type"] == "lifespan.startup.failed":
            await self._task
            raise StartupFailed(said.get("message", ""))

    async def stop(self) -> None:
        """Lets the app clean up."""
        if self._task is not None and not self._task.done():
            await self._tell("lifespan.shutdown")
            await self._task

    async def _tell(self, event: str) -> dict[str, str]:
        await self._events.put(event)
        return await self._said.get()

    async def _run(self) -> None:
        async def receive() -> dict[str, str]:
            return {"type": await self._events.get()}

        answered = False

        async def send(message: dict[str, str]) -> None:
            nonlocal answered
            answered = True
            await self._said.put(message)

        scope = {"type": "lifespan", "asgi": {"version": "3.0"}, "state": self.state}
        try:
            await self._app(scope, receive, send)
        except (Exception, SystemExit) as error:
            if not answered:
                return
            if isinstance(error, SystemExit):
                # Out of a task it would end the loop, and not just the app.
                raise RuntimeError(f"sys.exit() in its lifespan: {error}") from error
            raise
        finally:
            await self._said.put({"type": "the app has no more to say"})
