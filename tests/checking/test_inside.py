"""What HTTP does not show is reached in the same way here and behind the wall: other
settings, held hashes, the costs of a login."""

import os
import shutil
from pathlib import Path

import pytest

from workbook.checking import Judge, run
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


@pytest.mark.apart
@pytest.mark.parametrize("behind_the_wall", [True, False])
def test_an_answer_may_look_at_its_surroundings_at_each_request(
    behind_the_wall: bool, tmp_path: Path
):
    """It also puts what is in .env into the environment, as python-dotenv does. The
    next launch and the next answer find nothing of it there."""
    step = WITH_SETTINGS[0]
    shutil.copytree(step.folder, tmp_path / step.name)
    main = tmp_path / step.name / "main.py"
    source = main.read_text("utf-8")
    each_time = source.replace("settings.secret_key", "load_settings().secret_key")
    assert each_time != source
    main.write_text(
        each_time.replace(
            "settings = load_settings()",
            "from dotenv import load_dotenv\n"
            "load_dotenv('.env')\n"
            "settings = load_settings()",
        ),
        "utf-8",
    )
    judge = Judge()
    try:
        outcome = (judge.check if behind_the_wall else run)(step, answers=tmp_path)
    finally:
        judge.close()
    assert not outcome.problem
    assert [str(result.story or result.reason) for result in outcome.failed] == []
    assert "ACCESS_TOKEN_EXPIRE_MINUTES" not in os.environ


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
