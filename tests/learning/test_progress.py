"""Progress is one file that only grows: nobody loses a line, and no line breaks it."""

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from workbook import timeouts
from workbook.checking import Outcome, Result
from workbook.ladder import Step, find
from workbook.learning import digest, main_of, progress
from workbook.learning.progress import CannotRemember, Record

STEP1, STEP2 = find("1"), find("2")

PASSES = Outcome([Result("test_one", "passed"), Result("test_two", "passed")])
FAILS = Outcome(
    [
        Result("test_one", "passed"),
        Result("test_two[first]", "failed"),
        Result("test_three", "failed"),
        Result("test_four", "skipped"),
    ]
)
BREAKS = Outcome(problem="main.py is empty")


def save(answers: Path, step: Step, source: str, *, at: float | None = None) -> str:
    """Saves a version of the learner's, and returns its digest."""
    main = main_of(step, answers)
    main.parent.mkdir(exist_ok=True)
    main.write_text(source, "utf-8")
    if at is not None:
        os.utime(main, (at, at))
    return digest(step, answers)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / progress.NAME


def test_without_a_file_nothing_is_known(tmp_path: Path):
    assert progress.read_progress(tmp_path) == {}
    assert progress.read_progress(tmp_path / "nowhere") == {}


def test_a_pass_is_remembered(tmp_path: Path):
    progress.remember_check(tmp_path, STEP1, "abc", PASSES)
    record = progress.read_progress(tmp_path)[STEP1.name]
    assert record == Record(digest="abc", passed=2, total=2)
    assert record.is_passed


def test_a_failure_is_remembered_with_the_behaviour_that_failed_first(tmp_path: Path):
    progress.remember_check(tmp_path, STEP1, "abc", FAILS)
    record = progress.read_progress(tmp_path)[STEP1.name]
    assert record == Record(
        digest="abc",
        passed=1,
        total=3,
        first="test_two",
        failed=["test_two[first]", "test_three"],
    )
    assert not record.is_passed


def test_the_failures_to_begin_with_are_remembered_before_the_first_one(tmp_path: Path):
    progress.remember_check(tmp_path, STEP1, "abc", FAILS, ["test_three"])
    record = progress.read_progress(tmp_path)[STEP1.name]
    assert record.first == "test_two"
    assert record.behaviours == ["test_three", "test_two"]


def test_of_many_failures_the_first_are_remembered(tmp_path: Path):
    """They run first next time. A line stays short."""
    results = [Result(f"test_{number}", "failed") for number in range(700)]
    progress.remember_check(tmp_path, STEP1, "abc", Outcome(results))
    failed = progress.read_progress(tmp_path)[STEP1.name].failed
    assert failed == [result.name for result in results[: progress.REMEMBERED]]


def test_a_check_that_judged_nothing_is_not_remembered(tmp_path: Path):
    progress.remember_check(tmp_path, STEP1, "abc", PASSES)
    before = progress.read_progress(tmp_path)
    busy = Outcome([Result("test_one", "failed")], not_judged="too busy")
    progress.remember_check(tmp_path, STEP1, "def", busy)
    assert progress.read_progress(tmp_path) == before


def test_a_line_without_the_names_of_failed_tests_is_read(tmp_path: Path, file: Path):
    """Older versions of the workbook wrote none."""
    line = {"digest": "abc", "passed": 1, "total": 2, "first": "test_two"}
    said = {"step": STEP1.name, "problem": False} | line
    file.write_text(json.dumps(said), "utf-8")
    assert progress.read_progress(tmp_path)[STEP1.name] == Record(**line)


def test_an_answer_that_cannot_be_judged_is_not_passed(tmp_path: Path):
    progress.remember_check(tmp_path, STEP1, "abc", BREAKS)
    assert not progress.read_progress(tmp_path)[STEP1.name].is_passed


def test_the_last_check_counts_and_steps_are_told_apart(tmp_path: Path):
    progress.remember_check(tmp_path, STEP1, "old", FAILS)
    progress.remember_check(tmp_path, STEP2, "other", FAILS)
    progress.remember_check(tmp_path, STEP1, "new", PASSES)
    records = progress.read_progress(tmp_path)
    assert records[STEP1.name].digest == "new"
    assert records[STEP1.name].is_passed
    assert not records[STEP2.name].is_passed


def test_a_version_that_was_saved_after_its_check_has_changed(tmp_path: Path):
    progress.remember_check(tmp_path, STEP1, save(tmp_path, STEP1, "one"), PASSES)
    assert not progress.read_progress(tmp_path)[STEP1.name].changed
    save(tmp_path, STEP1, "two")
    assert progress.read_progress(tmp_path)[STEP1.name].changed


def test_a_version_that_is_gone_has_not_changed(tmp_path: Path):
    progress.remember_check(tmp_path, STEP1, "abc", PASSES)
    assert not progress.read_progress(tmp_path)[STEP1.name].changed


def test_a_version_that_was_put_back_has_passed_again(tmp_path: Path):
    """What failed in between was another version."""
    progress.remember_check(tmp_path, STEP1, save(tmp_path, STEP1, "good"), PASSES)
    progress.remember_check(tmp_path, STEP1, save(tmp_path, STEP1, "bad"), FAILS)
    assert not progress.read_progress(tmp_path)[STEP1.name].is_passed
    save(tmp_path, STEP1, "good")
    record = progress.read_progress(tmp_path)[STEP1.name]
    assert record.is_passed
    assert not record.changed


