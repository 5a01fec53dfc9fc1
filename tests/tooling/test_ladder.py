"""One name, four places: the manifest, the folders and the files agree."""

from pathlib import Path

import pytest

from workbook.ladder import (
    ROOT,
    Step,
    UnknownStep,
    after,
    before,
    find,
    modules_in,
    sources,
    steps,
)

EACH_STEP = pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)


def test_every_folder_is_in_the_manifest_and_every_entry_has_its_folder():
    folders = {path.parent.name for path in ROOT.glob("steps/*/main.py")}
    assert {step.name for step in steps()} == folders


def test_every_suite_belongs_to_a_step():
    suites = set(ROOT.glob("tests/steps/test_*.py"))
    assert suites == {step.suite for step in steps()}


@EACH_STEP
@pytest.mark.parametrize("place", ["main", "suite", "page", "notebook"])
def test_a_step_has_its_four_places(step: Step, place: str):
    assert getattr(step, place).is_file()


@EACH_STEP
def test_the_name_begins_with_the_number(step: Step):
    assert step.name.startswith(f"step{step.number:02}_")


@EACH_STEP
def test_the_texts_fit_where_they_are_shown(step: Step):
    assert len(step.title) <= 40
    assert step.question.endswith("?")
    assert step.takeaway.endswith(".")


@EACH_STEP
def test_the_texts_fit_into_a_table_of_markdown(step: Step):
    texts = [text for text in vars(step).values() if isinstance(text, str)]
    assert [text for text in texts if "|" in text or "\n" in text or not text] == []


@EACH_STEP
def test_the_docstring_tells_the_number_and_how_to_run_it(step: Step):
    source = step.main.read_text("utf-8")
    assert source.startswith(f'"""Step {step.number}: ')
    assert f"uvicorn {step.app} --reload\n" in source
    assert "Unsafe on purpose, never deploy it" in source


@EACH_STEP
def test_a_step_stands_alone(step: Step):
    source = "".join(sources(step.modules).values())
    assert "import workbook" not in source
    assert "from workbook" not in source
    assert "import steps" not in source
    assert "from steps" not in source


def test_the_modules_of_a_step_are_its_files_the_main_one_first(
    small_ladder: tuple[Step, ...],
):
    assert [[module.name for module in step.modules] for step in small_ladder] == [
        ["main.py"],
        ["main.py", "settings.py"],
        ["main.py", "settings.py", "tokens.py"],
    ]
    assert small_ladder[1].modules[1] == small_ladder[1].folder / "settings.py"


def test_what_cannot_be_imported_by_its_name_is_no_module(tmp_path: Path):
    for name in (
        "main.py",
        "app.py",
        "__init__.py",
        "main.2026-11-22T18-30-05.py",
        ".main.py.swp",
        ".hidden.py",
        "my-notes.py",
        "notes.txt",
    ):
        (tmp_path / name).touch()
    assert [module.name for module in modules_in(tmp_path)] == ["main.py", "app.py"]


@pytest.mark.parametrize(
    "text", ["5", "05", "step05", "step05_expiry", "STEP05", "expiry", "exp", " 5 "]
)
def test_a_step_is_found_by_number_name_or_the_start_of_one(text: str):
    assert find(text).name == "step05_expiry"


@pytest.mark.parametrize("text", ["0", "99", "", "nothing", "-1", "5.0", "main"])
def test_a_step_that_does_not_exist_is_told_so(text: str):
    with pytest.raises(UnknownStep, match="There is no step"):
        find(text)


def test_a_start_that_several_steps_share_names_them_all():
    with pytest.raises(UnknownStep, match=r"step01_fake_hash.*step05_expiry"):
        find("step")


def test_neighbours_are_one_rung_away_and_the_ladder_has_two_ends():
    first, second = steps()[:2]
    assert after(first) == second
    assert before(second) == first
    assert before(first) is None
    assert after(steps()[-1]) is None
