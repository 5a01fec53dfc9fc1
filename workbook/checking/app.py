"""An app with what HTTP does not show of it.

A suite that runs in the same process calls it directly, a sandboxed process serves it.
"""

import asyncio
import contextlib
import io
import json
import logging
import os
import sys
import traceback
import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any, TextIO, cast

from workbook.checking.advice import told
from workbook.checking.body import LONGEST_BODY
from workbook.checking.caught import header, noted, watch_refusals
from workbook.checking.exchange import LONGEST_TRACEBACK, shorten
from workbook.checking.lifespan import Lifespan, StartupFailed
from workbook.checking.loader import does_not_start, start
from workbook.checking.probes import HASHING, same_salts
from workbook.checking.stored import weak_values, wrong_hashes
from workbook.checking.submission import NoApp
from workbook.checking.surroundings import Surroundings
from workbook.checking.tracebacks import own_lines
from workbook.checking.trial import Trial
from workbook.checking.words import variables_in, words_in
from workbook.ladder import Step
from workbook.settings import environment

# Of what an app says, the last so many characters are looked at.
LONGEST_SAID = 500_000
NOT_PRINTED = (
    DeprecationWarning,
    PendingDeprecationWarning,
    ImportWarning,
    ResourceWarning,
)


# From 3.13 on, Python reads at its start how many cores it counts.
CORES = "PYTHON_CPU_COUNT"


