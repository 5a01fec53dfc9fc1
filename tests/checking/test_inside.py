"""What HTTP does not show is reached in the same way here and behind the wall: other
settings, held hashes, the costs of a login."""

import shutil
from pathlib import Path

import pytest

from workbook.checking import Judge
from workbook.ladder import Step, steps

WITH_SETTINGS = [step for step in steps() if step.needs_key]


@pytest.mark.parametrize("step", WITH_SETTINGS, ids=lambda step: step.name)
def test_our_step_holds_behind_the_wall_and_nothing_is_skipped(
    step: Step, tmp_path: Path
):
    shutil.copytree(step.folder, tmp_path / step.name)
    judge = Judge()
    try:
        outcome = judge.check(step, answers=tmp_path)
    finally:
        judge.close()
    assert not outcome.problem
    assert [str(result.story or result.reason) for result in outcome.failed] == []
    assert [result.reason for result in outcome.skipped] == []


def test_an_answer_that_refuses_to_start_is_told_in_its_own_words(tmp_path: Path):
    step = WITH_SETTINGS[0]
    (tmp_path / step.name).mkdir()
    main = tmp_path / step.name / "main.py"
    main.write_text("import sys\nsys.exit('SECRET_KEY is not to my liking')\n", "utf-8")
    judge = Judge()
    try:
        outcome = judge.check(step, answers=tmp_path)
    finally:
        judge.close()
    assert "and says:\nSECRET_KEY is not to my liking" in outcome.problem
