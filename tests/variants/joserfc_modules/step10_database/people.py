"""The user table, with SQLModel: each function has its own session, in a thread."""

import threading
from typing import Annotated

from fastapi.concurrency import run_in_threadpool
from pydantic import BeforeValidator
from pydantic import Field as Setting
from pydantic_settings import NoDecode
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError, IntegrityError, SQLAlchemyError
from sqlalchemy.orm import registry
from sqlmodel import Field, Session, SQLModel, col, create_engine, select, update

from tests.variants.joserfc_modules.common.config import Config
from tests.variants.joserfc_modules.common.users import USERS, StoredUser, Users

WAIT = 2  # seconds
CONNECT = {
    "sqlite": {"timeout": WAIT},
    "postgresql+psycopg": {
        "connect_timeout": WAIT,
        "options": f"-c lock_timeout={WAIT}s",
    },
}


def to_url(text: str) -> URL:
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # both repeat it, and the password in it
        raise ValueError("not the URL of a database") from None
    if url.drivername == "postgresql":
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in CONNECT or url.database in (None, "", ":memory:"):
        raise ValueError("neither sqlite:///a_file nor postgresql://a_server/a_name")
    return url


class DatabaseConfig(Config):
    database: Annotated[URL, NoDecode, BeforeValidator(to_url)] = Setting(
        "sqlite:///users.db", alias="DATABASE_URL", repr=False, validate_default=True
    )


class Table(SQLModel, registry=registry()):
    """With a registry of its own: another start of the app defines its table anew."""


class Person(Table, table=True):
    __tablename__ = "users"

    id: int | None = Field(default=None, primary_key=True)
    username: str = Field(unique=True)
    hashed_password: str
    email: str | None
    full_name: str | None
    disabled: bool = False


class NameTaken(Exception):
    pass


class People(Users):
    def __init__(self, url: URL, hashes: dict[str, str]) -> None:
        self._engine = create_engine(
            url, connect_args=CONNECT[url.drivername], hide_parameters=True
        )
        self._hashes = hashes
        self._is_made = False
        self._making = threading.Lock()
        try:
            self._make()
        except SQLAlchemyError:
            print("DATABASE_URL: can't be used now. The next request tries again.")

    def _make(self) -> None:
        """Makes the table. A new one has the users of the earlier steps."""
        with self._making:
            if self._is_made:
                return
            Table.metadata.create_all(self._engine)
            with Session(self._engine) as session:
                if session.exec(select(Person).limit(1)).first() is None:
                    for username, email, full_name, disabled in USERS:
                        person = Person(
                            username=username,
                            email=email,
                            full_name=full_name,
                            disabled=disabled,
                            hashed_password=self._hashes[username],
                        )
                        session.add(person)
                session.commit()
            self._is_made = True

    def _session(self) -> Session:
        self._make()
        return Session(self._engine)

    async def find(self, username: str) -> StoredUser | None:
        """The user, unless the account is disabled."""
        # Nobody's name, and not every database would take it.
        if "\0" in username or not username.isascii():
            return None
        return await run_in_threadpool(self._find, username)

    def _find(self, username: str) -> StoredUser | None:
        with self._session() as session:
            person = session.exec(
                select(Person).where(Person.username == username)
            ).first()
            if person is None or person.disabled:
                return None
            return StoredUser.model_validate(person.model_dump())

    async def add(self, user: StoredUser) -> None:
        await run_in_threadpool(self._add, user)

    def _add(self, user: StoredUser) -> None:
        with self._session() as session:
            session.add(Person(**user.model_dump()))
            try:
                session.commit()
            except IntegrityError:
                raise NameTaken from None

    async def replace_hash(self, user: StoredUser, hashed: str) -> None:
        await run_in_threadpool(self._replace_hash, user, hashed)

    def _replace_hash(self, user: StoredUser, hashed: str) -> None:
        # Of two logins at once, the first one has replaced it.
        same = (
            col(Person.username) == user.username,
            col(Person.hashed_password) == user.hashed_password,
        )
        with self._session() as session:
            session.exec(update(Person).where(*same).values(hashed_password=hashed))
            session.commit()

    def close(self) -> None:
        self._engine.dispose()