def test_the_last_check_of_the_same_version_counts(tmp_path: Path):
    now = save(tmp_path, STEP1, "mine")
    progress.remember_check(tmp_path, STEP1, now, PASSES)
    progress.remember_check(tmp_path, STEP1, now, FAILS)
    assert not progress.read_progress(tmp_path)[STEP1.name].is_passed


def test_the_step_last_worked_on_is_the_one_that_was_saved_last(tmp_path: Path):
    assert progress.last_worked_on({}, tmp_path) is None
    save(tmp_path, STEP1, "one", at=2000)
    save(tmp_path, STEP2, "two", at=1000)
    assert progress.last_worked_on({}, tmp_path) == STEP1


def test_the_step_last_worked_on_is_the_one_that_was_checked_last(tmp_path: Path):
    save(tmp_path, STEP1, "one", at=2000)
    progress.remember_check(tmp_path, STEP2, save(tmp_path, STEP2, "two", at=1), PASSES)
    records = progress.read_progress(tmp_path)
    assert progress.last_worked_on(records, tmp_path) == STEP2


def test_hints_outlive_the_next_check(tmp_path: Path):
    """A learner who changes something and fails as before gets the next hint."""
    progress.remember_hint(tmp_path, STEP1, "test_two", 1)
    progress.remember_hint(tmp_path, STEP1, "test_two", 2)
    progress.remember_check(tmp_path, STEP1, "abc", FAILS)
    assert progress.read_progress(tmp_path)[STEP1.name].hints == {"test_two": 2}


def test_what_was_written_before_is_never_touched(tmp_path: Path, file: Path):
    progress.remember_check(tmp_path, STEP1, "abc", FAILS)
    before = file.read_bytes()
    progress.remember_check(tmp_path, STEP1, "def", PASSES)
    assert file.read_bytes().startswith(before)


def test_writers_at_once_lose_nothing(tmp_path: Path, file: Path):
    """Each opens the file for itself, as two terminals do."""
    with ThreadPoolExecutor(8) as pool:
        for number in range(400):
            pool.submit(progress.remember_hint, tmp_path, STEP1, f"test_{number}", 1)
    lines = [json.loads(line) for line in file.read_text("utf-8").split("\n") if line]
    assert len(lines) == 400
    assert len(progress.read_progress(tmp_path)[STEP1.name].hints) == 400


@pytest.mark.parametrize(
    "broken",
    [
        b'{"step": "step01_fake_hash", "dig',
        b"\xff\xfe\x00",
        b"[]",
        b"null",
        b'"step"',
        b"{}",
        b"[" * 100_000,
        b'{"step": "step01_fake_hash", "digest": "lost", "passed": 2, "total": 2, '
        b'"first": "", "problem": false, "at": "soon"}',
        b'{"step": "step01_fake_hash", "hint": "test_two", "level": "high"}',
        b'{"step": "step01_fake_hash", "digest": "", "passed": Infinity, "total": 2}',
        b'{"step": "step01_fake_hash", "digest": "lost", "passed": 2, "total": []}',
        b'{"step": "step01_fake_hash", "digest": "lost", "passed": 2, "total": 2, '
        b'"first": "", "problem": false, "failed": 5}',
        b'{"step": "step01_fake_hash", "digest": "lost", "passed": '
        + b"9" * 5000
        + b"}",
    ],
    ids=lambda broken: repr(broken[:40]),
)
def test_a_broken_line_is_no_line_and_spoils_no_other(
    tmp_path: Path, file: Path, broken: bytes
):
    progress.remember_check(tmp_path, STEP1, "abc", PASSES)
    with file.open("ab") as end:
        end.write(broken)
    assert progress.read_progress(tmp_path)[STEP1.name] == Record("abc", 2, 2)
    progress.remember_check(tmp_path, STEP2, "def", PASSES)
    assert progress.read_progress(tmp_path)[STEP1.name] == Record("abc", 2, 2)
    assert progress.read_progress(tmp_path)[STEP2.name].is_passed


@pytest.mark.parametrize(("level", "known"), [(-5, 0), (99, 3)])
def test_a_level_that_no_hint_has_is_the_nearest(
    tmp_path: Path, file: Path, level: int, known: int
):
    said = {"step": STEP1.name, "hint": "test_two", "level": level}
    file.write_text(json.dumps(said), "utf-8")
    assert progress.read_progress(tmp_path)[STEP1.name].hints == {"test_two": known}


def test_a_deleted_file_is_begun_anew(tmp_path: Path, file: Path):
    progress.remember_check(tmp_path, STEP1, "abc", PASSES)
    file.unlink()
    assert progress.read_progress(tmp_path) == {}
    progress.remember_check(tmp_path, STEP2, "def", PASSES)
    assert list(progress.read_progress(tmp_path)) == [STEP2.name]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(CannotRemember, match=r"cannot be written to .*No such file"):
        progress.remember_check(tmp_path / "nowhere", STEP1, "abc", PASSES)


def test_a_disk_that_takes_half_a_line_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The system says how much it wrote, and raises nothing."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, line: write(file, line[:20]))
    with pytest.raises(CannotRemember, match="No space left"):
        progress.remember_check(tmp_path, STEP1, "abc", PASSES)
    monkeypatch.undo()
    progress.remember_check(tmp_path, STEP2, "def", PASSES)
    assert list(progress.read_progress(tmp_path)) == [STEP2.name]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, file: Path):
    os.mkfifo(file)
    known: list[dict[str, Record]] = []
    reader = threading.Thread(
        target=lambda: known.append(progress.read_progress(tmp_path)), daemon=True
    )
    reader.start()
    reader.join(timeout=timeouts.COMMAND)
    assert known == [{}]
