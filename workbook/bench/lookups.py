"""What it takes to find a user in the database, with few others and with a million."""

import random
import sqlite3
import statistics
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from workbook.bench.own_copy import own_copy
from workbook.ladder import Step

MANY = 1_000_000
BATCHES = 20
LOOKUPS_IN_A_BATCH = 50

FILL = f"""
INSERT INTO users (username, hashed_password, disabled)
WITH RECURSIVE number (n) AS
    (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < {MANY})
SELECT 'user_' || n, '$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW', 0
FROM number
"""


class Lookups:
    """`get_user` of a step, in a table of two users and in one of a million."""

    def __init__(self, few: Any, many: Any) -> None:
        self._few = few
        self._many = many

    def measured(self) -> dict[str, float]:
        """Microseconds for a user that is there, warm, and how many times as long it
        takes in the large table."""
        few, many = [], []
        for _ in range(BATCHES):
            # In turn, so that no hiccup of the machine falls on one of them alone.
            few.append(_batch(self._few, ["johndoe", "alice"]))
            names = [f"user_{random.randint(1, MANY)}" for _ in range(10)]
            many.append(_batch(self._many, names))
        small, large = statistics.median(few), statistics.median(many)
        return {"lookup": small, "lookup_many": large, "lookup_ratio": large / small}


@contextmanager
def lookups(step: Step) -> Iterator[Lookups]:
    """The two tables, as long as this is open."""
    with TemporaryDirectory(prefix="workbook-", ignore_cleanup_errors=True) as folder:
        apps = []
        for name in ("few", "many"):
            file = Path(folder, f"{name}.db")
            apps.append(own_copy(step, f"sqlite:///{file}"))
            if name == "many":
                with closing(sqlite3.connect(file)) as connection, connection:
                    connection.execute(FILL)
        yield Lookups(*apps)
        for app in apps:
            app.get_user.__globals__["engine"].dispose()


def _batch(app: Any, names: list[str]) -> float:
    """Microseconds for one lookup."""
    for name in names:
        app.get_user(name)
    began = time.perf_counter()
    for number in range(LOOKUPS_IN_A_BATCH):
        app.get_user(names[number % len(names)])
    return (time.perf_counter() - began) / LOOKUPS_IN_A_BATCH * 1e6
