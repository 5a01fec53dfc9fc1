"""What the token and password libraries raised while an app answered, even where the
app caught it: a refusal looks the same from outside, whatever its reason was.

A refusal that is raised in an `except` clause has the exception in its context,
whatever it is. For others, an exception is noted when it is made, by `__new__` of its
library's base class: it doesn't matter how the app imported the library, or in which
thread it calls it.
"""

import contextlib
import inspect
import linecache
import sys
import traceback
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.parse import quote, unquote

from workbook.checking.tracebacks import is_below

# The header that takes the note from the app's process to the suite, which removes it.
HEADER = "x-workbook-caught"
# Of a message, and of the note as a whole.
LONGEST = 300
# Of exceptions that were raised from one another.
DEEPEST = 10

# The classes that all others of a library derive from, by their modules.
BASES = {
    "jwt.exceptions": ("PyJWTError",),
    "jose.exceptions": ("JOSEError",),
    "joserfc.errors": ("JoseError",),
    "authlib.common.errors": ("AuthlibBaseError",),
    "passlib.exc": ("UnknownHashError", "MissingBackendError", "PasswordSizeError"),
    "pwdlib.exceptions": ("PwdlibError",),
}


@dataclass
class Caught:
    """The exceptions of one request, each with the app's own line."""

    folder: Path
    made: list[tuple[BaseException, str]] = field(default_factory=list)
    context: BaseException | None = None

    def note(self, error: BaseException, frame: FrameType | None) -> None:
        """Keeps an exception that is being made below `frame`."""
        self.made.append((error, self._own_line(frame)))

    def last(self) -> str:
        """`library.Error: message` and the own line below it; empty for none.

        The last one counts: libraries raise one exception from another. Where the app
        has made one of its own of it, two lines on what it was follow.
        """
        if self.context is None:
            return _told(*self.made[-1]) if self.made else ""
        found = [self.context]
        while len(found) < DEEPEST and self._is_of_the_app(found[-1]):
            if (before := found[-1].__context__) is None:
                break
            found.append(before)
        told = dict.fromkeys((found[0], found[-1]))
        return "\n".join(_told(error, self._last_line(error)) for error in told)

    def _is_of_the_app(self, error: BaseException) -> bool:
        """Whether a `raise` of the app's made it, and no library that it calls."""
        frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
        return bool(frames) and is_below(frames[-1].f_code.co_filename, self.folder)

    def _last_line(self, error: BaseException) -> str:
        own = ""
        for frame, number in traceback.walk_tb(error.__traceback__):
            name = frame.f_code.co_filename
            if is_below(name, self.folder):
                own = linecache.getline(name, number).strip()
        return own[:LONGEST]

    def _own_line(self, frame: FrameType | None) -> str:
        while frame is not None:
            name = frame.f_code.co_filename
            if is_below(name, self.folder):
                return linecache.getline(name, frame.f_lineno).strip()[:LONGEST]
            frame = frame.f_back
        return ""


def _told(error: BaseException, line: str) -> str:
    kind = type(error)
    said = " ".join(str(error).split())[:LONGEST]
    return f"{kind.__module__}.{kind.__qualname__}: {said}\n{line}"


_now: ContextVar[Caught | None] = ContextVar("what is caught", default=None)


@contextlib.contextmanager
def noted(folder: Path) -> Iterator[Caught]:
    """Notes what is raised in this block, on behalf of the app in `folder`."""
    _watch()
    caught = Caught(folder)
    token = _now.set(caught)
    try:
        yield caught
    finally:
        _now.reset(token)


def watch_refusals(app: Any) -> None:
    """Has an app's exception handlers note why a refusal was raised. Only an app of
    Starlette's, and so of FastAPI's, has a table of them."""
    handlers = getattr(app, "exception_handlers", None)
    if isinstance(handlers, dict):
        for kind, handler in handlers.items():
            if not hasattr(handler, "is_noted"):
                handlers[kind] = _noting_context(handler)


def _noting_context(handler: Callable[..., Any]) -> Callable[..., Any]:
    """The handler, asynchronous where it is. An exception that a module keeps and
    raises again must not bring an old context along."""

    def note(error: Any) -> None:
        caught = _now.get()
        if caught is not None and isinstance(error, BaseException):
            caught.context, error.__context__ = error.__context__, None

    if inspect.iscoroutinefunction(handler):

        async def noting(request: Any, error: Any) -> Any:
            note(error)
            return await handler(request, error)

        noting.is_noted = True  # type: ignore[attr-defined]
        return noting

    def noting_plainly(request: Any, error: Any) -> Any:
        note(error)
        return handler(request, error)

    noting_plainly.is_noted = True  # type: ignore[attr-defined]
    return noting_plainly


def header(caught: Caught) -> list[tuple[bytes, bytes]]:
    """What was caught as a header of the answer; none where nothing was."""
    text = caught.last()
    return [(HEADER.encode(), quote(text).encode())] if text else []


def taken_from(headers: Any) -> str:
    """What `header` wrote. It is gone from the headers afterwards."""
    if HEADER not in headers:
        return ""
    text = unquote(headers[HEADER])[: 4 * LONGEST]
    del headers[HEADER]
    return text


def _watch() -> None:
    """Watches the libraries that are imported by now."""
    for module, names in BASES.items():
        for name in names:
            base = getattr(sys.modules.get(module), name, None)
            if base is not None and not hasattr(base, "_is_noted"):
                base.__new__ = _noting
                base._is_noted = True


def _noting(kind: type[BaseException], *args: Any, **named: Any) -> BaseException:
    """`__new__` of a library's exceptions."""
    error = BaseException.__new__(kind, *args, **named)
    caught = _now.get()
    if caught is not None:
        caught.note(error, sys._getframe(1))
    return error
