"""Step 10: which passwords are good enough, and how a hash is replaced."""

import sqlite3
from contextlib import closing
from typing import Any

from workbook.notebook.tasks import call, must, task

COMMON = ["passwordpassword", "123456789012345"]
PASSWORDS: dict[str, tuple[str, bool]] = {
    "15 letters": ("abcdefghijklmno", True),
    "14 letters": ("abcdefghijklmn", False),
    "15 letters of two bytes": ("ä" * 8 + "ö" * 7, True),
    "14 letters of two bytes": ("ä" * 7 + "ö" * 7, False),
    "72 letters": ("x" * 71 + "y", True),
    "73 letters": ("x" * 72 + "y", False),
    "37 letters of two bytes": ("ж" * 37, False),
    "a common password": (COMMON[0], False),
    "a common one in capitals": (COMMON[0].upper(), False),
    "a common one inside": (f"my {COMMON[0]} is long", True),
    "blanks between words": ("wrong battery mustang", True),
}
SETUP = """
CREATE TABLE users (username TEXT PRIMARY KEY, hashed_password TEXT);
INSERT INTO users VALUES ('johndoe', 'old'), ('alice', 'old'), ('erika', 'other');
"""


@task("my_is_good(password, common) returns True or False.")
def is_good(my_is_good: Any) -> str:
    for what, (password, right) in PASSWORDS.items():
        came = call(my_is_good, password, list(COMMON))
        must(
            came is right,
            f"For {what} it returns {came!r}, and it must return {right}.",
        )
    return "It counts characters where people count them, and bytes where bcrypt does."


@task("my_statement is the text of an UPDATE with :name, :old and :new in it.")
def statement(my_statement: Any) -> str:
    must(isinstance(my_statement, str), "A statement is a text.")
    must(
        _after(my_statement, "johndoe", "old") == {"johndoe": "new"},
        "johndoe's old hash is to become the new one, and no other row is to change. "
        f"What changes is {_after(my_statement, 'johndoe', 'old') or 'nothing'}.",
    )
    must(
        _after(my_statement, "erika", "old") == {},
        "erika's hash was replaced by somebody else a moment ago, and your statement "
        "overwrites that.",
    )
    return "The database compares and writes in one go, and nothing comes between."


def _after(statement: str, name: str, old: str) -> dict[str, str]:
    """What a statement changes, by the user's name."""
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(SETUP)
        rows = "SELECT username, hashed_password FROM users"
        before = dict(connection.execute(rows))
        connection.execute(statement, {"name": name, "old": old, "new": "new"})
        after = dict(connection.execute(rows))
    return {name: stored for name, stored in after.items() if before[name] != stored}
