"""What comes of a notebook: its predictions, its pictures, and answers to its tasks.

A file for each notebook in `answer_keys/`, and none for one without any of these:

    measured = ["predict-waiting"]  # predictions that the machine's own speed decides
    pictures = ["predict-waiting"]  # cells that draw one

    [predictions]                   # what comes of the others, on every machine
    predict-login = "200"

    [[task]]                        # the pair of cells task-NAME and check-NAME
    name = "form"
    model = "my_body = ..."         # a right answer, and a part of the verdict on it
    says = "came as %26"

    [[task.mistake]]                # a wrong one, and a part of what it is told
    answer = "my_body = ''"
    told = "bob is still waiting"

The answers are here and not in the notebooks, so that nobody reads them before trying.
"""

import tomllib
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from workbook.ladder import steps

FOLDER = Path(__file__).with_name("answer_keys")


@dataclass(frozen=True)
class Answers:
    """What is written in the place of a task's cell.

    `says` is a part of the verdict on the model; each mistake comes with a part of the
    sentence that it is met with.
    """

    model: str
    says: str
    mistakes: dict[str, str]


@dataclass(frozen=True)
class AnswerKey:
    """One of the files, its tasks by their names."""

    predictions: dict[str, str] = field(default_factory=dict)
    measured: tuple[str, ...] = ()
    pictures: tuple[str, ...] = ()
    tasks: dict[str, Answers] = field(default_factory=dict)


@cache
def answer_key(notebook: str) -> AnswerKey:
    """That of a notebook by its name, empty where there is none."""
    file = FOLDER / f"{notebook}.toml"
    if not file.exists():
        return AnswerKey()
    told = tomllib.loads(file.read_text("utf-8"))
    tasks = {task.pop("name"): _answers(**task) for task in told.pop("task", [])}
    return AnswerKey(
        predictions=told.pop("predictions", {}),
        measured=tuple(told.pop("measured", ())),
        pictures=tuple(told.pop("pictures", ())),
        tasks=tasks,
        **told,
    )


def _answers(model: str, says: str, mistake: list[dict[str, Any]]) -> Answers:
    mistakes = {one["answer"].rstrip("\n"): one["told"] for one in mistake}
    return Answers(model.rstrip("\n"), says, mistakes)


KEYS = {step.name: answer_key(step.name) for step in steps()}
