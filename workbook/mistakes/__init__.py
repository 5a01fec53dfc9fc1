"""The bank of mistakes: wrong answers that people really write, each a small edit.

One TOML file a step. An entry is an edit of our step's `main.py` that makes it wrong
by the contract, with a name, a diagnosis, and the test that catches it.
"""

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from workbook.ladder import Step

FOLDER = Path(__file__).resolve().parent


class BadEdit(ValueError):
    """An edit whose old text is not in the step exactly once."""


@dataclass(frozen=True)
class Mistake:
    """One way to get a step wrong.

    `diagnosis` is what to tell the learner in one sentence, `why` the clause it breaks
    or the attack it opens, `caught_by` the test function that fails, `edits` pairs of
    old and new text, `seen` where people made it.
    """

    name: str
    diagnosis: str
    why: str
    caught_by: str
    edits: tuple[tuple[str, str], ...]
    seen: str = ""

    def applied_to(self, source: str) -> str:
        """The step's source with this mistake in it. Raises `BadEdit`."""
        for old, new in self.edits:
            if (times := source.count(old)) != 1:
                raise BadEdit(f"{self.name}: found {times} times, not once:\n{old}")
            source = source.replace(old, new)
        return source


@cache
def mistakes(step: Step) -> tuple[Mistake, ...]:
    """The bank of one step."""
    path = FOLDER / f"{step.name}.toml"
    entries = tomllib.loads(path.read_text("utf-8"))["mistake"]
    return tuple(
        Mistake(
            **{key: value for key, value in entry.items() if key != "edit"},
            edits=tuple((edit["old"], edit["new"]) for edit in entry["edit"]),
        )
        for entry in entries
    )
