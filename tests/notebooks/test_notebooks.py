"""What a learner meets who runs the notebooks, in any order, with any answer."""

from typing import TYPE_CHECKING

import psutil
import pytest

from tests.notebooks.answers import KEYS
from tests.notebooks.tidy import NOTEBOOKS

if TYPE_CHECKING:
    from tests.notebooks.rehearsal import Rehearsal

NAMES = [path.stem for path in NOTEBOOKS]

A_TASK = pytest.mark.parametrize(
    ("notebook", "task"),
    [(notebook, task) for notebook, key in KEYS.items() for task in key.tasks],
)


@pytest.mark.parametrize("notebook", NAMES)
def test_from_top_to_bottom_there_is_no_error(rehearsal: "Rehearsal"):
    wrong = {
        id: said
        for id, said in rehearsal.forwards.items()
        if said.errors or "is not known here" in said.text
    }
    assert wrong == {}


@pytest.mark.parametrize("notebook", NAMES)
def test_from_bottom_to_top_there_is_no_error(rehearsal: "Rehearsal"):
    wrong = {id: said.errors for id, said in rehearsal.backwards.items() if said.errors}
    assert wrong == {}


@A_TASK
def test_a_check_that_is_run_too_soon_says_what_to_run_first(
    rehearsal: "Rehearsal", task: str
):
    said = flowing(rehearsal.backwards[f"check-{task}"].text)
    assert "is not known here" in said
    assert "Run the cell under Set-up and those between it and here" in said


@A_TASK
def test_an_empty_answer_is_told_what_an_answer_looks_like(
    rehearsal: "Rehearsal", task: str
):
    verdict = flowing(rehearsal.forwards[f"check-{task}"].text)
    assert verdict.startswith("○ No answer yet. ")
    assert verdict.endswith("run that cell, then this one.")


@pytest.mark.parametrize(
    ("notebook", "task", "mistake"),
    [
        (notebook, task, mistake)
        for notebook, key in KEYS.items()
        for task, answers in key.tasks.items()
        for mistake in answers.mistakes
    ],
)
def test_a_mistake_is_told_what_is_wrong_with_it(
    rehearsal: "Rehearsal", notebook: str, task: str, mistake: str
):
    said = rehearsal.wrong[task, mistake]
    assert said.errors == ()
    assert said.text.startswith("✗ Not yet. ")
    assert KEYS[notebook].tasks[task].mistakes[mistake] in flowing(said.text)


@A_TASK
def test_the_model_answer_holds_and_is_told_why(
    rehearsal: "Rehearsal", notebook: str, task: str
):
    said = rehearsal.right[task]
    assert said.errors == ()
    assert said.text.startswith("✓ Right. ")
    assert KEYS[notebook].tasks[task].says in flowing(said.text)


@pytest.mark.parametrize(
    ("notebook", "cell", "comes"),
    [
        (notebook, cell, comes)
        for notebook, key in KEYS.items()
        for cell, comes in key.predictions.items()
    ],
)
def test_what_is_to_be_predicted_comes(rehearsal: "Rehearsal", cell: str, comes: str):
    printed = rehearsal.forwards[cell].text.splitlines()
    assert f"✓ You guessed {comes}, and that's right." in printed


@pytest.mark.parametrize("notebook", list(KEYS))
def test_a_prediction_without_a_guess_shows_nothing_that_answers_it(
    rehearsal: "Rehearsal",
):
    said = rehearsal.without_a_guess
    assert said.errors == ()
    assert said.pictures == 0
    assert said.text.rstrip().endswith("run the cell again to see the answer.")


@pytest.mark.parametrize("notebook", list(KEYS))
def test_every_prediction_is_known_or_measured(rehearsal: "Rehearsal", notebook: str):
    predictions = {id for id in rehearsal.forwards if id.startswith("predict-")}
    assert predictions == {*KEYS[notebook].predictions, *KEYS[notebook].measured}


@pytest.mark.parametrize(
    ("notebook", "cell"),
    [(notebook, cell) for notebook, key in KEYS.items() for cell in key.pictures],
)
def test_there_is_a_picture(rehearsal: "Rehearsal", cell: str):
    assert rehearsal.forwards[cell].pictures == 1


@pytest.mark.parametrize("notebook", ["step01_fake_hash"])
def test_the_real_server_has_stopped(rehearsal: "Rehearsal"):
    assert (
        "has stopped: it refuses connections" in rehearsal.forwards["predict-wire"].text
    )


@pytest.mark.parametrize("notebook", ["step02_response_model"])
def test_three_doors_keep_the_hash_in_and_six_do_not(rehearsal: "Rehearsal"):
    table = rehearsal.forwards["ask-the-doors"].text
    assert table.count("keeps it in") == 3
    assert table.count("leaks") == 6


@pytest.mark.parametrize("notebook", ["step04_jwt"])
def test_a_reader_of_the_tutorial_is_let_in_and_other_strangers_are_not(
    rehearsal: "Rehearsal",
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
def test_the_index_finds_every_step_in_place(rehearsal: "Rehearsal"):
    table = rehearsal.forwards["ready"].text
    assert table.count("401 Not authenticated") == len(KEYS)


@pytest.mark.parametrize("notebook", NAMES)
def test_its_kernel_has_ended(rehearsal: "Rehearsal"):
    assert not psutil.pid_exists(rehearsal.kernel)


def flowing(text: str) -> str:
    """Without the line breaks that make it fit."""
    return " ".join(text.split())