class App:
    """An app of a step as an ASGI app that notes its crashes and can be launched again.

    `around` is what a learner's app finds around it; `make_surroundings` makes the same
    once more, with other files. `state` is what its lifespan keeps for requests,
    where no server sees to that.
    """

    def __init__(
        self,
        app: Any,
        step: Step,
        around: Surroundings | None = None,
        make_surroundings: Callable[..., Surroundings] | None = None,
    ) -> None:
        self.state: dict[str, Any] | None = None
        # Why it can't be served, where it says so at its start.
        self.problem = ""
        self._app = app
        watch_refusals(app)
        self._step = step
        self._own = around
        self._make_surroundings = make_surroundings
        self._crash = ""
        self._warned: list[str] = []
        self._words: list[str] | None = None
        self._printed = io.StringIO()
        self._awaited = 0
        self._all_are_here = asyncio.Event()
        # The second app, as long as it takes the place of the first.
        self._second: tuple[Any, Lifespan, Surroundings] | None = None
        self._after_launch = contextlib.ExitStack()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self._lifespan(scope, receive, send)
            return
        begun = complete = False
        sent = 0

        async def send_and_note(message: Any) -> None:
            nonlocal begun, complete, sent
            if not begun and message.get("status", 0) >= 400:
                headers = [*message.get("headers", ()), *header(caught)]
                message = {**message, "headers": headers}
            begun = True
            complete = "body" in message and not message.get("more_body")
            await send(message)
            sent += len(message.get("body", b""))
            if sent > LONGEST_BODY:
                # The client has stopped reading here, too.
                raise RuntimeError(f"more than {LONGEST_BODY} bytes in one answer")

        if self._awaited:
            await self._wait_for_the_others()
        app, around = self._app, self._own
        self._warned = []
        if self._second is not None:
            app, lifespan, around = self._second
            scope["state"] = dict(lifespan.state)
        elif self.state is not None:
            scope["state"] = dict(self.state)
        if around is not None:
            around.enter()
        folder = around.code if around is not None else self._step.folder
        try:
            with HASHING.request(), noted(folder) as caught:
                await app(scope, receive, send_and_note)
        except (Exception, SystemExit) as error:
            self._crash = self._told(error, around)
            if self._second is not None:
                # As uvicorn does.
                traceback.print_exception(error, file=self._printed)
            # Raised on, it takes the connection with it: half an answer is none.
            if not begun:
                await reply(send, 500, "Internal Server Error")
            elif not complete:
                raise RuntimeError(
                    "the app crashed in the middle of an answer"
                ) from None

    def gather(self, count: int) -> None:
        """The next so many requests begin at the same moment, when all have come."""
        self._awaited = count
        self._all_are_here.clear()

    async def _wait_for_the_others(self) -> None:
        self._awaited -= 1
        if self._awaited:
            await self._all_are_here.wait()
        self._all_are_here.set()

    def disconnect(self) -> None:
        """Closes the connections that our step has open."""
        package = f"steps.{self._step.name}."
        _disconnect([m for name, m in sys.modules.items() if name.startswith(package)])

    def stored(self) -> dict[str, Any]:
        """What the app stores that gives a password away, and whose hash is one of
        another password."""
        folder = self._step.folder
        if self._own is not None:
            # Its modules are in sight only while it's entered.
            self._own.enter()
            folder = self._own.code
        return {
            "weak": weak_values(folder),
            "wrong_hashes": wrong_hashes(folder),
        }

    def words(self) -> list[str]:
        """What its own code has that could be a name or a value in a request."""
        if self._words is None:
            self._words = words_in(self._own.code if self._own else self._step.folder)
        return self._words

    def variables(self) -> dict[str, str]:
        """The variables that its code reads, each with a value that it looks for."""
        return variables_in(self._own.code if self._own else self._step.folder)

    def crash(self) -> str:
        """The traceback of the last crash, empty where there was none. Forgets it."""
        crash, self._crash = self._crash, ""
        return crash

    def warn(self, text: str) -> None:
        """Notes what Python warns of while a request is answered."""
        self._warned.append(text)

    def warned(self) -> str:
        """What was warned of since the last request began."""
        text = shorten("\n".join(dict.fromkeys(self._warned)), LONGEST_TRACEBACK)
        around = self._second[2] if self._second is not None else self._own
        return around.named(text) if around is not None else text

    def _told(self, error: BaseException, around: Surroundings | None) -> str:
        if around is None:
            return shorten(own_lines(error, self._step.folder), LONGEST_TRACEBACK)
        return told(error, around)

    async def launch(
        self,
        variables: Mapping[str, str | None],
        files: Mapping[str, str],
        start_in: str = "",
    ) -> Trial:
        """Starts the app once more. If it is up it answers in the place of the first,
        until `land`. If it has ended, nothing is left to land."""
        trial = Trial()
        self._printed = self._after_launch.enter_context(_captured())
        try:
            around = self._around(files, start_in)
        except NoApp as problem:
            # The files are no longer what they were.
            await self.land()
            return Trial(str(problem), ended=True)
        self._after_launch.callback(around.close)
        if self._own is not None and not self._step.needs_key:
            # What an app has in its own .env is its setting, until a step has settings.
            kept = self._own.own_dotenv
            variables = {k: v for k, v in variables.items() if k not in kept}
        with _watched(trial, self._printed, around), same_salts():
            around.enter()
            # Inside of the surroundings: what the app adds is no longer there outside.
            self._after_launch.enter_context(environment(os.environ | variables))
            self._after_launch.enter_context(_cores(os.environ.get(CORES)))
            app = start(around)
            lifespan = Lifespan(app)
            await lifespan.start()
        trial.said = around.named(self._printed.getvalue()[-LONGEST_SAID:]).strip()
        if trial.ended:
            await self.land()
        else:
            self._second = app, lifespan, around
        return trial

    def _around(self, files: Mapping[str, str], start_in: str) -> Surroundings:
        if self._make_surroundings is None:
            return Surroundings(self._step, None, files=files, start_in=start_in)
        return self._make_surroundings(files=files, start_in=start_in)

    def rewrite(self, files: Mapping[str, str]) -> None:
        """Writes files of the launched app once more, while it runs."""
        if self._second is not None:
            self._second[2].rewrite(files)

    def printed(self) -> str:
        """What the launched app has printed and logged, from its start until now. After
        its end that's also what is in its log files."""
        return self._printed.getvalue()[-LONGEST_SAID:]

    async def land(self) -> None:
        """Ends what was launched, and what was around it."""
        with self._after_launch:
            if self._second is not None:
                _, lifespan, around = self._second
                self._second = None
                # How it ends is not judged.
                with contextlib.suppress(Exception):
                    await lifespan.stop()
                _disconnect(around.modules())
                self._printed.write(around.logs())
        if self._own is not None:
            self._own.enter()

    async def _lifespan(self, scope: Any, receive: Any, send: Any) -> None:
        async def send_and_note(message: Any) -> None:
            if message["type"] == "lifespan.startup.failed":
                failed = StartupFailed(message.get("message", ""))
                self.problem = does_not_start(failed, self._own)
            await send(message)

        try:
            await self._app(scope, receive, send_and_note)
        except (Exception, SystemExit) as error:
            # Whoever called decides: it has no lifespan, or cannot start.
            self.problem = does_not_start(error, self._own)
            raise


