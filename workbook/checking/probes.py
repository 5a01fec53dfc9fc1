"""What a suite reaches inside a process that runs an app: its clock and its hashes.

Time is no measure on a busy machine. A suite counts hashes in the place of
milliseconds, and holds one back in the place of waiting for a slow one.
"""

import asyncio
import base64
import contextlib
import hashlib
import importlib
import itertools
import json
import os
import sys
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import FrameType
from typing import Any

import bcrypt

from workbook import timeouts

HAS_ZONES = hasattr(time, "tzset")
# Between two looks, a process that used less processor time than this did nothing.
STILL = 0.002
# Where a sandboxed process serves its probes, beside the app's own paths.
CONTROL = "/__workbook__"

# Bytes of a bcrypt hash that say its version, its cost and its salt. The cost has two
# of them, and what is random has the last ones.
SALT = 29
COST = slice(4, 6)
RANDOM = slice(7, SALT)
KNOWN = Path(__file__).with_name("hashes.json")
# bcrypt's hash by password and salt.
Hashes = dict[tuple[bytes, bytes], bytes]


class Clock:
    """The clock of this process, and so of an app that runs in it. `zone` is the one
    that was set, if one was."""

    zone = ""

    @contextlib.contextmanager
    def at(self, moment: float) -> Iterator[None]:
        """It is `moment`, in seconds since 1970, and time goes on from there."""
        # Here, since it brings pytest along, whose plugin it is, too.
        import time_machine

        with time_machine.travel(moment, tick=True):
            yield

    @contextlib.contextmanager
    def in_zone(self, zone: str) -> Iterator[None]:
        """Local time is that of `zone`, in POSIX spelling: EAST-9 is UTC+9."""
        before = os.environ.get("TZ")
        set_zone(zone)
        self.zone = zone
        try:
            yield
        finally:
            self.zone = ""
            set_zone(before)


def set_zone(zone: str | None) -> None:
    """Local time is that of `zone` from now on; `None` is the machine's own."""
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
    if HAS_ZONES:
        time.tzset()


def skip_time(loop: asyncio.AbstractEventLoop, seconds: float) -> None:
    """To the loop so much time has passed, and its timeouts are over. It can't go back:
    what is timed meanwhile would wait for longer."""
    before = loop.time
    loop.time = lambda: before() + seconds  # type: ignore[method-assign]


@dataclass
class HashStats:
    """The hashes since the last look. `costs` are the beginnings of the salts, such as
    `$2b$12$`, one for each hash. `running` hashes are under way, and `most` were so at
    one time. `blocked` says that a held hash kept its whole server waiting, or that the
    server slept, and stays so until hashes are held again. `cpu` is the processor time
    that the process has used since it began, in seconds. `salts` is how many salts one
    password was hashed with, of all that were hashed since the app was loaded, and
    `new_salts` how many of these hashes were the first ones of their password and salt.
    `threads` is how many have something to do now, besides the one that serves.
    `iterations` are those of PBKDF2, a number for each such hash."""

    costs: list[str] = field(default_factory=list)
    running: int = 0
    most: int = 0
    blocked: bool = False
    cpu: float = 0.0
    salts: int = 0
    new_salts: int = 0
    threads: int = 0
    iterations: list[int] = field(default_factory=list)


