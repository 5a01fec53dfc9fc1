"""The users, in a database: SQLite by default, or PostgreSQL.

Each function takes a connection and gives it back before it returns. Nobody holds one
while a hash is computed, so a few are enough for everybody.
"""

import re
import sys

from sqlalchemy import (
    Connection,
    Engine,
    create_engine,
    event,
    insert,
    inspect,
    make_url,
    select,
    text,
    update,
)
from sqlalchemy.exc import IntegrityError, SQLAlchemyError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from .settings import load_settings

# The scopes of a new user, and of those who were there before there were scopes.
USUAL_SCOPES = "me items"

# In one answer. With all users it would grow until the app has no memory for it.
MAXIMUM_USERS = 100


class Base(DeclarativeBase):
    pass


class UserInDB(Base):
    __tablename__ = "users"

    # A username is itself and no other: SQLite and PostgreSQL compare byte by byte.
    username: Mapped[str] = mapped_column(primary_key=True)
    hashed_password: Mapped[str]
    email: Mapped[str | None]
    full_name: Mapped[str | None]
    disabled: Mapped[bool] = mapped_column(default=False)
    # With blanks between them, as in a token.
    scopes: Mapped[str] = mapped_column(server_default=USUAL_SCOPES)


# Makes the table of step 10 one of these.
ADD_SCOPES = (
    f"ALTER TABLE users ADD COLUMN scopes VARCHAR NOT NULL DEFAULT '{USUAL_SCOPES}'"
)

# The users of the steps before, for a new table. Nobody needs them in production.
EXAMPLES = [
    {
        "username": "johndoe",
        "full_name": "John Doe",
        "email": "johndoe@example.com",
        "hashed_password": "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
        "disabled": False,
    },
    {
        "username": "alice",
        "full_name": "Alice Wonderson",
        "email": "alice@example.com",
        "hashed_password": "$2b$12$sUIdMeDwel2r3mlLDN5OeONUf7bueeCQ9RA6Xoxx8iYE7CcIVzSXq",
        "disabled": True,
    },
]

# How long a request waits for the database, in seconds: for a connection of ours, for
# the server's answer, or until nobody else locks the file.
PATIENCE = 3
WAITING = {
    "sqlite": {"timeout": PATIENCE},
    "postgresql": {
        "connect_timeout": PATIENCE,
        "options": f"-c statement_timeout={PATIENCE}s",
    },
}


# A NUL isn't in any text of PostgreSQL, and half a character isn't in UTF-8.
STORABLE = re.compile("[^\0\ud800-\udfff]*")


class UsernameTaken(Exception):
    """There is a user of this name already."""


def connect(url: str) -> Engine:
    """An engine for the database at this URL. It connects when it's first used."""
    kind = make_url(url).get_backend_name()
    engine = create_engine(
        url,
        connect_args=WAITING[kind],
        pool_size=2,
        max_overflow=0,
        pool_timeout=PATIENCE,
        # A connection that broke is noticed, and made again.
        pool_pre_ping=True,
        # Errors end up in logs, and what was to be stored are hashes.
        hide_parameters=True,
    )
    if kind == "sqlite":
        # sqlite3 would begin a transaction only before it writes rows. SQLAlchemy begins
        # one, so that a new table comes with its users or not at all.
        @event.listens_for(engine, "connect")
        def begin_nothing(connection, _):
            connection.isolation_level = None

        @event.listens_for(engine, "begin")
        def begin(connection):
            connection.exec_driver_sql(
                connection.get_execution_options().get("begin", "BEGIN")
            )

    return engine


def create_table() -> None:
    """Makes the table `users` where there's none, and adds scopes to that of step 10. Ends
    the program with a message if the database can't be used."""
    # Of processes that start at once, SQLite lets one look at a time.
    one_by_one = engine.execution_options(begin="BEGIN IMMEDIATE")
    try:
        with one_by_one.begin() as connection:
            if not inspect(connection).has_table("users"):
                Base.metadata.create_all(connection)
                connection.execute(insert(UserInDB), EXAMPLES)
            elif missing_columns(connection) == {"scopes"}:
                connection.execute(text(ADD_SCOPES))
    except SQLAlchemyError:
        # Perhaps another process has just done it: PostgreSQL says so.
        pass
    try:
        with engine.connect() as connection:
            missing = missing_columns(connection)
    except SQLAlchemyError as error:
        sys.exit(f"DATABASE_URL: can't be used: {reason(error)}")
    if missing:
        sys.exit(
            f"DATABASE_URL: its table users has no {', '.join(sorted(missing))}. It's of "
            "another version of this app: add what is missing, or use another database."
        )


def missing_columns(connection: Connection) -> set[str]:
    columns = inspect(connection).get_columns("users")
    return set(UserInDB.__table__.columns.keys()) - {one["name"] for one in columns}


def reason(error: SQLAlchemyError) -> str:
    """What the database said, in a line."""
    return " ".join(str(getattr(error, "orig", None) or error).split())


def get_user(username: str) -> UserInDB | None:
    # No database would take the question.
    if not STORABLE.fullmatch(username):
        return None
    with Session(engine) as session:
        return session.get(UserInDB, username)


def get_users() -> list[UserInDB]:
    """The first of all users, ordered by username."""
    first = select(UserInDB).order_by(UserInDB.username).limit(MAXIMUM_USERS)
    with Session(engine) as session:
        return list(session.scalars(first))


def add_user(user: UserInDB) -> None:
    """Raises `UsernameTaken`: the database is asked once, and it alone knows."""
    try:
        with Session(engine, expire_on_commit=False) as session, session.begin():
            session.add(user)
    except IntegrityError:
        raise UsernameTaken from None


def replace_hash(user: UserInDB, hashed_password: str) -> None:
    """Stores a new hash, unless the old one is no longer there."""
    with Session(engine) as session, session.begin():
        session.execute(
            update(UserInDB)
            .where(UserInDB.username == user.username)
            .where(UserInDB.hashed_password == user.hashed_password)
            .values(hashed_password=hashed_password)
        )


engine = connect(load_settings().database_url.get_secret_value())
