"""Every mistake in the bank is caught by its step's suite, by the test it names, and is
called by its name."""

import ast
from pathlib import Path

import pytest

from workbook.checking import run
from workbook.ladder import Step, steps
from workbook.mistakes import Mistake, mistakes
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
    right = step.main.read_text("utf-8")
    wrong = mistake.applied_to(right)
    assert ast.dump(ast.parse(wrong)) != ast.dump(ast.parse(right))


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
