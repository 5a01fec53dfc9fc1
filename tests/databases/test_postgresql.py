"""Steps 10 and 11 on a PostgreSQL server."""

import os
import subprocess
import sys
import tempfile

import psycopg
import pytest

from tests.databases.postgresql import Server
from tests.tooling.test_scopes import must_add_the_column_once
from workbook.attacks import serving
from workbook.checking import run
from workbook.ladder import ROOT, Step, find, steps
from workbook.settings import POSTGRESQL, settings

STEP = find("step10")
NEW_USER = {"username": "new_user", "password": "wrong battery mustang"}

pytestmark = [pytest.mark.long, pytest.mark.group("PostgreSQL")]


@pytest.mark.parametrize(
    "step", [step for step in steps() if step.needs_database], ids=lambda s: s.name
)
def test_the_suite_passes_on_postgresql(
    postgresql: Server, monkeypatch: pytest.MonkeyPatch, step: Step
):
    monkeypatch.setenv(POSTGRESQL, postgresql.url)
    outcome = run(step)
    assert outcome.all_passed, [str(result) for result in outcome.failed]


def test_processes_that_start_at_once_add_the_column_once(
    postgresql: Server, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(POSTGRESQL, postgresql.url)
    must_add_the_column_once()


def test_the_app_answers_503_until_the_server_is_back(
    postgresql: Server, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setenv(POSTGRESQL, postgresql.url)
    with serving(STEP) as target:
        token = target.own_token()
        postgresql.stop()
        try:
            # Each comes within the client's limit, or this raises.
            answers = [
                target.show(token),
                target.try_login("johndoe", "secret"),
                target.client.post("/users", json=NEW_USER),
            ]
        finally:
            postgresql.start()
        assert [answer.status_code for answer in answers] == [503, 503, 503]
        assert target.show(token).status_code == 200
        assert target.client.post("/users", json=NEW_USER).status_code == 201


@pytest.mark.parametrize("scheme", ["postgresql+psycopg", "postgresql"])
def test_a_wrong_password_is_one_line_without_it(postgresql: Server, scheme: str):
    with psycopg.connect(
        postgresql.url.replace("+psycopg", ""), autocommit=True
    ) as connection:
        connection.execute("DROP ROLE IF EXISTS guarded")
        connection.execute("CREATE ROLE guarded LOGIN PASSWORD 'right'")
    host = postgresql.url.partition("?")[2]
    url = f"{scheme}://guarded:not-the-word@/postgres?{host}"
    with tempfile.TemporaryDirectory() as folder:
        ended = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", f"import steps.{STEP.name}.main"],
            capture_output=True,
            text=True,
            cwd=folder,
            env=os.environ
            | settings(STEP)
            | {"DATABASE_URL": url, "PYTHONPATH": str(ROOT)},
        )
    assert ended.returncode == 1
    assert ended.stderr.startswith("DATABASE_URL: ")
    assert ended.stderr.count("\n") == 1
    assert "not-the-word" not in ended.stdout + ended.stderr
