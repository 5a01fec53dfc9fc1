"""The table `users` in a file of SQLite. There's no pool: connecting opens a file."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.variants.starlette_by_hand.common.passwords import HASHES
from tests.variants.starlette_by_hand.common.web import USERS

PATIENCE = 1.5  # seconds that a statement waits for a lock
TABLE = """
    CREATE TABLE users (
        username TEXT NOT NULL PRIMARY KEY,
        hashed_password TEXT NOT NULL,
        email TEXT,
        full_name TEXT,
        disabled INTEGER NOT NULL
    ) WITHOUT ROWID
"""
LOOK = "SELECT username, hashed_password, email, full_name, disabled FROM users "
ADD = "INSERT INTO users VALUES (:username, :hashed_password, :email, :full_name, "
ADD += ":disabled)"
RENEW = (
    "UPDATE users SET hashed_password = ? WHERE username = ? AND hashed_password = ?"
)


class Store:
    def __init__(self, url: str) -> None:
        """Raises `SystemExit` if the database can't be used."""
        file = re.fullmatch(r"sqlite:///([^\0?#]+)", url)
        if file is None or file[1] == ":memory:":
            other = "PostgreSQL" if url.startswith("postgres") else "This"
            raise SystemExit(f"DATABASE_URL: {other} is no sqlite:///FILE")
        self._path = file[1]
        try:
            with self._connection() as connection:
                known = connection.execute("SELECT name FROM sqlite_master").fetchall()
                if "users" not in (row["name"] for row in known):
                    connection.execute(TABLE)
                    for name, hashed in HASHES.items():
                        user = USERS[name] | {"hashed_password": hashed.decode()}
                        connection.execute(ADD, user)
                connection.execute(LOOK + "LIMIT 0")
        except sqlite3.Error as error:
            raise SystemExit(f"DATABASE_URL: {self._path}: {error}") from None

    @contextmanager
    def _connection(self) -> Iterator[sqlite3.Connection]:
        """A transaction that writes at its end, or not at all."""
        connection = sqlite3.connect(self._path, PATIENCE, isolation_level=None)
        try:
            connection.row_factory = sqlite3.Row
            # The next writer waits, rather than fail.
            connection.execute("BEGIN IMMEDIATE")
            yield connection
            connection.execute("COMMIT")
        finally:
            # What isn't committed is undone.
            connection.close()

    def find(self, username: str) -> dict[str, Any] | None:
        connection = sqlite3.connect(self._path, PATIENCE)
        connection.row_factory = sqlite3.Row
        try:
            row = connection.execute(LOOK + "WHERE username = ?", [username]).fetchone()
        except UnicodeEncodeError:  # half a character
            return None
        finally:
            connection.close()
        return row and dict(row) | {"disabled": bool(row["disabled"])}

    def add(self, user: dict[str, Any]) -> bool:
        """Whether the name was free."""
        try:
            with self._connection() as connection:
                connection.execute(ADD, user)
        except sqlite3.IntegrityError:
            return False
        return True

    def replace_hash(self, username: str, old: str, new: str) -> None:
        with self._connection() as connection:
            connection.execute(RENEW, [new, username, old])
