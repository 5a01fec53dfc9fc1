"""Single key presses from a terminal, without Enter."""

import contextlib
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator

# Ctrl-L, by which programs in a terminal have always been asked for it.
REDRAW = "\f"


@contextlib.contextmanager
def pressed(tell: Callable[[str], None]) -> Iterator[None]:
    """Calls `tell` with each key, from a thread, until the block ends.

    `REDRAW` is also told when the program goes on after Ctrl-Z.

    The terminal is as it was afterwards. Without a terminal there are no keys.
    """
    if not sys.stdin.isatty():
        yield
        return
    over = threading.Event()
    read = _windows if os.name == "nt" else _posix
    with read(tell, over):
        try:
            yield
        finally:
            over.set()


@contextlib.contextmanager
def _posix(tell: Callable[[str], None], over: threading.Event) -> Iterator[None]:
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
                tell(key.decode(errors="ignore") if key else "q")
                if not key:
                    return

    def resume(*_: object) -> None:
        # After Ctrl-Z and fg, the shell has given the terminal back as it likes it.
        tty.setcbreak(terminal)
        tell(REDRAW)

    tty.setcbreak(terminal)
    heeded = signal.signal(signal.SIGCONT, resume)
    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield
    finally:
        over.set()
        listener.join()
        signal.signal(signal.SIGCONT, heeded)
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)


@contextlib.contextmanager
def _windows(tell: Callable[[str], None], over: threading.Event) -> Iterator[None]:
    import msvcrt

    def listen() -> None:
        while not over.wait(0.05):
            while msvcrt.kbhit():  # type: ignore[attr-defined]
                tell(msvcrt.getwch())  # type: ignore[attr-defined]

    listener = threading.Thread(target=listen, daemon=True)
    listener.start()
    try:
        yield
    finally:
        over.set()
        listener.join()
