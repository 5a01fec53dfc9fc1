"""How often is a diagnosis right? Wrong apps whose mistake is known, and what is said.

    python -m tests.mistakes.trials  # a sample of all steps, in a few minutes
    python -m tests.mistakes.trials 5 --count 200  # much of one step

A trial is a known mistake in another style, two known mistakes at once, or a mistake
that the bank is made to forget. What is said of it is right, wrong, or silence; guesses
that are called guesses are silence too. In November 2026 there were 1,245: at
steps 1 to 5 all mistakes in all styles and 60 pairs each, at steps 6 to 8 a sample. 847
were named rightly and one wrongly (in PyJWT it's the same fault as the one named), 265
had a cause that the answers prove, 132 had no certain name. Of 425 forgotten mistakes,
3 were taken for another.
"""

import argparse
import ast
import re
import tempfile
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from random import Random

from tests.checking.test_variants import VARIANTS
from workbook.checking import Outcome, run_each
from workbook.ladder import Step, find, sources, steps
from workbook.mistakes import BadEdit, Diagnosis, diagnose, mistakes
from workbook.mistakes.diagnosis import suspects
from workbook.mistakes.store import known

STYLED = Path(__file__).with_name("styled.toml")


@dataclass(frozen=True)
class Trial:
    """A wrong app: how it came about, the mistakes that are in it, and its files."""

    kind: str
    step: Step
    truth: tuple[str, ...]
    files: dict[str, str]

    def __str__(self) -> str:
        return f"{self.kind}, {self.step.number}: {' + '.join(self.truth)}"


@dataclass(frozen=True)
class Said:
    """What a diagnosis said of a trial. `verdict` is right, wrong, cause or silent."""

    trial: Trial
    verdict: str
    text: str


def styled() -> Iterator[Trial]:
    """Known mistakes in the variants of `tests/variants`."""
    for style, its_steps in tomllib.loads(STYLED.read_text("utf-8")).items():
        for name, entries in its_steps.items():
            for entry in entries:
                files = _variant(style, name)
                edits = [(entry["old"], entry["new"]), *entry.get("also", [])]
                for old, new in edits:
                    text = files[entry["file"]]
                    assert text.count(old) == 1, (style, name, old, text.count(old))
                    files[entry["file"]] = text.replace(old, new)
                yield Trial(style, find(name), (entry["mistake"],), files)


def _variant(style: str, name: str) -> dict[str, str]:
    """The files of a variant, with what its style shares beside them."""
    folder = VARIANTS / style
    paths = [*(folder / name).rglob("*.py"), *(folder / "common").rglob("*.py")]
    files = {}
    for path in paths:
        beside = folder if path.is_relative_to(folder / "common") else folder / name
        text = path.read_text("utf-8")
        text = text.replace(f"tests.variants.{style}.common", ".common")
        files[str(path.relative_to(beside))] = text
    return files


def rewritten(step: Step) -> Iterator[Trial]:
    """Each mistake of the bank, written in ways that change nothing by themselves."""
    for mistake in mistakes(step):
        for name, rewrite in REWRITES.items():
            files = mistake.applied_to(sources(step.modules))
            other = {file: rewrite(text) for file, text in files.items()}
            if other != files and all(map(_is_python, other.values())):
                yield Trial(name, step, (mistake.name,), other)


def pairs(step: Step) -> Iterator[Trial]:
    """Each two mistakes of the bank that can be in one app."""
    for one, other in combinations(mistakes(step), 2):
        try:
            files = other.applied_to(one.applied_to(sources(step.modules)))
        except BadEdit:
            continue
        if all(map(_is_python, files.values())):
            yield Trial("pair", step, (one.name, other.name), files)


def _is_python(text: str) -> bool:
    try:
        ast.parse(text)
    except SyntaxError:
        return False
    return True


def _with_pyjwt(text: str) -> str:
    text = re.sub(r"from jose import ((?:\w+, )*)JWTError, jwt", _import_pyjwt, text)
    return text.replace("except JWTError", "except jwt.InvalidTokenError")


def _import_pyjwt(found: re.Match[str]) -> str:
    names = found[1].removesuffix(", ")
    return "import jwt" + (f"\nfrom jwt.exceptions import {names}" if names else "")


def _without_async(text: str) -> str:
    return text if "await " in text else text.replace("async def ", "def ")


