"""What a watch listens to beside its keys: saves, and signals."""

import contextlib
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import watchfiles

# A signal may come while a queue is read; only a simple one can be put into then.
Events = queue.SimpleQueue[tuple[str, Any]]


@contextlib.contextmanager
def saves(answers: Path, events: Events) -> Iterator[None]:
    """Puts an event for each change below the answers, which may go and come back."""
    over = threading.Event()

    def listen() -> None:
        while not over.is_set():
            with contextlib.suppress(FileNotFoundError):
                for _ in watchfiles.watch(
                    answers,
                    stop_event=over,
                    step=20,
                    debounce=400,
                    rust_timeout=500,
                    yield_on_timeout=True,
                ):
                    events.put(("saved", None))
            over.wait(0.2)

    with in_background(listen, over):
        yield


@contextlib.contextmanager
def in_background(listen: Callable[[], None], over: threading.Event) -> Iterator[None]:
    """Runs `listen` in a thread, which must return soon after `over` is set."""
    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield
    finally:
        over.set()
        listener.join()


@contextlib.contextmanager
def signals(events: Events) -> Iterator[None]:
    """Puts an event when the terminal has another size, and when we are to end. Windows
    has neither signal, or sends it in another way."""
    wanted = {"SIGWINCH": ("resized", None), "SIGTERM": ("key", "q")}
    before = {
        number: signal.signal(number, lambda *_, event=event: events.put(event))
        for name, event in wanted.items()
        if (number := getattr(signal, name, None)) is not None
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
