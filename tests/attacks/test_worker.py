"""Attacks in a process of their own: their results, and their end at any moment."""

from pathlib import Path

import psutil

from workbook.attacks import AttackWorker
from workbook.ladder import find

STEP1 = find("1")
NAMES = ["read_password_hash", "type_a_token"]
CRASH = ["crash_with_bad_input"]


def answers_with(tmp_path: Path, source: str) -> Path:
    main = tmp_path / STEP1.name / "main.py"
    main.parent.mkdir()
    main.write_text(source, "utf-8")
    return tmp_path


def test_the_attacks_that_were_named_have_results(tmp_path: Path):
    answers = answers_with(tmp_path, STEP1.main.read_text("utf-8"))
    worker = AttackWorker(STEP1, answers, NAMES)
    assert worker.results() == dict.fromkeys(NAMES, True)
    worker.close()


def test_an_app_that_crashes_at_its_login_has_stopped_nothing(tmp_path: Path):
    source = STEP1.main.read_text("utf-8")
    crashes = source.replace("fake_hash_password(form", "no_such_function(form")
    assert crashes != source
    worker = AttackWorker(
        STEP1, answers_with(tmp_path, crashes), ["replay_old_token", *CRASH]
    )
    assert worker.results() == dict.fromkeys(["replay_old_token", *CRASH], None)
    worker.close()


def test_a_hash_in_an_answer_below_the_record_is_read(tmp_path: Path):
    """The items come with the whole user where the app needed one name."""
    step = find("5")
    source = step.main.read_text("utf-8")
    leaks = source.replace('"owner": current_user.username', '"owner": current_user')
    assert leaks != source
    main = tmp_path / step.name / "main.py"
    main.parent.mkdir()
    main.write_text(leaks, "utf-8")
    worker = AttackWorker(step, tmp_path, ["read_password_hash"])
    assert worker.results() == {"read_password_hash": True}
    worker.close()


def test_an_app_that_cannot_be_served_has_no_results(tmp_path: Path):
    worker = AttackWorker(STEP1, answers_with(tmp_path, "import no_such_thing"), NAMES)
    assert worker.results() == {}
    worker.close()


def test_a_worker_that_is_closed_leaves_no_process(tmp_path: Path):
    before = {child.pid for child in psutil.Process().children(recursive=True)}
    answers = answers_with(tmp_path, STEP1.main.read_text("utf-8"))
    AttackWorker(STEP1, answers, NAMES).close()
    after = {child.pid for child in psutil.Process().children(recursive=True)}
    assert after <= before
