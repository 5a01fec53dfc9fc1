"""A verdict comes with its diagnosis. An app can be checked by any step's suite."""

import shutil
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from workbook.checking import Evidence, Failure, Outcome, Result, run
from workbook.ladder import Step, find, steps
from workbook.learning import checks, verdict_on
from workbook.learning.checks import Checks
from workbook.mistakes import Cause, Diagnosis

STEP1, STEP2 = find("1"), find("2")
FAILED = Result("test_johndoe_logs_in", "failed")
CAUSE = Cause("it broke", "It broke there.")


@pytest.fixture
def diagnosed(monkeypatch: pytest.MonkeyPatch) -> list[Outcome]:
    """The outcomes that were diagnosed."""
    diagnosed: list[Outcome] = []

    def diagnose(step: object, outcome: Outcome) -> Diagnosis:
        diagnosed.append(outcome)
        return Diagnosis(CAUSE)

    monkeypatch.setattr(checks, "diagnose", diagnose)
    return diagnosed


def test_a_failure_comes_with_its_diagnosis(
    diagnosed: list[Outcome],
):
    verdict = verdict_on(STEP1, Outcome([FAILED]))
    assert (verdict.cause, verdict.suspects) == (CAUSE, [])
    assert verdict.step == STEP1


def test_a_check_that_broke_off_is_not_diagnosed(diagnosed: list[Outcome]):
    """The failures that it did not come to would change the diagnosis."""
    verdict = verdict_on(STEP1, Outcome([FAILED], not_judged="too busy"))
    assert (verdict.cause, verdict.suspects) == (None, [])
    assert diagnosed == []


def test_what_the_diagnosis_explains_is_what_to_begin_with():
    other = Result("test_it[one]", "failed")
    explained = [Result(f"test_that[{case}]", "failed") for case in "ab"]
    verdict = verdict_on(STEP1, Outcome([not_written("x"), other, *explained]))
    verdict = replace(verdict, explained=[one.name for one in explained])
    assert verdict.behaviours == ["test_that", "test_it", "test_x"]
    assert verdict.undiagnosed.behaviours == ["test_it", "test_that", "test_x"]


def test_a_login_that_crashes_is_shown_by_the_plainest_test(tmp_path: Path):
    """What is special about the last step fails, too, and says less."""
    step = steps()[-1]
    shutil.copytree(step.folder, tmp_path / step.name)
    main = tmp_path / step.name / "main.py"
    source = main.read_text("utf-8")
    broken = source.replace("user.username,", "usr.username,")
    assert broken != source
    main.write_text(broken, "utf-8")
    special = "test_a_token_that_lacks_a_claim_is_rejected"
    plain = "test_johndoe_logs_in"
    verdict = verdict_on(step, run(step, answers=tmp_path, only={special, plain}))
    assert verdict.cause is not None
    assert verdict.failed[0].behaviour == plain
    assert verdict.behaviours == [plain, special]


def not_written(asked: str, function: str = "") -> Result:
    evidence = Evidence(asked, 501, function=function)
    failure = Failure("curl", "501", "200", "501, not 200", "why", [], "", evidence)
    return Result(f"test_{asked}", "failed", failure)


def test_functions_that_only_raise_are_unwritten(tmp_path: Path):
    (tmp_path / STEP1.name).mkdir()
    main = tmp_path / STEP1.name / "main.py"
    outcome = Outcome([Result("test_a", "passed")])
    assert verdict_on(STEP1, outcome, tmp_path).unwritten == []
    main.write_text(
        "def not_written_yet(name): ...\n"
        "def login():\n    raise not_written_yet('login')\n"
        'def get_user():\n    raise not_written_yet("get_user")\n'
        "def old():\n    # raise not_written_yet('old')\n    return 1\n"
    )
    assert verdict_on(STEP1, outcome, tmp_path).unwritten == ["login", "get_user"]


def test_what_answers_501_is_not_written_yet():
    results = [
        not_written("POST /token", "login"),
        not_written("POST /token", "login"),
        not_written("GET /users/me"),
        FAILED,
    ]
    verdict = verdict_on(STEP1, Outcome(results))
    assert verdict.not_written == {"login": 2, "GET /users/me": 1}
    assert verdict.failed == [FAILED]


class PlayedWorker:
    """Finds a crash in the app that it is given."""

    hashes: list[list[str]] = []  # noqa: RUF012

    def check(self, step: Step, *, answers: Path, **how: object) -> Outcome:
        crash = f'File "{answers / step.name / "main.py"}", line 1'
        failure = Failure("curl", "500", "200", "500, not 200", "why", [], crash)
        failed = Result("test_it", "failed", failure, reason=crash)
        return Outcome([failed], problem=crash, printed=crash)

    def close(self) -> None:
        pass


def test_a_verdict_by_the_suite_of_another_step_names_the_files_of_the_learner(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """That suite is given a copy, by the name of its step."""
    monkeypatch.setattr(checks, "CheckWorker", PlayedWorker)
    folder = tmp_path / "answers" / STEP1.name
    shutil.copytree(STEP1.folder, folder)
    with closing(Checks(folder, None, None, tmp_path / "copies", workers=1)) as opened:
        outcome = opened.check(STEP2).outcome
    crash = f'File "{folder}/main.py", line 1'
    assert outcome.problem == outcome.printed == outcome.results[0].reason == crash
    assert outcome.results[0].failure is not None
    assert outcome.results[0].failure.raised == crash
