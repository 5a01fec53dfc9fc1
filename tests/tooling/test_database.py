"""What step 10 says of its database, and a suite can't see by HTTP."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from tests.steps.contract import ALICE, JOHNDOE
from tests.steps.contract.database import Users, django_hash, register
from workbook.checking import Server, serve_step
from workbook.ladder import ROOT, find
from workbook.settings import settings

STEP = find("step10_database")


@pytest.fixture
def server() -> Iterator[Server]:
    with serve_step(STEP) as server:
        yield server


@pytest.fixture
def database(server: Server) -> ModuleType:
    """The module of the app that is served."""
    return import_module(f"steps.{STEP.name}.database")


@pytest.fixture
def users(database: ModuleType) -> Users:
    url: str = database.engine.url.render_as_string(hide_password=False)
    return Users(url)


def hashes_of(server: Server, username: str, password: str) -> tuple[list[Any], ...]:
    """What a refused login computes."""
    assert server.probe is not None
    server.probe.hash_stats()
    server.login(username, password).must_have_status(400)
    stats = server.probe.hash_stats()
    return stats.costs, stats.iterations


def test_each_refusal_computes_one_hash_of_each_kind(server: Server, users: Users):
    # At its first use passlib tries what bcrypt can do.
    server.login(**JOHNDOE)
    one_of_each = (["$2b$12$"], [1_000_000])
    assert hashes_of(server, "johndoe", "wrong") == one_of_each
    assert hashes_of(server, "nobody", "wrong") == one_of_each
    assert hashes_of(server, **ALICE) == one_of_each
    assert hashes_of(server, "johndoe", "\0") == one_of_each
    assert hashes_of(server, "johndoe", "x" * 5000) == one_of_each
    with users.with_hash("johndoe", "!unusable"):
        assert hashes_of(server, **JOHNDOE) == one_of_each
    # The old hash in the place of the dummy. Its iterations are its own.
    with users.with_hash("johndoe", django_hash("secret", 2000)):
        assert hashes_of(server, "johndoe", "wrong") == (["$2b$12$"], [2000])


def test_a_full_database_is_a_503_and_nothing_is_written(
    server: Server, database: ModuleType
):
    from sqlalchemy import event
    from sqlalchemy.exc import OperationalError

    @event.listens_for(database.engine, "connect")
    def fill(connection: Any, _: Any) -> None:
        connection.execute("PRAGMA max_page_count = 1")

    database.engine.dispose()
    # Large rows until none fits, then small ones into what is left.
    for size in (3000, 300, 1):
        with contextlib.suppress(OperationalError):
            for number in range(100):
                row = {"username": f"{size}_{number}", "hashed_password": "x" * size}
                database.add_user(database.UserInDB(**row))
    register(server, username="erika").must_have_status(503)
    event.remove(database.engine, "connect", fill)
    database.engine.dispose()
    assert database.get_user("erika") is None
    register(server, username="erika").must_have_status(201)
    server.login(**JOHNDOE).must_have_status(200)


def test_an_error_in_the_log_is_a_line_without_hashes(
    server: Server, database: ModuleType, caplog: pytest.LogCaptureFixture
):
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE users")
    register(server, username="erika").must_have_status(503)
    (record,) = caplog.records
    assert record.getMessage() == "Database: no such table: users"


def test_logins_and_registrations_give_their_connections_back(
    server: Server, database: ModuleType
):
    server.login(**JOHNDOE)
    register(server, username="erika").must_have_status(201)
    register(server, username="erika").must_have_status(409)
    assert database.engine.pool.checkedout() == 0


def test_processes_that_start_at_once_make_one_table():
    given = settings(STEP)
    program = (
        f"from steps.{STEP.name} import database\n"
        "database.create_table()\n"
        "print(database.get_user('johndoe').full_name)"
    )
    started = [
        subprocess.Popen(
            [sys.executable, "-c", program],
            cwd=ROOT,
            env={"PATH": "", "PYTHONPATH": str(ROOT), **given},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        for _ in range(4)
    ]
    assert [process.communicate()[0] for process in started] == ["John Doe\n"] * 4


def test_a_new_table_comes_with_its_users_or_not_at_all(
    server: Server, database: ModuleType, monkeypatch: pytest.MonkeyPatch
):
    with database.engine.begin() as connection:
        connection.exec_driver_sql("DROP TABLE users")
    monkeypatch.setattr(database, "EXAMPLES", [{"username": "johndoe"}])
    with pytest.raises(SystemExit, match="DATABASE_URL: can't be used: "):
        database.create_table()
    monkeypatch.undo()
    database.create_table()
    server.login(**JOHNDOE).must_have_status(200)


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("sqlite:///users.db", "sqlite:///users.db"),
        ("postgresql://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql+psycopg://u:p@h/d", "postgresql+psycopg://u:p@h/d"),
        ("postgresql://u:p@p@h/d", "an @ in"),
        ("postgres://u:p@h/d", "neither sqlite:/// nor postgresql://"),
        ("sqlite://", "names no file"),
        ("sqlite:///:memory:", "names no file"),
        ("users.db", "no URL"),
        ("postgresql://u:p@h:port/d", "no URL"),
    ],
)
def test_a_url_is_known_or_told_in_words(server: Server, url: str, said: str):
    from pydantic import SecretStr

    must_be_known = import_module(f"steps.{STEP.name}.settings").must_be_known
    try:
        found = must_be_known(SecretStr(url)).get_secret_value()
    except ValueError as error:
        found = str(error)
        assert "p@h" not in found
    assert said in found


def test_a_user_is_looked_up_by_a_key(server: Server, database: ModuleType):
    """With a million users as with two: no row but the one is read."""
    with database.engine.connect() as connection:
        plan = connection.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT * FROM users WHERE username = 'x'"
        ).all()
    assert [row[-1].startswith("SEARCH users USING INDEX") for row in plan] == [True]
