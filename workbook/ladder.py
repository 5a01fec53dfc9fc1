"""The ladder: `steps/ladder.toml` as objects, and a step's four places by its name."""

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


class UnknownStep(ValueError):
    """No step, or more than one, answers to what was asked for."""


@dataclass(frozen=True)
class Step:
    """One rung, as its entry in `steps/ladder.toml` has it; the words are explained
    there. `number` is its place in that file, from 1 up."""

    number: int
    name: str
    title: str
    question: str
    idea: str
    begin: str
    takeaway: str
    assumes: str
    teaches: str
    experiments: str
    needs_key: bool = False
    needs_database: bool = False
    hashes_passwords: bool = False
    bench: bool = False

    @property
    def app(self) -> str:
        """What uvicorn is given to serve it."""
        return f"steps.{self.name}.main:app"

    @property
    def folder(self) -> Path:
        return ROOT / "steps" / self.name

    @property
    def main(self) -> Path:
        return self.folder / "main.py"

    @property
    def modules(self) -> tuple[Path, ...]:
        """Its Python files: `main.py` first, then the others by name."""
        return modules_in(self.folder)

    @property
    def suite(self) -> Path:
        return ROOT / "tests" / "steps" / f"test_{self.name}.py"

    @property
    def page(self) -> Path:
        return ROOT / "docs" / "steps" / f"{self.name}.md"

    @property
    def notebook(self) -> Path:
        return ROOT / "notebooks" / f"{self.name}.ipynb"


def modules_in(folder: Path) -> tuple[Path, ...]:
    """The modules of a step, ours or a learner's: `main.py` first, then by name.

    Without `__init__.py`, which holds nothing, and without what cannot be imported by
    its name: hidden files, and the copies that `start --again` keeps under a date.
    """
    files = [
        path
        for path in folder.glob("*.py")
        if path.stem.isidentifier() and path.stem != "__init__"
    ]
    return tuple(sorted(files, key=lambda path: (path.stem != "main", path.name)))


def sources(modules: Iterable[Path]) -> dict[str, str]:
    """The text of each module, by the name of its file."""
    return {module.name: module.read_text("utf-8") for module in modules}


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
