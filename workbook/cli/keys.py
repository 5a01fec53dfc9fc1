"""Single key presses from a terminal, without Enter."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator

from workbook.cli.events import in_background

# Ctrl-L: in a terminal it has always meant that the screen is to be drawn again.
REDRAW = "\f"


@contextlib.contextmanager
def pressed(on_key: Callable[[str], None]) -> Iterator[None]:
    """Calls `on_key` with each key, from a thread, until the block ends.

    When the program goes on after Ctrl-Z, the key is `REDRAW`.

    The terminal is as it was afterwards. Without a terminal there are no keys.
    """
    if not sys.stdin.isatty():
        yield
        return
    over = threading.Event()
    read = _windows if os.name == "nt" else _posix
    with read(on_key, over):
        yield


@contextlib.contextmanager
def _posix(on_key: Callable[[str], None], over: threading.Event) -> Iterator[None]:
    import select
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)

    def listen() -> None:
        while not over.is_set():
            ready, _, _ = select.select([terminal], [], [], 0.1)
            if ready:
                key = os.read(terminal, 1)
                on_key(key.decode(errors="ignore") if key else "q")
                if not key:
                    return

    def resume(*_: object) -> None:
        # After Ctrl-Z and fg, the terminal is set as the shell wants it.
        tty.setcbreak(terminal)
        on_key(REDRAW)

    tty.setcbreak(terminal)
    before_ours = signal.signal(signal.SIGCONT, resume)
    try:
        with in_background(listen, over):
            yield
    finally:
        signal.signal(signal.SIGCONT, before_ours)
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


@contextlib.contextmanager
def _windows(on_key: Callable[[str], None], over: threading.Event) -> Iterator[None]:
    import msvcrt

    def listen() -> None:
        while not over.wait(0.05):
            while msvcrt.kbhit():  # type: ignore[attr-defined]
                on_key(msvcrt.getwch())  # type: ignore[attr-defined]

    with in_background(listen, over):
        yield
