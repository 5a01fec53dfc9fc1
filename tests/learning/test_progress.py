"""Progress is one file that only grows: nobody loses a line, and no line breaks it."""

import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from workbook.checking import Outcome, Result
from workbook.ladder import find
from workbook.learning import progress
from workbook.learning.progress import CannotRemember, Record

STEP1, STEP2 = find("1"), find("2")

HOLDS = Outcome([Result("test_one", "passed"), Result("test_two", "passed")])
FAILS = Outcome(
    [
        Result("test_one", "passed"),
        Result("test_two[first]", "failed"),
        Result("test_three", "failed"),
        Result("test_four", "skipped"),
    ]
)
BREAKS = Outcome(problem="main.py is empty")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / progress.NAME


def test_without_a_file_nothing_is_known(tmp_path: Path):
    assert progress.read(tmp_path) == {}
    assert progress.read(tmp_path / "nowhere") == {}


def test_a_pass_is_remembered(tmp_path: Path):
    progress.remember_check(tmp_path, STEP1, "abc", HOLDS)
    record = progress.read(tmp_path)[STEP1.name]
    assert record == Record(digest="abc", passed=2, total=2)
    assert record.holds


def test_a_failure_is_remembered_with_the_behaviour_that_failed_first(tmp_path: Path):
    progress.remember_check(tmp_path, STEP1, "abc", FAILS)
    record = progress.read(tmp_path)[STEP1.name]
    assert record == Record(digest="abc", passed=1, total=3, first="test_two")
    assert not record.holds


def test_an_answer_that_cannot_be_judged_is_not_passed(tmp_path: Path):
    progress.remember_check(tmp_path, STEP1, "abc", BREAKS)
    assert not progress.read(tmp_path)[STEP1.name].holds


def test_the_last_check_counts_and_steps_are_told_apart(tmp_path: Path):
    progress.remember_check(tmp_path, STEP1, "old", FAILS)
    progress.remember_check(tmp_path, STEP2, "other", FAILS)
    progress.remember_check(tmp_path, STEP1, "new", HOLDS)
    records = progress.read(tmp_path)
    assert records[STEP1.name].digest == "new"
    assert records[STEP1.name].holds
    assert not records[STEP2.name].holds


def test_hints_outlive_the_next_check(tmp_path: Path):
    """A learner who changes something and fails as before gets the next hint."""
    progress.remember_hint(tmp_path, STEP1, "test_two", 1)
    progress.remember_hint(tmp_path, STEP1, "test_two", 2)
    progress.remember_check(tmp_path, STEP1, "abc", FAILS)
    assert progress.read(tmp_path)[STEP1.name].hints == {"test_two": 2}


def test_what_was_written_before_is_never_touched(tmp_path: Path, file: Path):
    progress.remember_check(tmp_path, STEP1, "abc", FAILS)
    before = file.read_bytes()
    progress.remember_check(tmp_path, STEP1, "def", HOLDS)
    assert file.read_bytes().startswith(before)


def test_writers_at_once_lose_nothing(tmp_path: Path, file: Path):
    """Each opens the file for itself, as two terminals do."""
    with ThreadPoolExecutor(8) as pool:
        for number in range(400):
            pool.submit(progress.remember_hint, tmp_path, STEP1, f"test_{number}", 1)
    lines = [json.loads(line) for line in file.read_text("utf-8").split("\n") if line]
    assert len(lines) == 400
    assert len(progress.read(tmp_path)[STEP1.name].hints) == 400


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
        b'{"step": "step01_fake_hash", "hint": "test_two", "level": "high"}',
        b'{"step": "step01_fake_hash", "digest": "", "passed": Infinity, "total": 2}',
        b'{"step": "step01_fake_hash", "digest": "lost", "passed": 2, "total": []}',
        b'{"step": "step01_fake_hash", "digest": "lost", "passed": '
        + b"9" * 5000
        + b"}",
    ],
    ids=lambda broken: repr(broken[:40]),
)
def test_a_broken_line_is_no_line_and_spoils_no_other(
    tmp_path: Path, file: Path, broken: bytes
):
    progress.remember_check(tmp_path, STEP1, "abc", HOLDS)
    with file.open("ab") as end:
        end.write(broken)
    assert progress.read(tmp_path)[STEP1.name] == Record("abc", 2, 2)
    progress.remember_check(tmp_path, STEP2, "def", HOLDS)
    assert progress.read(tmp_path)[STEP1.name] == Record("abc", 2, 2)
    assert progress.read(tmp_path)[STEP2.name].holds


@pytest.mark.parametrize(("level", "known"), [(-5, 0), (99, 3)])
def test_a_level_that_no_hint_has_is_the_nearest(
    tmp_path: Path, file: Path, level: int, known: int
):
    said = {"step": STEP1.name, "hint": "test_two", "level": level}
    file.write_text(json.dumps(said), "utf-8")
    assert progress.read(tmp_path)[STEP1.name].hints == {"test_two": known}


def test_a_deleted_file_is_begun_anew(tmp_path: Path, file: Path):
    progress.remember_check(tmp_path, STEP1, "abc", HOLDS)
    file.unlink()
    assert progress.read(tmp_path) == {}
    progress.remember_check(tmp_path, STEP2, "def", HOLDS)
    assert list(progress.read(tmp_path)) == [STEP2.name]


def test_a_folder_that_is_not_there_is_told(tmp_path: Path):
    with pytest.raises(CannotRemember, match=r"cannot be written to .*No such file"):
        progress.remember_check(tmp_path / "nowhere", STEP1, "abc", HOLDS)


def test_a_disk_that_takes_half_a_line_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """The system says how much it wrote, and raises nothing."""
    write = os.write
    monkeypatch.setattr(os, "write", lambda file, line: write(file, line[:20]))
    with pytest.raises(CannotRemember, match="No space left"):
        progress.remember_check(tmp_path, STEP1, "abc", HOLDS)
    monkeypatch.undo()
    progress.remember_check(tmp_path, STEP2, "def", HOLDS)
    assert list(progress.read(tmp_path)) == [STEP2.name]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_what_is_no_file_is_not_waited_for(tmp_path: Path, file: Path):
    os.mkfifo(file)
    known: list[dict[str, Record]] = []
    reader = threading.Thread(
        target=lambda: known.append(progress.read(tmp_path)), daemon=True
    )
    reader.start()
    reader.join(timeout=20)
    assert known == [{}]
