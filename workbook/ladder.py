"""The ladder: `steps/ladder.toml` as objects, and a step's four places by its name."""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class UnknownStep(ValueError):
    """No step, or more than one, answers to what was asked for."""


@dataclass(frozen=True)
class Step:
    """One rung. `minutes` is the time to read its page and write it."""

    number: int
    name: str
    title: str
    question: str
    idea: str
    learnt: str
    minutes: int

    @property
    def app(self) -> str:
        """What uvicorn is given to serve it."""
        return f"steps.{self.name}.main:app"

    @property
    def main(self) -> Path:
        return ROOT / "steps" / self.name / "main.py"

    @property
    def suite(self) -> Path:
        return ROOT / "tests" / "steps" / f"test_{self.name}.py"

    @property
    def page(self) -> Path:
        return ROOT / "docs" / "steps" / f"{self.name}.md"

    @property
    def notebook(self) -> Path:
        return ROOT / "notebooks" / f"{self.name}.ipynb"


@cache
def steps() -> tuple[Step, ...]:
    """All steps, from the first rung up."""
    entries = tomllib.loads((ROOT / "steps" / "ladder.toml").read_text("utf-8"))["step"]
    return tuple(Step(number, **entry) for number, entry in enumerate(entries, 1))


def find(text: str) -> Step:
    """The step that a person means by a number, a name or the start of a name.

    `5`, `05`, `step05`, `step05_expiry` and `expiry` all mean the fifth. Raises
    `UnknownStep` with the sentence to show when none or several are meant.
    """
    wanted = text.strip().lower()
    if wanted.isdecimal():
        matches = [step for step in steps() if step.number == int(wanted)]
    else:
        matches = [step for step in steps() if _answers_to(step, wanted)]
    if len(matches) == 1:
        return matches[0]
    if matches:
        names = ", ".join(step.name for step in matches)
        raise UnknownStep(f"'{text}' could be {names}: say which, a number will do.")
    raise UnknownStep(
        f"There is no step '{text}': give a number from 1 to {len(steps())}, "
        f"or the start of a name, such as {steps()[0].name}."
    )


def before(step: Step) -> Step | None:
    """The rung below, `None` for the first."""
    return steps()[step.number - 2] if step.number > 1 else None


def after(step: Step) -> Step | None:
    """The rung above, `None` for the last."""
    return steps()[step.number] if step.number < len(steps()) else None


def _answers_to(step: Step, wanted: str) -> bool:
    topic = step.name.partition("_")[2]
    return bool(wanted) and (step.name.startswith(wanted) or topic.startswith(wanted))
