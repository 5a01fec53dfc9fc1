"""What an app hashes: which costs it pays, and what it does while a hash takes long.

Time is no measure on a busy machine. Here a suite counts hashes in the place of
milliseconds, and holds them in the place of a slow one.
"""

import contextlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from workbook.checking import patience


@dataclass
class Seen:
    """What was seen since the last look. `costs` are the beginnings of the salts, such
    as `$2b$12$`, one for each hash; `running` hashes are under way, and `most` were so
    at one time. `blocked` says that a held hash kept its whole server waiting, and
    stays so until hashes are held again."""

    costs: list[str] = field(default_factory=list)
    running: int = 0
    most: int = 0
    blocked: bool = False


class Hashing:
    """The hashes of an app in this process."""

    def __init__(self) -> None:
        self._seen = Seen()
        self._lock = threading.Lock()
        self._open = threading.Event()
        self._open.set()

    @contextlib.contextmanager
    def one(self, salt: bytes) -> Iterator[None]:
        """One hash is computed in this block; it waits while hashes are held."""
        with self._lock:
            self._seen.costs.append(salt[:7].decode("latin-1"))
            self._seen.running += 1
            self._seen.most = max(self._seen.most, self._seen.running)
        try:
            # The main thread is the one that serves: what it waits for, all wait for.
            serves = threading.current_thread() is threading.main_thread()
            if not self._open.wait(0 if serves else patience.HELD):
                # Nobody can let it go, or nobody came: the server waits for it, too.
                self._seen.blocked = True
                self._open.set()
            yield
        finally:
            with self._lock:
                self._seen.running -= 1

    def hold(self) -> None:
        """From now on each hash waits for `release`, or until patience ends."""
        with self._lock:
            self._seen.blocked = False
        self._open.clear()

    def release(self) -> None:
        """Lets all go on."""
        self._open.set()

    def look(self) -> Seen:
        """What was seen since the last look; those under way stay so."""
        with self._lock:
            seen = self._seen
            self._seen = Seen(
                running=seen.running, most=seen.running, blocked=seen.blocked
            )
            return seen