class Hashing:
    """The hashes of the app in this process: counted, and held on request."""

    def __init__(self) -> None:
        self._stats = HashStats()
        self._salts: dict[bytes, set[bytes]] = defaultdict(set)
        self._lock = threading.Lock()
        self._open = threading.Event()
        self._open.set()
        self._looking = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._requests = 0
        self._logins = 0

    @contextlib.contextmanager
    def request(self) -> Iterator[None]:
        """One request is answered in this block, in the running event loop."""
        self._loop = asyncio.get_running_loop()
        self._requests += 1
        try:
            yield
        finally:
            self._requests -= 1

    def forget_salts(self) -> None:
        """Another app is loaded into this process."""
        with self._lock:
            self._salts.clear()

    @contextlib.contextmanager
    def one(self, password: bytes, salt: bytes) -> Iterator[None]:
        """One hash is computed in this block; it waits while hashes are held."""
        with self._lock:
            self._stats.new_salts += salt not in self._salts[password]
            self._salts[password].add(salt)
            self._stats.costs.append(salt[:7].decode("latin-1"))
            self._stats.running += 1
            self._stats.most = max(self._stats.most, self._stats.running)
        try:
            if not self._open.is_set() and self._keeps_the_server_waiting():
                # `stats` puts another object in the place of this one.
                with self._lock:
                    self._stats.blocked = True
                self._open.set()
            yield
        finally:
            with self._lock:
                self._stats.running -= 1

    def pbkdf2(self, iterations: int) -> None:
        """One hash is computed by PBKDF2, as Django's are."""
        with self._lock:
            self._stats.iterations.append(iterations)

    def sleeps(self) -> None:
        """The app sleeps. If that is where it serves, nobody is served meanwhile."""
        is_main = threading.current_thread() is threading.main_thread()
        if is_main and self._loop is not None and self._loop.is_running():
            with self._lock:
                self._stats.blocked = True

    def hold(self, logins: int) -> None:
        """From now on each hash waits for `release`. So many `logins` are to come: as
        long as they wait, nobody else is to."""
        with self._lock:
            self._stats.blocked = False
        self._logins = logins
        self._open.clear()

    def release(self) -> None:
        """All hashes go on."""
        self._open.set()

    def stats(self) -> HashStats:
        """The hashes since the last look; those under way stay so."""
        with self._lock:
            stats = self._stats
            stats.cpu = time.process_time()
            stats.salts = max(map(len, self._salts.values()), default=0)
            stats.threads = busy_threads()
            self._stats = HashStats(
                running=stats.running, most=stats.running, blocked=stats.blocked
            )
            return stats

    def _keeps_the_server_waiting(self) -> bool:
        """Waits until the hash is released, and then says no.

        Says yes when the server is stuck: its event loop does not turn, or a request
        that is no login waits with it, and meanwhile the process does nothing at all.
        """
        # The main thread is the one that serves: what it waits for, all wait for.
        if threading.current_thread() is threading.main_thread():
            return True
        # One looks for all: looks are work, and work is what they look for.
        if not self._looking.acquire(blocking=False):
            self._open.wait()
            return False
        try:
            return self._gets_stuck()
        finally:
            self._looking.release()

    def _gets_stuck(self) -> bool:
        """Looks at the server until it is stuck, or the hashes are released."""
        turned = threading.Event()
        before, still = time.process_time(), 0
        while not self._open.wait(timeouts.LOOK):
            now = time.process_time()
            loop = self._loop
            loop_is_stuck = (
                loop is not None and loop.is_running() and not turned.is_set()
            )
            is_stuck = loop_is_stuck or self._requests > self._logins
            still = still + 1 if is_stuck and now - before < STILL else 0
            if still >= timeouts.HELD_LOOKS:
                return True
            before = now
            turned.clear()
            if loop is not None and loop.is_running():
                loop.call_soon_threadsafe(turned.set)
        return False


def busy_threads() -> int:
    """How many threads have something to do, or wait in the middle of it. This one
    isn't counted, and neither is one of a pool that waits for its next job."""
    frames = sys._current_frames()
    frames.pop(threading.get_ident(), None)
    return sum(not _waits_for_a_job(frame) for frame in frames.values())


def _waits_for_a_job(frame: FrameType) -> bool:
    if frame.f_globals.get("__name__") == "concurrent.futures.thread":
        return frame.f_code.co_name == "_worker"
    # AnyIO's wait at a queue, and its `get` at a lock.
    while frame.f_globals.get("__name__") == "threading" and frame.f_back:
        frame = frame.f_back
    return frame.f_globals.get("__name__") == "queue"


# bcrypt is one for the whole process, and so are its hashes.
HASHING = Hashing()

_compute = bcrypt.hashpw
_pbkdf2_hmac = hashlib.pbkdf2_hmac
_sleep = time.sleep


@cache
def known_hashes() -> Hashes:
    """The hashes that this process knows: first the stored ones, then all that it has
    computed."""
    return stored_hashes()


def stored_hashes() -> Hashes:
    """The hashes that the suites need, which `make hashes` has put into hashes.json."""
    stored = json.loads(KNOWN.read_text("utf-8"))
    return {
        (password.encode("latin-1"), salt.encode()): (salt + rest).encode()
        for salt, passwords in stored.items()
        for password, rest in passwords.items()
    }


