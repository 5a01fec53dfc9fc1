"""The hints of `workbook hint`: three levels for each behaviour, all in hints.toml."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from workbook.ladder import Step, steps

FILE = Path(__file__).with_name("hints.toml")


class NoHint(LookupError):
    """hints.toml says nothing about the behaviour; the message names it."""


def hints_for(step: Step, behaviour: str) -> tuple[str, str, str]:
    """The concept, the place and nearly the code, for whoever fails `behaviour` at
    `step`. A behaviour is the name of a test function. Raises `NoHint`.
    """
    tables = _tables()
    if not behaviour.startswith("test_") or behaviour not in tables:
        raise NoHint(
            f"There is no hint for '{behaviour}': add a table of that name to "
            f"{FILE.name}, or ask for a test function of a suite."
        )
    words = dict(tables[behaviour])
    for rung in steps()[: step.number]:
        words |= tables.get(rung.name, {}).get(behaviour, {})
    return words["concept"].strip(), words["place"].strip(), words["code"].strip()


@cache
def _tables() -> dict[str, Any]:
    return tomllib.loads(FILE.read_text("utf-8"))
