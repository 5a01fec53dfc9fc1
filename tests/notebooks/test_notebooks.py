"""What a learner meets who runs the notebooks, in any order, with any answer."""

import psutil
import pytest

from tests.notebooks.answers import TASKS
from tests.notebooks.rehearsal import Rehearsal
from tests.notebooks.tidy import NOTEBOOKS

NAMES = [path.stem for path in NOTEBOOKS]

A_TASK = pytest.mark.parametrize(
    ("notebook", "task"),
    [(notebook, task) for notebook, tasks in TASKS.items() for task in tasks],
)

# What comes of each prediction, where it is the same on every machine. The text around
# the cell builds on it.
COMES = {
    "step01_fake_hash": {
        "predict-login": "200",
        "predict-json": "422",
        "predict-ampersand": "400",
        "predict-no-token": "401",
        "predict-knocks": "2",
        "predict-names": "400",
        "predict-fields": "5",
        "predict-wire": "True",
    },
    "step02_response_model": {
        "predict-missing": "hashed_password",
        "predict-returned": "True",
        "predict-promise": "500",
        "predict-whose": "200",
        "predict-bytes": "37",
    },
    "step03_bcrypt": {
        "predict-twice": "False",
        "predict-guesses": "False",
        "predict-limit": "True",
        "predict-refusals": "False",
        "predict-crash": "(500, 401)",
    },
    "step04_jwt": {
        "predict-two-logins": "True",
        "predict-readable": "2",
        "predict-bits": "119",
        "predict-forged": "0",
        "predict-last": "4",
        "predict-deleted": "401",
        "predict-new-bob": "200",
        "predict-elsewhere": "True",
    },
    "step05_expiry": {
        "predict-lifetime": "1800",
        "predict-clock": "(200, 401)",
        "predict-edge": "2",
        "predict-lives": "30",
        "predict-mistakes": "(3, 2)",
        "predict-two-ways": "2",
    },
    "step06_settings": {
        "predict-printed": "0",
        "predict-starts": "1",
        "predict-cracked": "38",
        "predict-elsewhere": "(200, 401)",
        "predict-wins": "45",
    },
    "step07_safe_login": {
        "predict-cost": "(1, 0, 1, 1)",
        "predict-crash": "(500, 401, 401, 401)",
        "predict-limit": "(True, False)",
        "predict-most": "2",
        "predict-dates": "(4, 0)",
    },
    "step08_strict_tokens": {
        "predict-claims": "(2, 6)",
        "predict-names": "3",
        "predict-doors": "(2, 0)",
        "predict-bent": "2",
        "predict-options": "3",
        "predict-dates-of-ours": "1",
    },
}

# What a machine's own speed decides.
MEASURED = {
    "step03_bcrypt": {"predict-cost", "predict-list", "predict-clock"},
    "step05_expiry": {"predict-waiting"},
    "step07_safe_login": {"predict-gap"},
}


@pytest.mark.parametrize("notebook", NAMES)
def test_from_top_to_bottom_there_is_no_error(rehearsal: Rehearsal):
    wrong = {
        id: said
        for id, said in rehearsal.forwards.items()
        if said.errors or "is not known here" in said.text
    }
    assert wrong == {}


@pytest.mark.parametrize("notebook", NAMES)
def test_from_bottom_to_top_there_is_no_error(rehearsal: Rehearsal):
    wrong = {id: said.errors for id, said in rehearsal.backwards.items() if said.errors}
    assert wrong == {}


@A_TASK
def test_a_check_that_is_run_too_soon_says_what_to_run_first(
    rehearsal: Rehearsal, task: str
):
    said = flowing(rehearsal.backwards[f"check-{task}"].text)
    assert "is not known here" in said
    assert "Run the cell under Set-up and those between it and here" in said


@A_TASK
def test_an_empty_answer_is_told_what_an_answer_looks_like(
    rehearsal: Rehearsal, task: str
):
    verdict = flowing(rehearsal.forwards[f"check-{task}"].text)
    assert verdict.startswith("○ No answer yet. ")
    assert verdict.endswith("run that cell, then this one.")


