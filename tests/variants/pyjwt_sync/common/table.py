"""The accounts in a table, with SQLAlchemy's statements rather than its models."""

import sys
from typing import Any

from sqlalchemy import (
    Boolean,
    Column,
    MetaData,
    NullPool,
    Row,
    String,
    Table,
    create_engine,
    make_url,
)
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError

from .accounts import BCRYPT, Account, Profile

users = Table(
    "users",
    MetaData(),
    Column("username", String(32), primary_key=True),
    Column("hashed_password", String(255), nullable=False),
    Column("mail_address", String(80)),
    Column("real_name", String(80)),
    Column("is_locked", Boolean, nullable=False),
)


def row_of(account: Account) -> dict[str, Any]:
    profile = account.profile
    return {
        "username": profile.username,
        "hashed_password": account.hashed_password.decode(),
        "mail_address": profile.email,
        "real_name": profile.full_name,
        "is_locked": profile.disabled,
    }


def account_of(row: Row[Any]) -> Account:
    profile = Profile(row.username, row.mail_address, row.real_name, row.is_locked)
    return Account(profile, row.hashed_password.encode())


class Accounts:
    def __init__(self, database_url: str) -> None:
        """Ends the program if the database can't be used, with a line that says nothing
        of the URL: there's a password in it."""
        try:
            url = make_url(database_url)
            if url.get_backend_name() == "postgresql":
                url = url.set(drivername="postgresql+psycopg")
                waits = {"connect_timeout": 2, "options": "-c lock_timeout=2000"}
            elif url.drivername == "sqlite" and url.database:
                waits = {"timeout": 2}
            else:
                raise ValueError("neither of the two")
            # A connection is opened when it's needed, and closed: none is kept.
            self.engine = create_engine(
                url, poolclass=NullPool, connect_args=waits, hide_parameters=True
            )
        except (ArgumentError, ValueError):
            sys.exit("DATABASE_URL is neither SQLite's nor PostgreSQL's")
        try:
            self._prepare()
        except SQLAlchemyError as error:
            sys.exit(f"DATABASE_URL can't be used: {type(error).__name__}")

    def _prepare(self) -> None:
        users.metadata.create_all(self.engine)
        with self.engine.begin() as connection:
            if connection.execute(users.select().limit(1)).first() is None:
                connection.execute(users.insert(), [row_of(one) for one in BCRYPT])
        self.add_columns()

    def add_columns(self) -> None:
        """What a step adds to the table."""

    def find(self, username: str) -> Account | None:
        # PostgreSQL has no text with a NUL, and no name has half a character.
        if "\0" in username or username != username.encode(errors="replace").decode():
            return None
        with self.engine.connect() as connection:
            row = connection.execute(
                users.select().where(users.c.username == username)
            ).first()
        return account_of(row) if row else None

    def add(self, account: Account) -> bool:
        """Whether the name was free."""
        try:
            with self.engine.begin() as connection:
                connection.execute(users.insert(), row_of(account))
        except IntegrityError:
            return False
        return True

    def replace_hash(self, account: Account, hashed: str) -> None:
        """Unless another login has just done it."""
        stored = account.hashed_password.decode()
        with self.engine.begin() as connection:
            connection.execute(
                users.update()
                .where(users.c.username == account.profile.username)
                .where(users.c.hashed_password == stored)
                .values(hashed_password=hashed)
            )
