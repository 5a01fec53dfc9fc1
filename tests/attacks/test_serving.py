"""The server that is attacked is a real one, and ends with the lesson."""

import re
from dataclasses import replace
from pathlib import Path

import psutil
import pytest

from workbook import timeouts
from workbook.attacks import ATTACKS, NoTarget, run, serving
from workbook.ladder import find

STEP = find("1")


def serve(source: str, answers: Path) -> None:
    """Begins to serve an answer with this source."""
    (answers / STEP.name).mkdir()
    (answers / STEP.name / "main.py").write_text(source, "utf-8")
    serving(STEP, answers=answers).__enter__()


def children() -> set[int]:
    return {process.pid for process in psutil.Process().children(recursive=True)}


def test_a_served_step_is_a_process_that_ends_with_the_block():
    before = children()
    with serving(STEP) as target:
        [process] = children() - before
        answer = target.client.get("/users/me")
    assert answer.status_code == 401
    assert answer.headers["server"] == "uvicorn"
    assert not psutil.pid_exists(process)


def test_the_server_ends_when_the_lesson_breaks_off():
    before = children()
    with pytest.raises(KeyboardInterrupt), serving(STEP):
        raise KeyboardInterrupt
    assert children() == before


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import nothing_like_it\n", "package with `nothing_like_it` isn't installed"),
        ("x = 1\n", "has no `app`"),
        ("import os; os._exit(3)\n", "it ended its process, with exit status 3"),
    ],
)
def test_an_answer_that_cannot_be_served_says_why(
    tmp_path: Path, source: str, reason: str
):
    with pytest.raises(NoTarget, match=rf"(?s)main.py .*{reason}"):
        serve(source, tmp_path)


HANGS_IN_ITS_LIFESPAN = """
import asyncio

async def app(scope, receive, send):
    await asyncio.sleep(600)
"""


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("while True: pass\n", "it computed for . seconds without an end"),
        ("import threading; threading.Event().wait()\n", "it did nothing but wait"),
        pytest.param(
            HANGS_IN_ITS_LIFESPAN, "it did nothing but wait", marks=pytest.mark.long
        ),
        pytest.param(
            "print('hello', flush=True)\nwhile True: pass\n",
            "an endless loop",
            marks=pytest.mark.long,
        ),
    ],
    ids=["computes", "sleeps", "sleeps in its lifespan", "prints and computes"],
)
def test_an_answer_that_never_starts_is_described_by_what_it_did(
    tmp_path: Path, source: str, reason: str, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(timeouts, "START", replace(timeouts.START, cpu=1, idle=1))
    with pytest.raises(NoTarget, match=f"main.py cannot be served: .*{reason}"):
        serve(source, tmp_path)


def test_an_answer_that_the_machine_has_no_time_for_is_not_judged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(timeouts, "START", replace(timeouts.START, wall=0.1))
    with pytest.raises(NoTarget, match="machine is too busy to judge"):
        serve("while True: pass\n", tmp_path)


def test_a_missing_answer_is_told_where_it_was_looked_for(tmp_path: Path):
    with pytest.raises(NoTarget, match=f"There is no {tmp_path}"):
        serving(STEP, answers=tmp_path).__enter__()


def test_an_answer_is_attacked_with_what_its_own_modules_hold(tmp_path: Path):
    """The table may be made when the app is imported, and in another file."""
    folder = tmp_path / STEP.name
    folder.mkdir()
    source = STEP.main.read_text("utf-8")
    table, rest = source.index("fake_users_db = "), source.index("class User(")
    (folder / "users.py").write_text(source[table:rest], "utf-8")
    (folder / "main.py").write_text(
        source[:table] + "from .users import fake_users_db\n\n\n" + source[rest:],
        "utf-8",
    )
    [attack] = [one for one in ATTACKS if one.name == "reverse_stolen_hash"]
    with serving(STEP, answers=tmp_path) as target:
        assert run(attack, target).got_through is True
        assert target.user_table == {
            "johndoe": "fakehashedsecret",
            "alice": "fakehashedsecret2",
        }


def test_an_answer_is_attacked_as_it_runs_for_its_author(tmp_path: Path):
    """A module and files beside main.py, the key in .env, and an app factory."""
    step = find("5")
    folder = tmp_path / step.name
    folder.mkdir()
    source = step.main.read_text("utf-8")
    table, rest = source.index("fake_users_db = "), source.index("class Token(")
    before = re.sub(
        "SECRET_KEY = .*",
        "from dotenv import dotenv_values\n"
        'SECRET_KEY = dotenv_values(".env")["JWT_KEY"]',
        source[:table],
    )
    (folder / "users.json").write_text('["johndoe", "alice"]', "utf-8")
    (folder / ".env").write_text("JWT_KEY=of-the-learner-and-of-no-one-else\n", "utf-8")
    (folder / "database.py").write_text(
        "import json\n\n"
        f"{source[table:rest]}\n"
        'assert list(fake_users_db) == json.load(open("users.json"))\n',
        "utf-8",
    )
    made = source[rest:].replace("app = FastAPI()", "api = FastAPI()")
    made = made.replace("@app.", "@api.")
    (folder / "main.py").write_text(
        f"{before}from database import fake_users_db\n\n\n{made}\n\n"
        "def app() -> FastAPI:\n    return api\n",
        "utf-8",
    )
    with serving(step, answers=tmp_path) as target:
        assert target.secret_key == "of-the-learner-and-of-no-one-else"
        assert target.user_table is not None
        assert set(target.user_table) == {"johndoe", "alice"}
        assert target.is_own_record(target.show(target.own_token()))


def test_an_answer_with_a_link_out_of_its_folder_is_not_served(tmp_path: Path):
    folder = tmp_path / STEP.name
    folder.mkdir()
    (folder / "main.py").write_text(STEP.main.read_text("utf-8"), "utf-8")
    (folder / "disk").symlink_to("/")
    with pytest.raises(NoTarget, match="disk is a link out of its folder"):
        serving(STEP, answers=tmp_path).__enter__()
