"""Lines of JSON between our processes, over standard input and standard output.

A process that runs an app keeps both for itself: the app reads nothing, and what it
prints goes to standard error.
"""

import contextlib
import json
import os
from typing import IO, Any

# In characters. What a check needs to say of an app is a hundredth of it.
LONGEST = 20_000_000


def keep_stdin_and_stdout() -> tuple[IO[str], IO[str]]:
    """Our ends of the line: orders from the parent, and replies to it."""
    orders = os.fdopen(os.dup(0), encoding="utf-8")
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return orders, replies


def send(stream: IO[str] | None, **message: object) -> None:
    """Writes one line. A reader that is gone is no error: it will not answer either."""
    assert stream is not None
    with contextlib.suppress(OSError, ValueError):
        stream.write(json.dumps(message) + "\n")
        stream.flush()


def receive(stream: IO[str] | None) -> dict[str, Any] | None:
    """Reads one line; `None` when the other end is closed. Raises `ValueError` for one
    that isn't ours: an app can find this stream, and write to it without an end."""
    assert stream is not None
    line = stream.readline(LONGEST)
    return json.loads(line) if line else None
