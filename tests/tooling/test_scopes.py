"""What step 11 does to a table of step 10, and a suite can't see by HTTP."""

import subprocess
import sys

from tests.steps.contract.scopes import Rights
from workbook.ladder import ROOT, find
from workbook.settings import settings

BEFORE, STEP = find("step10_database"), find("step11_scopes")
MADE = "from steps.{name} import database; database.create_table()"
SCOPES = "\nprint(database.get_user('johndoe').scopes)"


def start(name: str, given: dict[str, str], then: str = "") -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", MADE.format(name=name) + then],
        cwd=ROOT,
        env={"PATH": "", "PYTHONPATH": str(ROOT), **given},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def must_add_the_column_once() -> None:
    given = settings(STEP)
    assert start(BEFORE.name, given).communicate()[0] == ""
    started = [start(STEP.name, given, SCOPES) for _ in range(4)]
    assert [one.communicate()[0] for one in started] == ["me items\n"] * 4
    assert Rights(given["DATABASE_URL"]).of("alice") == "me items"


def test_processes_that_start_at_once_add_the_column_once():
    must_add_the_column_once()


def test_a_table_that_lacks_more_is_left_as_it_is():
    given = settings(STEP)
    assert start(BEFORE.name, given).communicate()[0] == ""
    table = Rights(given["DATABASE_URL"])
    table._run("ALTER TABLE users DROP COLUMN email")
    said = start(STEP.name, given).communicate()[0]
    assert said.startswith("DATABASE_URL: its table users has no email, scopes.")
    # Step 10 can still use it, as soon as the column is back.
    table._run("ALTER TABLE users ADD COLUMN email TEXT")
    assert start(BEFORE.name, given).communicate()[0] == ""


def test_step_10_still_uses_a_table_of_step_11():
    """Old and new processes run beside each other while a version is replaced."""
    given = settings(STEP)
    assert start(STEP.name, given).communicate()[0] == ""
    add = (
        "\ndatabase.add_user(database.UserInDB(username='erika', hashed_password='x'))"
    )
    assert start(BEFORE.name, given, add).communicate()[0] == ""
    assert Rights(given["DATABASE_URL"]).of("erika") == "me items"
