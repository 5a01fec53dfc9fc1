"""What real people wrote is explained rightly: `cases.py` has small versions of it."""

import re
from pathlib import Path

import pytest

from tests.mistakes.cases import CASES, SKELETON, Case, unfinished, written
from workbook.checking import Outcome, run, run_each
from workbook.ladder import find
from workbook.learning import verdict_on
from workbook.mistakes.causes import SERVED

STEPS = sorted({case.step for case in CASES.values()})
EACH_CASE = pytest.mark.parametrize("name", CASES)


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Outcome]:
    """What the behaviours that show a case say of it, by the case's name."""
    found: dict[str, Outcome] = {}
    for step in STEPS:
        folder = tmp_path_factory.mktemp("answers")
        names = [name for name, case in CASES.items() if case.step == step]
        cases = [
            (written(CASES[name], folder / str(n)), CASES[name].only.split())
            for n, name in enumerate(names)
        ]
        found |= zip(names, run_each(find(step), cases), strict=True)
    return found


def must_be_explained(case: Case, outcome: Outcome) -> None:
    """The explanation has the words of the case. A known mistake is named where the
    case is one, and nowhere else."""
    assert not outcome.problem
    assert outcome.failed
    verdict = verdict_on(find(case.step), outcome)
    if case.mistake:
        first = verdict.suspects[0]
        assert (first.mistake.name, first.is_likely) == (case.mistake, True)
        text = first.mistake.diagnosis
    else:
        assert verdict.suspects == []
        assert verdict.cause is not None
        text = f"{verdict.cause.name}. {verdict.cause.diagnosis}"
    assert [word for word in case.words if word not in text] == []


@EACH_CASE
def test_a_case_is_explained_from_the_behaviours_that_show_it(
    name: str, outcomes: dict[str, Outcome]
):
    must_be_explained(CASES[name], outcomes[name])


# One in so many: each is explained from what shows it, and the rest of a suite seldom
# changes that.
SHARE = 3


@pytest.mark.long
@pytest.mark.apart
@pytest.mark.parametrize("step", STEPS)
def test_a_case_is_explained_from_its_whole_suite(
    step: str, tmp_path: Path, subtests: pytest.Subtests
):
    names = [name for name, case in CASES.items() if case.step == step][::SHARE]
    answers = [
        (written(CASES[name], tmp_path / str(n)), ()) for n, name in enumerate(names)
    ]
    for name, outcome in zip(names, run_each(find(step), answers), strict=True):
        with subtests.test(name):
            must_be_explained(CASES[name], outcome)


def test_a_wrong_expiry_is_shown_with_how_far_off_it_is(tmp_path: Path):
    case = CASES["22: utcnow() is combined with timestamp()"]
    outcome = run(find("5"), answers=written(case, tmp_path), only=case.only.split())
    failure = outcome.failed[0].failure
    assert failure is not None
    assert re.search(r"-?\d+ seconds from now", failure.difference)


@pytest.mark.parametrize(
    ("case", "behaviour"),
    [
        ("15: the paths have no slash at the end", SERVED),
        ("the username is in the token, and not as sub", "test_sub_is_the_username"),
        (
            "the typed password is never hashed",
            "test_the_stored_hash_does_not_log_in",
        ),
        ("every login gives the same token", "test_the_token_is_the_username"),
    ],
)
def test_the_first_hint_is_about_the_cause(case: str, behaviour: str, tmp_path: Path):
    """The first test to fail may only be where the cause is seen first."""
    step, answers = find(CASES[case].step), written(CASES[case], tmp_path)
    first = "test_the_record_holds_the_four_public_fields"
    only = [*CASES[case].only.split(), first, behaviour]
    verdict = verdict_on(step, run(step, answers=answers, only=only))
    assert verdict.behaviours[0] == behaviour


def test_a_mistake_is_found_in_unfinished_code(tmp_path: Path):
    """The login is written, the rest of the skeleton is not."""
    outcome = run(find("1"), answers=unfinished(tmp_path))
    verdict = verdict_on(find("1"), outcome)
    assert list(verdict.not_written) == ["get_current_user"]
    assert verdict.cause is not None
    assert verdict.cause.name == "the login says that the user doesn't exist"
    assert '404 "User not found"' in verdict.cause.diagnosis
    assert '401 "Wrong password"' in verdict.cause.diagnosis


def test_the_skeleton_is_not_written_yet_and_has_no_mistake(tmp_path: Path):
    folder = tmp_path / find("1").name
    folder.mkdir()
    (folder / "main.py").write_text(SKELETON.read_text("utf-8"), "utf-8")
    verdict = verdict_on(find("1"), run(find("1"), answers=tmp_path))
    assert (verdict.cause, verdict.suspects) == (None, [])
    assert [*verdict.not_written] == ["login", "get_current_user"]
