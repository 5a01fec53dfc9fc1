"""The user table of the app that is attacked, in the process that serves it.

Where a step has a database, it's the table `users` in it, with the columns that the
contract names. Otherwise it's the app's `fake_users_db`.
"""

from collections.abc import Iterable
from types import ModuleType
from typing import Protocol


class AppTable(Protocol):
    """Hashes by username. A table that can't be reached has none."""

    def hashes(self) -> dict[str, str]: ...

    def store(self, username: str, hashed_password: str) -> None: ...


class TableInCode:
    """`fake_users_db` of one of the app's modules."""

    def __init__(self, modules: Iterable[ModuleType]) -> None:
        tables = [getattr(module, "fake_users_db", None) for module in modules]
        self._users = next((one for one in tables if isinstance(one, dict) and one), {})

    def hashes(self) -> dict[str, str]:
        return {
            str(username): record["hashed_password"]
            for username, record in self._users.items()
            if isinstance(record, dict)
            and isinstance(record.get("hashed_password"), str)
        }

    def store(self, username: str, hashed_password: str) -> None:
        self._users[username]["hashed_password"] = hashed_password


class TableInDatabase:
    """The table `users` of a database, over connections of our own."""

    def __init__(self, url: str) -> None:
        # Here, because most steps have no database.
        from sqlalchemy import NullPool, column, create_engine, table

        # No connection is kept: one that idles could hold a lock.
        self._engine = create_engine(url, poolclass=NullPool)
        self._users = table("users", column("username"), column("hashed_password"))

    def hashes(self) -> dict[str, str]:
        from sqlalchemy import select
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with self._engine.connect() as connection:
                rows = connection.execute(select(self._users)).all()
        except SQLAlchemyError:
            return {}
        return {name: stored for name, stored in rows if isinstance(stored, str)}

    def store(self, username: str, hashed_password: str) -> None:
        from sqlalchemy import update

        with self._engine.begin() as connection:
            connection.execute(
                update(self._users)
                .where(self._users.c.username == username)
                .values(hashed_password=hashed_password)
            )
