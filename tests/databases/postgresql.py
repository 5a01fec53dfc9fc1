"""A PostgreSQL server of our own, in a temporary folder and on a Unix socket alone."""

import contextlib
import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg

# Until a server that was started or ended is so. It stops what hangs.
LIMIT = 60


def find_binaries() -> Path | None:
    """The folder of `initdb` and `postgres`, where a server is installed."""
    # Debian's, which aren't in PATH: the newest version of those that are there.
    folders = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"), key=lambda one: int(one.parent.name)
    )
    if folders:
        return folders[-1]
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


class Server:
    """A server that is started and ended. `url` is that of its database `postgres`."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries = binaries
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        # It refuses to run as root.
        self._as_other: dict[str, Any] = {}
        if os.geteuid() == 0:
            self._as_other = {"user": "nobody"}
            shutil.chown(folder, "nobody")
        self.url = f"postgresql+psycopg://postgres@/postgres?host={folder}"
        self._run(
            "initdb", "-A", "trust", "-U", "postgres", "-N", "-D", folder / "data"
        )

    def start(self) -> None:
        """Starts it, and returns when it answers."""
        self._process = subprocess.Popen(
            [
                self._binaries / "postgres",
                *("-D", self._folder / "data", "-k", self._folder),
                *("-c", "listen_addresses=", "-c", "fsync=off"),
                *("-c", "max_connections=300"),
            ],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self._folder,
            **self._as_other,
        )
        end = time.monotonic() + LIMIT
        while True:
            try:
                psycopg.connect(self.url.replace("+psycopg", "")).close()
                return
            except psycopg.OperationalError:
                if self._process.poll() is not None or time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def stop(self) -> None:
        """Ends it, and with it all connections."""
        if self._process is None:
            return
        # SIGINT is PostgreSQL's fast shutdown: it waits for no client.
        self._process.send_signal(2)
        try:
            self._process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process = None

    def _run(self, program: str, *arguments: str | Path) -> None:
        subprocess.run(
            [self._binaries / program, *arguments],
            check=True,
            capture_output=True,
            cwd=self._folder,
            **self._as_other,
        )


@contextlib.contextmanager
def running(binaries: Path) -> Iterator[Server]:
    """A server that ends with the block."""
    # A short path: that of a socket has room for about 100 characters.
    with tempfile.TemporaryDirectory(prefix="pg-", dir="/tmp") as folder:
        server = Server(binaries, Path(folder))
        try:
            server.start()
            yield server
        finally:
            server.stop()
