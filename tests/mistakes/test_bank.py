"""Every mistake in the bank is caught by its step's suite, by the test it names, and is
called by its name."""

import ast
from pathlib import Path

import pytest

from workbook.checking import run
from workbook.ladder import Step, modules_in, sources, steps
from workbook.mistakes import BadEdit, Edit, Mistake, mistakes
from workbook.mistakes.diagnosis import diagnose
from workbook.mistakes.fingerprints import known, marks, write_answer

BANK = [(step, mistake) for step in steps() for mistake in mistakes(step)]
EACH = pytest.mark.parametrize(
    ("step", "mistake"),
    [pytest.param(s, m, id=f"{s.name}: {m.name}") for s, m in BANK],
)
EACH_STEP = pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)


@pytest.mark.apart
@EACH
def test_a_mistake_is_caught_by_the_test_it_names_and_leaves_the_marks_we_know(
    step: Step, mistake: Mistake, tmp_path: Path
):
    outcome = run(step, answers=write_answer(step, mistake, tmp_path))
    assert not outcome.problem
    assert mistake.caught_by in {result.behaviour for result in outcome.failed}
    stored = known(step).get(mistake.name)
    assert marks(outcome) == stored, "run: make fingerprints"
    names = [suspect.mistake.name for suspect in diagnose(step, outcome)]
    assert mistake.name in names


@EACH
def test_a_mistake_changes_what_the_code_does(step: Step, mistake: Mistake):
    right = sources(step.modules)
    assert trees(mistake.applied_to(right)) != trees(right)


def trees(texts: dict[str, str]) -> dict[str, str]:
    """What Python makes of each file: no comments, no blanks."""
    return {name: ast.dump(ast.parse(text)) for name, text in texts.items()}


def test_an_edit_is_of_the_file_that_it_names():
    edits = (Edit("key", "no key", "settings.py"), Edit("app", "no app"))
    texts = {"main.py": "app, key", "settings.py": "key, app"}
    assert made_of(*edits).applied_to(texts) == {
        "main.py": "no app, key",
        "settings.py": "no key, app",
    }


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (Edit("gone", ""), "found 0 times in main.py, not once"),
        (Edit("key", "", "settings.py"), "found 2 times in settings.py, not once"),
        (Edit("key", "", "tokens.py"), "found 0 times in tokens.py, not once"),
    ],
)
def test_an_edit_that_does_not_fit_is_told_with_its_file(edit: Edit, told: str):
    with pytest.raises(BadEdit, match=told):
        made_of(edit).applied_to({"main.py": "app", "settings.py": "key, key"})


def test_an_answer_has_all_files_of_the_step(
    tmp_path: Path, small_ladder: tuple[Step, ...]
):
    mistake = made_of(Edit(">= 32", "> 32", "settings.py"))
    answers = write_answer(small_ladder[1], mistake, tmp_path / "answers")
    answer = sources(modules_in(answers / small_ladder[1].name))
    assert list(answer) == ["main.py", "settings.py"]
    assert "len(key) > 32" in answer["settings.py"]


def made_of(*edits: Edit) -> Mistake:
    return Mistake("it", "what it is", "why so", "test_it", edits)


@EACH_STEP
def test_every_mistake_of_a_step_has_a_name_of_its_own(step: Step):
    names = [mistake.name for mistake in mistakes(step)]
    assert len(names) == len(set(names))


@EACH_STEP
def test_there_are_enough_mistakes_to_judge_a_suite_by(step: Step):
    assert len(mistakes(step)) >= (15 if step.number <= 2 else 25)


@EACH_STEP
def test_no_two_mistakes_of_a_step_leave_the_same_marks(step: Step):
    """Two that no test can tell apart are one mistake, or need another test."""
    by_marks: dict[frozenset[str], list[str]] = {}
    for name, left in known(step).items():
        by_marks.setdefault(left, []).append(name)
    assert [names for names in by_marks.values() if len(names) > 1] == []


@EACH_STEP
def test_the_stored_marks_are_those_of_the_bank(step: Step):
    assert set(known(step)) == {mistake.name for mistake in mistakes(step)}
