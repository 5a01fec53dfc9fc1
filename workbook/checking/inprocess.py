"""An app in this process: no socket, no thread, no time lost between requests."""

import asyncio
import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import httpx2

from workbook.checking.apps import NoApp, load_again, own_lines
from workbook.checking.bcrypt_memo import HASHING
from workbook.checking.clock import Clock
from workbook.checking.hashing import Seen
from workbook.checking.launch import Trial, surroundings
from workbook.checking.lifespan import Lifespan
from workbook.checking.server import LOCAL, Server, does_not_start
from workbook.ladder import Step


@contextlib.contextmanager
def serve(
    app: Any, step: Step, answers: Path | None, *, secret_key: str | None
) -> Iterator[Server]:
    """The app in this process, its lifespan included. Raises `NoApp`.

    It is that of our step, or of the one in `answers`: a crash is told by its lines
    there.
    """
    folder = answers / step.name if answers else step.folder
    with asyncio.Runner() as runner:
        inside = _Inside(runner, step, answers, folder)
        lifespan = Lifespan(app)
        try:
            runner.run(lifespan.start())
        except Exception as error:
            reason = does_not_start(folder, own_lines(error, folder))
            raise NoApp(reason) from None
        with inside.serving(app, lifespan) as client:
            yield Server(client, secret_key=secret_key, clock=Clock(), inside=inside)


class _Inside:
    """What HTTP does not show of an app in this process."""

    def __init__(
        self, runner: asyncio.Runner, step: Step, answers: Path | None, folder: Path
    ) -> None:
        self._runner = runner
        self._step = step
        # Whole, since the app is launched in another folder than this one.
        self._answers = answers.resolve() if answers else None
        self._folder = folder.resolve()
        self._crashes: list[str] = []
        self._client: Any = None

    @contextlib.contextmanager
    def serving(self, app: Any, lifespan: Lifespan) -> Iterator[Any]:
        """A client to an app that has started; both end with the block."""

        async def watched(scope: Any, receive: Any, send: Any) -> None:
            scope["state"] = dict(lifespan.state)
            try:
                await app(scope, receive, send)
            except (Exception, SystemExit) as error:
                self._crashes.append(own_lines(error, self._folder))
                raise RuntimeError("the app crashed") from error

        before, self._client = self._client, _Client(watched, self._runner)
        try:
            yield self._client
        finally:
            self._runner.run(self._client.aclose())
            self._runner.run(lifespan.stop())
            self._client = before

    def crash(self) -> str:
        # A 503 may be meant.
        return self._crashes.pop() if self._crashes else ""

    def hold_hashes(self) -> None:
        HASHING.hold()

    def release_hashes(self) -> None:
        HASHING.release()

    def look_at_hashes(self) -> Seen:
        return HASHING.look()

    def begin(self, messages: list[Any]) -> "_Tasks":
        return _Tasks(self._runner, self._client, messages)

    @contextlib.contextmanager
    def launch(
        self, variables: Mapping[str, str | None], dotenv: str | None
    ) -> Iterator[tuple[Trial, Any]]:
        trial = Trial()
        with surroundings(variables, dotenv):
            with trial.watched(self._folder):
                app = load_again(self._step, self._answers)
                lifespan = Lifespan(app)
                self._runner.run(lifespan.start())
            if trial.ended:
                yield trial, None
                return
            with self.serving(app, lifespan) as client:
                yield trial, client


class _Tasks:
    """Requests under way in the loop of the runner: it goes on whenever it is run."""

    def __init__(
        self, runner: asyncio.Runner, client: "_Client", messages: list[Any]
    ) -> None:
        self._runner = runner
        self._tasks: list[asyncio.Task[Any]] = []
        runner.run(self._start(client, messages))

    def wait(self, until: Callable[[], bool]) -> None:
        async def watch() -> None:
            while not until() and not all(task.done() for task in self._tasks):
                await asyncio.sleep(0.001)

        self._runner.run(watch())

    def finish(self) -> list[Any]:
        async def gather() -> list[Any]:
            return list(await asyncio.gather(*self._tasks))

        return self._runner.run(gather())

    async def _start(self, client: "_Client", messages: list[Any]) -> None:
        self._tasks = [
            asyncio.create_task(client.answer_to(message)) for message in messages
        ]
        await asyncio.sleep(0)


class _Client(httpx2.AsyncClient):
    """An asynchronous client whose `send` waits for the answer."""

    def __init__(self, app: Any, runner: asyncio.Runner) -> None:
        transport = httpx2.ASGITransport(app, raise_app_exceptions=False)
        super().__init__(transport=transport, base_url=LOCAL)
        self._runner = runner

    def send(self, request: Any, **how: Any) -> Any:
        return self._runner.run(super().send(request, **how))

    async def answer_to(self, request: Any) -> Any:
        return await super().send(request, follow_redirects=False)
