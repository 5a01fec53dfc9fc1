"""The server that is attacked is a real one, and ends with the lesson."""

from pathlib import Path

import httpx
import psutil
import pytest

from workbook.attacks import ATTACKS, NoTarget, run, serving
from workbook.ladder import find

STEP = find("1")


def children() -> set[int]:
    return {process.pid for process in psutil.Process().children(recursive=True)}


def test_a_served_step_is_a_process_that_ends_with_the_block():
    before = children()
    with serving(STEP) as target:
        [process] = children() - before
        answer = httpx.get(f"{target.url}/users/me", trust_env=False)
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
        ("import nothing_like_it\n", "No module named 'nothing_like_it'"),
        ("x = 1\n", "has no attribute 'app'"),
        ("import os; os._exit(3)\n", "it ended its process, with exit status 3"),
    ],
)
def test_an_answer_that_cannot_be_served_says_why(
    tmp_path: Path, source: str, reason: str
):
    (tmp_path / STEP.name).mkdir()
    (tmp_path / STEP.name / "main.py").write_text(source, "utf-8")
    with pytest.raises(NoTarget, match=rf"main.py cannot be served: .*{reason}"):
        serving(STEP, answers=tmp_path).__enter__()


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
