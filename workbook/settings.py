"""What a step reads from its environment, for whoever starts one without a person."""

import contextlib
import itertools
import os
import secrets
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

from workbook.ladder import Step

# The URL of a PostgreSQL server's database `postgres`, where databases are to be made
# on it, and not in files.
POSTGRESQL = "WORKBOOK_POSTGRESQL"

# One for this process: apps that run side by side in it share its environment.
KEY = secrets.token_hex(32)


def settings(
    step: Step, secret_key: str | None = None, folder: Path | None = None
) -> dict[str, str]:
    """The variables that the step needs, empty for those that have all in their code.

    A key that is not given is a fresh one, and so is the database, each time. A file
    for it is in the `folder`, or gone when this process ends.
    """
    key = {"SECRET_KEY": secret_key or KEY} if step.needs_key else {}
    return key | ({"DATABASE_URL": new_database(folder)} if step.needs_database else {})


def new_database(folder: Path | None = None) -> str:
    """The URL of an empty database: of a file, or on a PostgreSQL server, with which it
    will be gone."""
    number = next(_NUMBERS)
    if server := os.environ.get(POSTGRESQL):
        return _on_postgresql(server, f"workbook_{os.getpid()}_{number}")
    return f"sqlite:///{(folder or Path(_folder().name)) / f'users-{number}.db'}"


_NUMBERS = itertools.count()


@cache
def _folder() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="workbook-", ignore_cleanup_errors=True)


def _on_postgresql(server: str, name: str) -> str:
    from sqlalchemy import create_engine, make_url, text

    url = make_url(server)
    engine = create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


@contextlib.contextmanager
def environment(variables: Mapping[str, str | None]) -> Iterator[None]:
    """The environment of this process with these variables; `None` takes one away."""
    before = {name: os.environ.get(name) for name in variables}
    _put(variables)
    try:
        yield
    finally:
        _put(before)


def _put(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
