"""The bank of mistakes: wrong answers that people really write, each a small edit.

One TOML file a step. An entry is an edit of our step that makes it wrong by the
contract, with a name, a diagnosis, and the test that catches it. What is edited is
`main.py`, unless the edit says `file = "settings.py"`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from workbook.ladder import Step

FOLDER = Path(__file__).resolve().parent


class BadEdit(ValueError):
    """An edit whose old text is not in its file exactly once."""


@dataclass(frozen=True)
class Edit:
    """A text in a module of the step, and what stands there instead."""

    old: str
    new: str
    file: str = "main.py"


@dataclass(frozen=True)
class Mistake:
    """One way to get a step wrong.

    `diagnosis` is what to tell the learner in one sentence, `why` the clause it breaks
    or the attack it opens, `caught_by` the test function that fails, `seen` where
    people made it.
    """

    name: str
    diagnosis: str
    why: str
    caught_by: str
    edits: tuple[Edit, ...]
    seen: str = ""

    def applied_to(self, sources: Mapping[str, str]) -> dict[str, str]:
        """The step with this mistake in it; both are texts by the names of their files.
        Raises `BadEdit`."""
        wrong = dict(sources)
        for edit in self.edits:
            if (times := wrong.get(edit.file, "").count(edit.old)) != 1:
                raise BadEdit(
                    f"{self.name}: found {times} times in {edit.file}, not once:\n"
                    f"{edit.old}"
                )
            wrong[edit.file] = wrong[edit.file].replace(edit.old, edit.new)
        return wrong


@cache
def mistakes(step: Step) -> tuple[Mistake, ...]:
    """The bank of one step."""
    path = FOLDER / f"{step.name}.toml"
    entries = tomllib.loads(path.read_text("utf-8"))["mistake"]
    return tuple(
        Mistake(
            **{key: value for key, value in entry.items() if key != "edit"},
            edits=tuple(Edit(**edit) for edit in entry["edit"]),
        )
        for entry in entries
    )
