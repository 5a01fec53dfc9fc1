"""The table `users` in a file of SQLite. There's no pool: connecting opens a file."""

import re
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from .passwords import HASHES
from .web import USERS

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
ADD = """
    INSERT INTO users (username, hashed_password, email, full_name, disabled)
    VALUES (:username, :hashed_password, :email, :full_name, :disabled)
"""
RENEW = (
    "UPDATE users SET hashed_password = ? WHERE username = ? AND hashed_password = ?"
)


class Store:
    columns = ("username", "hashed_password", "email", "full_name", "disabled")

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
                self.prepare(connection)
                connection.execute(self.look("LIMIT 0"))
        except sqlite3.Error as error:
            raise SystemExit(f"DATABASE_URL: {self._path}: {error}") from None

    def prepare(self, connection: sqlite3.Connection) -> None:
        """What a step adds to the table."""

    def look(self, where: str) -> str:
        return f"SELECT {', '.join(self.columns)} FROM users {where}"

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
        try:
            found = self.rows("WHERE username = ?", username)
        except UnicodeEncodeError:  # half a character
            return None
        return found[0] if found else None

    def rows(self, where: str, *values: str) -> list[dict[str, Any]]:
        connection = sqlite3.connect(self._path, PATIENCE)
        connection.row_factory = sqlite3.Row
        try:
            found = connection.execute(self.look(where), values).fetchall()
        finally:
            connection.close()
        return [dict(row) | {"disabled": bool(row["disabled"])} for row in found]

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
