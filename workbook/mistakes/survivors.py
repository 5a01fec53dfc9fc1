"""The small changes of our steps that their suites accept, and why that's no fault.

`make mutants` writes docs/assets/mutants.json. reasons/survivors.toml is written by
hand: it explains the survivors by kinds.
"""

import json
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import NamedTuple

from workbook.ladder import ROOT, steps

FILE = ROOT / "docs" / "assets" / "mutants.json"
EXPLAINED = Path(__file__).with_name("reasons") / "survivors.toml"


class Mutant(NamedTuple):
    """A small change: the file, the function or class that it's in, empty outside of
    all, and the first line that differs, as it was and as it is."""

    file: str
    part: str
    before: str
    after: str

    def __str__(self) -> str:
        place = f"{self.file}, {self.part}" if self.part else self.file
        return f"{place}: {self.before} -> {self.after}"


@dataclass(frozen=True)
class Measured:
    """What `make mutants` found at a step: when, in how many mutants of which file, how
    many of all don't even start, and which the suite accepts."""

    date: str
    mutants: dict[str, int]
    never_start: int
    survivors: tuple[Mutant, ...]

    @property
    def total(self) -> int:
        return sum(self.mutants.values())

    @property
    def month(self) -> str:
        """The date in words: November 2026."""
        return date.fromisoformat(f"{self.date}-01").strftime("%B %Y")


@dataclass(frozen=True)
class Kind:
    """Survivors that have one reason: its name, the reason, and how each of them
    begins, as `str` has it."""

    name: str
    why: str
    survivors: tuple[str, ...]

    def explains(self, mutant: Mutant) -> bool:
        return str(mutant).startswith(self.survivors)


def measured_mutants(file: Path = FILE) -> dict[str, Measured]:
    """What was measured, by the step's name."""
    if not file.exists():
        return {}
    return {
        name: Measured(
            **measured | {"survivors": tuple(map(Mutant._make, measured["survivors"]))}
        )
        for name, measured in json.loads(file.read_text("utf-8")).items()
    }


def store_mutants(measured: Mapping[str, Measured], file: Path = FILE) -> None:
    """Stores what was measured, in the order of the ladder."""
    places = {step.name: step.number for step in steps()}
    names = sorted(measured.keys() & places, key=places.__getitem__)
    entries = ",\n".join(f'"{name}": {_entry(measured[name])}' for name in names)
    file.write_text(f"{{\n{entries}\n}}\n", "utf-8", newline="\n")


def _entry(measured: Measured) -> str:
    """As JSON, a survivor a line."""
    head = json.dumps(asdict(measured) | {"survivors": []}).removesuffix("]}")
    lines = [json.dumps(one, ensure_ascii=False) for one in measured.survivors]
    return f"{head}\n " + ",\n ".join(lines) + "]}"


@cache
def survivor_kinds() -> tuple[Kind, ...]:
    """The kinds of survivors, as survivors.toml has them."""
    told = tomllib.loads(EXPLAINED.read_text("utf-8"))["kind"]
    return tuple(Kind(one["name"], one["why"], tuple(one["survivors"])) for one in told)