@pytest.mark.parametrize(
    ("notebook", "task", "mistake"),
    [
        (notebook, task, mistake)
        for notebook, tasks in TASKS.items()
        for task, answers in tasks.items()
        for mistake in answers.mistakes
    ],
)
def test_a_mistake_is_told_what_is_wrong_with_it(
    rehearsal: Rehearsal, notebook: str, task: str, mistake: str
):
    said = rehearsal.wrong[task, mistake]
    assert said.errors == ()
    assert said.text.startswith("✗ Not yet. ")
    assert TASKS[notebook][task].mistakes[mistake] in flowing(said.text)


@A_TASK
def test_the_model_answer_holds_and_is_told_why(
    rehearsal: Rehearsal, notebook: str, task: str
):
    said = rehearsal.right[task]
    assert said.errors == ()
    assert said.text.startswith("✓ Right. ")
    assert TASKS[notebook][task].says in flowing(said.text)


@pytest.mark.parametrize(
    ("notebook", "cell", "comes"),
    [
        (notebook, cell, comes)
        for notebook, cells in COMES.items()
        for cell, comes in cells.items()
    ],
)
def test_what_is_to_be_predicted_comes(rehearsal: Rehearsal, cell: str, comes: str):
    printed = rehearsal.forwards[cell].text.splitlines()
    assert f"You made no guess. It is {comes}." in printed


@pytest.mark.parametrize("notebook", list(TASKS))
def test_every_prediction_is_known_or_measured(rehearsal: Rehearsal, notebook: str):
    predictions = {id for id in rehearsal.forwards if id.startswith("predict-")}
    assert predictions == COMES[notebook].keys() | MEASURED.get(notebook, set())


@pytest.mark.parametrize(
    ("notebook", "cell"),
    [
        ("step03_bcrypt", "anatomy"),
        ("step03_bcrypt", "predict-cost"),
        ("step03_bcrypt", "lasting"),
        ("step03_bcrypt", "predict-clock"),
        ("step04_jwt", "predict-bits"),
        ("step05_expiry", "predict-lives"),
        ("step05_expiry", "predict-waiting"),
    ],
)
def test_there_is_a_picture(rehearsal: Rehearsal, cell: str):
    assert rehearsal.forwards[cell].pictures == 1


@pytest.mark.parametrize("notebook", ["step01_fake_hash"])
def test_the_real_server_has_stopped(rehearsal: Rehearsal):
    assert "has stopped: nobody answers" in rehearsal.forwards["predict-wire"].text


@pytest.mark.parametrize("notebook", ["step02_response_model"])
def test_three_doors_keep_the_hash_in_and_six_do_not(rehearsal: Rehearsal):
    table = rehearsal.forwards["ask-the-doors"].text
    assert table.count("keeps it in") == 3
    assert table.count("leaks") == 6


@pytest.mark.parametrize("notebook", ["step04_jwt"])
def test_a_reader_of_the_tutorial_is_let_in_and_other_strangers_are_not(
    rehearsal: Rehearsal,
):
    answers = [
        line.split("  ")[-1].strip()
        for line in rehearsal.forwards["all-at-once"].text.splitlines()[2:]
    ]
    assert answers == [
        "200 johndoe's record",
        "401 Could not validate credentials",
        "401 Could not validate credentials",
        "401 Could not validate credentials",
        "200 johndoe's record",
        "400 Inactive user",
    ]


@pytest.mark.parametrize("notebook", ["index"])
def test_the_index_finds_every_step_in_place(rehearsal: Rehearsal):
    table = rehearsal.forwards["ready"].text
    assert table.count("401 Not authenticated") == len(TASKS)


@pytest.mark.parametrize("notebook", NAMES)
def test_its_kernel_has_ended(rehearsal: Rehearsal):
    assert not psutil.pid_exists(rehearsal.kernel)


def flowing(text: str) -> str:
    """Without the line breaks that make it fit."""
    return " ".join(text.split())