@contextlib.contextmanager
def bcrypt_cache(
    hashes: Hashes | None = None, *, cheap_if_new: bool = False
) -> Iterator[None]:
    """bcrypt is paid once for each pair of password and salt while this is open, and
    not at all for those in `hashes`, without which they are the `known_hashes`.

    A documented hash costs a fifth of a second, and a suite logs in with the same pair
    many times. bcrypt is a pure function of the two, so the hash stays what it is.
    passlib and every other library on top of bcrypt call what is replaced here. The
    same goes for PBKDF2, by which other frameworks hash. It is not for a server that
    people use, and nothing that measures time may run under it.

    No stored hash can help with a salt that the app makes while it runs. Where it's
    `cheap_if_new`, such a hash is computed at the lowest cost and only says that it has
    the other one. Nothing but this process can verify it, so that's for our own apps.
    """
    known = known_hashes() if hashes is None else hashes
    new_salts: set[bytes] = set()

    def hashpw(password: bytes, salt: bytes) -> bytes:
        # What is verified is a whole hash, of which the salt is the beginning.
        pair = (password, salt[:SALT])
        with HASHING.one(*pair):
            if pair not in known:
                known[pair] = (
                    _hash_cheaply(*pair)
                    if salt[RANDOM] in new_salts
                    else _compute(password, salt)
                )
            return known[pair]

    def checkpw(password: bytes, hashed_password: bytes) -> bool:
        return hashpw(password, hashed_password) == hashed_password

    @cache
    def computed(*how: Any) -> bytes:
        return _pbkdf2_hmac(*how)

    def pbkdf2_hmac(
        hash_name: str,
        password: bytes,
        salt: bytes,
        iterations: int,
        dklen: int | None = None,
    ) -> bytes:
        HASHING.pbkdf2(iterations)
        return computed(hash_name, bytes(password), bytes(salt), iterations, dklen)

    def sleep(seconds: Any) -> None:
        HASHING.sleeps()
        _sleep(seconds)

    HASHING.forget_salts()
    before = bcrypt.hashpw, bcrypt.checkpw, time.sleep
    pbkdf2_before = hashlib.pbkdf2_hmac
    bcrypt.hashpw, bcrypt.checkpw, time.sleep = hashpw, checkpw, sleep
    _put_pbkdf2(pbkdf2_hmac)
    try:
        with _salts_noted(new_salts) if cheap_if_new else contextlib.nullcontext():
            yield
    finally:
        bcrypt.hashpw, bcrypt.checkpw, time.sleep = before
        _put_pbkdf2(pbkdf2_before)


def _hash_cheaply(password: bytes, salt: bytes) -> bytes:
    """A hash of the lowest cost that says it has the one of the salt."""
    lowest = salt[: COST.start] + b"04" + salt[COST.stop :]
    return salt + _compute(password, lowest)[SALT:]


@contextlib.contextmanager
def same_salts() -> Iterator[None]:
    """Salts that bcrypt or passlib makes while this is open are the same each time, one
    after the other.

    Many apps hash the passwords of their users when they start, and a suite starts an
    app two hundred times. With the same salts, each hash is computed once. It's a real
    one, so that any process can verify it.
    """
    bcrypt64: Any = importlib.import_module("passlib.utils.binary").bcrypt64
    numbers = itertools.count()

    def next_salt(_: str) -> str:
        random = hashlib.sha256(b"salt %d" % next(numbers)).digest()[:16]
        return str(bcrypt64.encode_bytes(random), "ascii")

    with _salts_changed_by(next_salt):
        yield


@contextlib.contextmanager
def _salts_noted(salts: set[bytes]) -> Iterator[None]:
    """Salts that bcrypt or passlib makes while this is open are added to these."""

    def note(salt: str) -> str:
        salts.add(salt.encode())
        return salt

    with _salts_changed_by(note):
        yield


@contextlib.contextmanager
def _salts_changed_by(change: Callable[[str], str]) -> Iterator[None]:
    """While this is open, `change` is given the random part of each salt that bcrypt or
    passlib makes, and gives the one to take."""
    handler: Any = importlib.import_module("passlib.handlers.bcrypt")._BcryptCommon
    gensalt, generate = bcrypt.gensalt, handler._generate_salt.__func__
    is_open = True

    # An app may have imported this one by its name, and keep it.
    def changed_gensalt(*how: Any, **more: Any) -> bytes:
        salt: bytes = gensalt(*how, **more)
        if not is_open:
            return salt
        return salt[: RANDOM.start] + change(salt[RANDOM].decode()).encode()

    def changed_generate(cls: Any) -> str:
        salt: str = generate(cls)
        return change(salt)

    bcrypt.gensalt = changed_gensalt
    handler._generate_salt = classmethod(changed_generate)
    try:
        yield
    finally:
        is_open = False
        bcrypt.gensalt = gensalt
        handler._generate_salt = classmethod(generate)


def _put_pbkdf2(function: Callable[..., bytes]) -> None:
    hashlib.pbkdf2_hmac = function
    # passlib has its own name for it, from the time when it was imported.
    if digest := sys.modules.get("passlib.crypto.digest"):
        digest._stdlib_pbkdf2_hmac = function  # type: ignore[attr-defined]


def pack(hashes: Hashes) -> list[list[str]]:
    """Passwords, salts and hashes as JSON can hold them."""
    return [
        [base64.b64encode(part).decode() for part in (*pair, hashed)]
        for pair, hashed in hashes.items()
    ]


def unpack(packed: list[list[str]]) -> Hashes:
    """What `pack` was given."""
    rows = [[base64.b64decode(part) for part in row] for row in packed]
    return {(password, salt): hashed for password, salt, hashed in rows}
