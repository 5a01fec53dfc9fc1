"""The user table, in SQLite."""

import sqlite3

from pydantic import BaseModel


class User(BaseModel):
    username: str
    email: str | None
    full_name: str | None
    disabled: bool


class StoredUser(User):
    hashed_password: str


USERS = [
    ("johndoe", "johndoe@example.com", "John Doe", False),
    ("alice", "alice@example.com", "Alice Wonderson", True),
]


class Users:
    def __init__(self, hashes: dict[str, str]) -> None:
        self._database = sqlite3.connect(":memory:")
        self._database.row_factory = sqlite3.Row
        self._database.execute(
            "CREATE TABLE users (username TEXT PRIMARY KEY, email TEXT, "
            "full_name TEXT, disabled INTEGER, hashed_password TEXT)"
        )
        rows = [(*user, hashes[user[0]]) for user in USERS]
        self._database.executemany("INSERT INTO users VALUES (?, ?, ?, ?, ?)", rows)

    async def find(self, username: str) -> StoredUser | None:
        query = "SELECT * FROM users WHERE username = ?"
        try:
            row = self._database.execute(query, (username,)).fetchone()
        except UnicodeEncodeError:  # half a character: a token can contain it
            return None
        return None if row is None else StoredUser.model_validate(dict(row))

    def close(self) -> None:
        self._database.close()
