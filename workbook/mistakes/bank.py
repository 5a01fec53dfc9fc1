"""The bank of mistakes: wrong answers that people really write, each a small edit.

One TOML file a step. An entry is an edit of our step that breaks its contract, with a
name, a diagnosis, and the test that catches it. The edit changes `main.py`, or the file
that it names: `file = "settings.py"`. A mistake that people make again at a later step
says so and gives only what differs, each key as a whole:

    [[mistake]]
    same_as = "step01_fake_hash: the login reads JSON"
    caught_by = "test_a_json_login_is_rejected"
"""

import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import Any

from workbook.ladder import Step, sources, steps

FOLDER = Path(__file__).resolve().parent
NEEDED = ("name", "diagnosis", "why", "caught_by", "edit")


class BadBank(ValueError):
    """An entry that is incomplete or refers to nothing; the message names both."""


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
    people made it. `edits_from` is the mistake of an earlier step that the edits were
    written for, empty where they were written for this one.
    """

    name: str
    diagnosis: str
    why: str
    caught_by: str
    edits: tuple[Edit, ...]
    seen: str = ""
    edits_from: str = ""

    def applied_to(self, sources: Mapping[str, str]) -> dict[str, str]:
        """The step with this mistake in it; both are texts by the names of their files.
        Raises `BadEdit`."""
        wrong = dict(sources)
        for edit in self.edits:
            if (times := wrong.get(edit.file, "").count(edit.old)) != 1:
                whose = f" (the edits of {self.edits_from})" if self.edits_from else ""
                raise BadEdit(
                    f"{self.name}{whose}: found {times} times in {edit.file}, not "
                    f"once:\n{edit.old}"
                )
            wrong[edit.file] = wrong[edit.file].replace(edit.old, edit.new)
        return wrong


@cache
def mistakes(step: Step) -> tuple[Mistake, ...]:
    """The bank of one step. Raises `BadBank`."""
    path = FOLDER / f"{step.name}.toml"
    if not path.exists():
        return ()
    made = []
    for entry in tomllib.loads(path.read_text("utf-8"))["mistake"]:
        try:
            made.append(_mistake(entry, step))
        except BadBank as problem:
            label = (
                entry.get("name") or entry.get("same_as") or f"entry {len(made) + 1}"
            )
            raise BadBank(f"{path.name}, {label}: {problem}") from None
    return tuple(made)


def write_answer(step: Step, mistake: Mistake, answers: Path) -> Path:
    """Our step with the mistake in it, as an answers folder. Raises `BadEdit`."""
    try:
        wrong = mistake.applied_to(sources(step.modules))
    except BadEdit as problem:
        raise BadEdit(f"{step.name}, {problem}") from None
    folder = answers / step.name
    folder.mkdir(parents=True)
    for name, source in wrong.items():
        (folder / name).write_text(source, "utf-8")
    return answers


def _mistake(entry: Mapping[str, Any], step: Step) -> Mistake:
    given = dict(entry)
    reference = given.pop("same_as", "")
    _check_keys(given, needed=() if reference else NEEDED, optional=(*NEEDED, "seen"))
    if "edit" in given:
        given["edits"] = tuple(_edit(edit) for edit in given.pop("edit"))
    if not reference:
        return Mistake(**given)
    earlier = _earlier_mistake(reference, step)
    edits_from = "" if "edits" in given else earlier.edits_from or reference
    return replace(earlier, **given, edits_from=edits_from)


def _edit(entry: Mapping[str, str]) -> Edit:
    _check_keys(entry, needed=("old", "new"), optional=("file",))
    return Edit(**entry)


def _earlier_mistake(reference: str, step: Step) -> Mistake:
    """The mistake that `same_as` refers to. Only earlier steps have one, so that no two
    can refer to each other."""
    step_name, colon, name = reference.partition(": ")
    earlier = {other.name: other for other in steps()[: step.number - 1]}
    if not colon:
        raise BadBank(f"same_as = {reference!r} is not of the form 'STEP: MISTAKE'")
    if step_name not in earlier:
        raise BadBank(
            f"same_as = {reference!r}, but {step_name} is not a step before {step.name}"
        )
    known = {mistake.name: mistake for mistake in mistakes(earlier[step_name])}
    if name not in known:
        close = get_close_matches(name, known, 1)
        hint = f": did you mean {close[0]!r}?" if close else ""
        raise BadBank(f"{step_name} has no mistake {name!r}{hint}")
    return known[name]


def _check_keys(
    entry: Mapping[str, Any], *, needed: Collection[str], optional: Collection[str]
) -> None:
    if missing := [key for key in needed if key not in entry]:
        raise BadBank(f"it has no {', no '.join(missing)}")
    if unknown := [key for key in entry if key not in (*needed, *optional)]:
        raise BadBank(f"unknown key {', '.join(unknown)}")