def _disconnect(modules: Iterable[ModuleType]) -> None:
    """Closes the connections of an engine of SQLAlchemy's that one of these has: its
    process goes on, and a connection that is left open is a warning."""
    for module in modules:
        with contextlib.suppress(Exception):
            vars(module)["engine"].dispose()


async def reply(send: Any, status: int, body: object) -> None:
    """Sends an answer in JSON."""
    headers = [(b"content-type", b"application/json")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": json.dumps(body).encode()})


class _InUTF8:
    """A stream that refuses what UTF-8 can't express, as standard output does."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Raises `UnicodeEncodeError`."""
        text.encode()
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def in_utf8(stream: TextIO) -> TextIO:
    """The stream as it is for an app that its author started: pytest and `StringIO`
    take half a character, which can't be printed there."""
    return cast("TextIO", _InUTF8(stream))


@contextlib.contextmanager
def _captured() -> Iterator[io.StringIO]:
    """What is printed and logged while this is open."""
    printed = io.StringIO()
    # Where others have set up logging, as pytest has, Python prints no record, and an
    # app's `logging.basicConfig` does nothing, not even set a level.
    root, uvicorns = logging.getLogger(), logging.getLogger("uvicorn")
    before = [(one, one.handlers, one.level, one.propagate) for one in (root, uvicorns)]
    root.handlers = []
    # uvicorn sets up its own logger, which apps use, too: it prints from INFO on.
    uvicorns.handlers, uvicorns.propagate = [logging.StreamHandler(printed)], False
    uvicorns.setLevel(logging.INFO)
    try:
        with (
            contextlib.redirect_stdout(in_utf8(printed)),
            contextlib.redirect_stderr(printed),
            _warned_again(printed),
        ):
            yield printed
    finally:
        for one, handlers, level, propagate in before:
            one.handlers, one.propagate = handlers, propagate
            one.setLevel(level)


@contextlib.contextmanager
def _cores(count: str | None) -> Iterator[None]:
    """The machine has so many cores, for whoever asks in this process. Without a
    `count` it has its own."""
    if count is None:
        yield
        return
    told: dict[str, Callable[..., object]] = {
        "cpu_count": lambda: int(count),
        "process_cpu_count": lambda: int(count),
        "sched_getaffinity": lambda _: set(range(int(count))),
    }
    before = {name: getattr(os, name) for name in told if hasattr(os, name)}
    for name in before:
        setattr(os, name, told[name])
    try:
        yield
    finally:
        for name, function in before.items():
            setattr(os, name, function)


@contextlib.contextmanager
def _warned_again(printed: io.StringIO) -> Iterator[None]:
    """Python prints a warning once, and the first app may have had it. What Python
    doesn't print by default isn't printed here either."""
    with warnings.catch_warnings():
        before = warnings.showwarning

        def show(
            message: Warning | str,
            category: type[Warning],
            filename: str,
            lineno: int,
            file: TextIO | None = None,
            line: str | None = None,
        ) -> None:
            before(message, category, filename, lineno, file, line)
            if not issubclass(category, NOT_PRINTED):
                text = warnings.formatwarning(message, category, filename, lineno)
                printed.write(text)

        warnings.simplefilter("always")
        warnings.showwarning = show
        yield


@contextlib.contextmanager
def _watched(
    trial: Trial, printed: io.StringIO, around: Surroundings
) -> Iterator[None]:
    """An app is imported and started in this block, which takes its end for an
    answer."""
    try:
        yield
    except SystemExit as end:
        trial.ended = True
        if isinstance(end.code, str):
            printed.write(end.code)
    except StartupFailed as failed:
        trial.ended = True
        printed.write(str(failed))
    except Exception as error:
        trial.ended = True
        trial.raised = told(error, around)
