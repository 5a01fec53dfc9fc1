"""A learner's app grows: a step begins with their own version of the one before."""

import ast
from dataclasses import replace
from pathlib import Path

import pytest

from workbook.checking import Outcome, Result
from workbook.ladder import Step, find
from workbook.learning import (
    SKELETON,
    CannotStart,
    beginning,
    digest,
    is_untouched,
    main_of,
    mine,
    ours,
    remember_check,
    start,
)

STEP1, STEP2 = find("1"), find("2")
PASSES = Outcome([Result("test_it", "passed")])
FAILS = Outcome([Result("test_it", "failed")])


def written(step: Step, answers: Path, **files: str) -> Path:
    """A version of the learner's: `main` and others by their names without `.py`."""
    folder = main_of(step, answers).parent
    for name, source in files.items():
        path = folder / f"{name.replace('__', '/')}.py"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(source, "utf-8")
    return folder


def checked(step: Step, answers: Path, outcome: Outcome) -> None:
    remember_check(answers, step, digest(step, answers), outcome)


def test_a_version_that_passed_is_the_beginning_of_the_next_step(tmp_path: Path):
    written(STEP1, tmp_path, main="mine")
    checked(STEP1, tmp_path, PASSES)
    begins = beginning(STEP2, tmp_path)
    assert begins.is_mine
    assert begins.files == {"main.py": b"mine"}


@pytest.mark.parametrize(
    ("outcome", "why"),
    [(None, "it wasn't checked yet"), (FAILS, "it failed its last check")],
    ids=["unchecked", "failing"],
)
def test_ours_is_the_beginning_where_the_learners_has_not_passed(
    tmp_path: Path, outcome: Outcome | None, why: str
):
    written(STEP1, tmp_path, main="mine")
    if outcome:
        checked(STEP1, tmp_path, outcome)
    begins = beginning(STEP2, tmp_path)
    assert not begins.is_mine
    assert begins == replace(ours(STEP2), passed_over=why)


def test_a_version_that_changed_since_it_passed_is_not_taken(tmp_path: Path):
    written(STEP1, tmp_path, main="mine")
    checked(STEP1, tmp_path, PASSES)
    written(STEP1, tmp_path, main="broken")
    begins = beginning(STEP2, tmp_path)
    assert not begins.is_mine
    assert begins.passed_over == "it has changed since its last check"


def test_without_a_version_of_the_learners_none_is_passed_over(tmp_path: Path):
    assert beginning(STEP2, tmp_path).passed_over == ""
    assert ours(STEP1).passed_over == ""


def test_all_files_of_an_app_come_along_and_what_running_it_left_does_not(
    tmp_path: Path,
):
    folder = written(STEP1, tmp_path, main="mine", users="u", db__models="m")
    for left in (".env", "__pycache__/main.pyc", "main.2026-11-22T18-30-05.py"):
        (folder / left).parent.mkdir(exist_ok=True)
        (folder / left).write_text("left", "utf-8")
    (folder / "users.json").write_text("{}", "utf-8")
    assert list(mine(STEP2, tmp_path).files) == [
        "main.py",
        "db/models.py",
        "users.json",
        "users.py",
    ]
    start(STEP2, tmp_path, files=mine(STEP2, tmp_path).files)
    assert (tmp_path / STEP2.name / "db" / "models.py").read_text("utf-8") == "m"


def test_an_import_by_the_name_of_the_step_is_one_of_the_new_step(tmp_path: Path):
    written(STEP1, tmp_path, main=f"from {STEP1.name}.users import users\n", users="")
    copied = mine(STEP2, tmp_path).files["main.py"]
    assert copied == f"from {STEP2.name}.users import users\n".encode()


def test_the_learners_version_cannot_be_the_beginning_where_there_is_none(
    tmp_path: Path,
):
    with pytest.raises(CannotStart, match=r"There's no .*main\.py to begin with"):
        mine(STEP2, tmp_path)
    with pytest.raises(CannotStart, match="No step comes before step 1"):
        mine(STEP1, tmp_path)


@pytest.mark.parametrize("step", [STEP1, STEP2], ids=lambda step: step.name)
def test_a_copy_is_untouched_until_it_is_changed(tmp_path: Path, step: Step):
    start(step, tmp_path, files=ours(step).files)
    assert is_untouched(step, tmp_path)
    main = main_of(step, tmp_path)
    main.write_text(main.read_text("utf-8") + "\n", "utf-8")
    assert not is_untouched(step, tmp_path)


def test_a_copy_of_the_learners_own_is_untouched_as_well(tmp_path: Path):
    written(STEP1, tmp_path, main=f"import {STEP1.name}.users\n", users="")
    start(STEP2, tmp_path, files=mine(STEP2, tmp_path).files)
    assert is_untouched(STEP2, tmp_path)


def test_a_step_that_was_never_begun_is_not_untouched(tmp_path: Path):
    assert not is_untouched(STEP2, tmp_path)


@pytest.mark.parametrize("source", [SKELETON, STEP1.main], ids=["skeleton", "ours"])
def test_a_docstring_of_ours_becomes_one_of_the_new_step(tmp_path: Path, source: Path):
    """It says which step the file is, and how to run it."""
    text = source.read_text("utf-8")
    written(STEP1, tmp_path, main=text)
    for step in (STEP2, find("3")):
        main = mine(step, tmp_path).files["main.py"].decode()
        docstring = ast.get_docstring(ast.parse(main)) or ""
        assert docstring.startswith(f"Step {step.number}, for you to write: ")
        assert f"uvicorn answers.{step.name}.main:app" in docstring
        rest = text[text.index("from typing") :]
        assert main.endswith(f'"""\n\n{rest}')
        written(step, tmp_path, main=main)
        assert is_untouched(step, tmp_path)


def test_a_copy_of_ours_says_which_step_it_is():
    main = ours(STEP2).files["main.py"].decode()
    text = STEP1.main.read_text("utf-8")
    docstring = ast.get_docstring(ast.parse(main)) or ""
    assert docstring.startswith("Step 2, for you to write: ")
    assert "It begins as our step 1." in docstring
    assert f"uvicorn answers.{STEP2.name}.main:app" in docstring
    assert main.endswith(f'"""\n\n{text[text.index("from typing") :]}')


def test_a_copy_made_by_hand_is_untouched_as_well(tmp_path: Path):
    written(STEP2, tmp_path, main=STEP1.main.read_text("utf-8"))
    assert is_untouched(STEP2, tmp_path)


def test_a_docstring_of_the_learners_own_stays(tmp_path: Path):
    written(STEP1, tmp_path, main='"""My login."""\n')
    assert mine(STEP2, tmp_path).files["main.py"] == b'"""My login."""\n'
