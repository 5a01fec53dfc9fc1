"""The user table, in SQLite."""

import sqlite3

from pydantic import BaseModel


class User(BaseModel):
    username: str
    email: str
    full_name: str
    disabled: bool


class StoredUser(User):
    hashed_password: str


ROWS = [
    (
        "johndoe",
        "johndoe@example.com",
        "John Doe",
        False,
        "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
    ),
    (
        "alice",
        "alice@example.com",
        "Alice Wonderson",
        True,
        "$2b$12$sUIdMeDwel2r3mlLDN5OeONUf7bueeCQ9RA6Xoxx8iYE7CcIVzSXq",
    ),
]


class Users:
    def __init__(self) -> None:
        self._database = sqlite3.connect(":memory:")
        self._database.row_factory = sqlite3.Row
        self._database.execute(
            "CREATE TABLE users (username TEXT PRIMARY KEY, email TEXT, "
            "full_name TEXT, disabled INTEGER, hashed_password TEXT)"
        )
        self._database.executemany("INSERT INTO users VALUES (?, ?, ?, ?, ?)", ROWS)

    def find(self, username: str) -> StoredUser | None:
        query = "SELECT * FROM users WHERE username = ?"
        try:
            row = self._database.execute(query, (username,)).fetchone()
        except UnicodeEncodeError:  # half a character: a token can hold it
            return None
        return None if row is None else StoredUser.model_validate(dict(row))

    def close(self) -> None:
        self._database.close()