def _with_a_router(text: str) -> str:
    if "\napp = FastAPI()\n" not in text:
        return text
    text = text.replace("\napp = FastAPI()\n", "\nrouter = APIRouter()\n")
    text = re.sub(r"^@app\.(get|post)\(", r"@router.\1(", text, flags=re.MULTILINE)
    text = text.replace("from fastapi import ", "from fastapi import APIRouter, ", 1)
    return f"{text}\n\napp = FastAPI()\napp.include_router(router)\n"


def _with_numbers(text: str) -> str:
    return re.sub(r"status\.HTTP_(\d+)_\w+", r"\1", text)


REWRITES: dict[str, Callable[[str], str]] = {
    "PyJWT": _with_pyjwt,
    "plain def": _without_async,
    "a router": _with_a_router,
    "numbers": _with_numbers,
}


def forgotten(step: Step) -> Iterator[Said]:
    """Each mistake, as if the bank had never had it: any name is wrong."""
    for mistake in mistakes(step):
        found = suspects(step, known(step)[mistake.name], without=[mistake.name])
        trial = Trial("forgotten", step, (mistake.name,), {})
        yield said_of(trial, Diagnosis(suspects=found))


def tried(trials: Sequence[Trial]) -> list[Said]:
    """What the diagnosis says of each trial. Those that pass or don't start are left
    out: there is nothing to name."""
    said = []
    for step in dict.fromkeys(trial.step for trial in trials):
        its_own = [trial for trial in trials if trial.step == step]
        with tempfile.TemporaryDirectory() as folder:
            written = [
                (_written(trial, Path(folder) / str(number)), ())
                for number, trial in enumerate(its_own)
            ]
            outcomes = run_each(step, written)
        said += [
            said_of(trial, diagnose(step, outcome), outcome)
            for trial, outcome in zip(its_own, outcomes, strict=True)
            if outcome.failed and not outcome.problem
        ]
    return said


def _written(trial: Trial, answers: Path) -> Path:
    for name, text in trial.files.items():
        path = answers / trial.step.name / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return answers


def said_of(trial: Trial, found: Diagnosis, outcome: Outcome | None = None) -> Said:
    """The verdict on a diagnosis. Of uncaught exceptions, any name of the bank is
    wrong: the traceback knows better."""
    if found.cause is not None:
        return Said(trial, "cause", found.cause.name)
    named = next((one for one in found.suspects if one.is_likely), None)
    if named is None:
        guesses = [f"{s.likeness:.2f} {s.mistake.name}" for s in found.suspects]
        return Said(trial, "silent", ", ".join(guesses))
    text = f"{named.likeness:.2f} {named.mistake.name}"
    failures = [one.failure for one in outcome.failed] if outcome else []
    crashes = [one for one in failures if one and one.raised and one.evidence.asked]
    is_crash = bool(crashes) and 2 * len(crashes) >= len(failures)
    is_right = named.mistake.name in trial.truth and not is_crash
    return Said(trial, "right" if is_right else "wrong", text)


def figures(said: Sequence[Said]) -> dict[str, Counter[str]]:
    """How many of each kind of trial were right, wrong, and so on."""
    counts: dict[str, Counter[str]] = {}
    for one in said:
        counts.setdefault(one.trial.kind, Counter())[one.verdict] += 1
        counts.setdefault("all", Counter())[one.verdict] += 1
    return counts


def sample(of_steps: Sequence[Step], count: int, seed: int = 1) -> list[Trial]:
    """At most `count` trials of each kind, the same each time."""
    kinds = (
        [trial for trial in styled() if trial.step in of_steps],
        [trial for step in of_steps for trial in rewritten(step)],
        [trial for step in of_steps for trial in pairs(step)],
    )
    return [
        trial
        for made in kinds
        for trial in Random(seed).sample(made, min(count, len(made)))
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("steps", nargs="*", default=[step.name for step in steps()])
    parser.add_argument("--count", type=int, default=60, help="of each kind")
    parser.add_argument("--seed", type=int, default=1)
    chosen = parser.parse_args()
    of_steps = [find(name) for name in chosen.steps]
    said = [one for step in of_steps for one in forgotten(step)]
    said += tried(sample(of_steps, chosen.count, chosen.seed))
    shown = defaultdict(lambda: ["wrong", "silent", "cause"], forgotten=["wrong"])
    for one in said:
        if one.verdict in shown[one.trial.kind]:
            print(f"{one.verdict:7} {one.trial}\n          -> {one.text}")
    for kind, counts in figures(said).items():
        print(f"{kind:20}", dict(counts))


if __name__ == "__main__":
    main()
