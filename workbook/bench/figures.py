"""The figures of a run, and the file that keeps them for the site."""

import json
import math
import re
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, NamedTuple

from workbook.ladder import ROOT

FILE = ROOT / "docs" / "assets" / "bench.json"

# By name, what is measured. A number behind it says how many clients log in meanwhile:
# `p99_16`.
QUANTITIES = {
    "p50": "ms until /users/me is answered: half are shorter",
    "p99": "ms until /users/me is answered: 99 in 100 are shorter",
    "worst": "ms until /users/me is answered: the worst",
    "logins": "logins a second",
    "requests": "requests a second, at full speed",
    "share": "the same, as a share of an empty route",
    "made": "µs to make a token",
    "read": "µs to read a token",
    "known": "ms to refuse johndoe a wrong password",
    "unknown": "ms to refuse an unknown username",
    "ratio": "known to unknown",
    "lookup": "µs to find a user, of two",
    "lookup_many": "µs to find a user, of a million",
    "lookup_ratio": "a million to two",
}


class Spread(NamedTuple):
    """The median of the rounds, and the least and the most of them."""

    median: float
    least: float
    most: float


# By the name of a quantity, what it is. One round has numbers, a run has spreads.
Round = dict[str, float]
Measured = dict[str, Spread]


@dataclass(frozen=True)
class Figures:
    """A run: when, where, how long, and by step and by route what was measured.

    `busy` is how many processes wanted to run before it began: 0 on a quiet machine.
    """

    date: str
    machine: dict[str, str]
    busy: float
    rounds: int
    seconds: float
    clients: list[int]
    steps: dict[str, Measured]
    routes: dict[str, Measured]

    def write(self, file: Path = FILE) -> None:
        """As JSON, to four digits: more of them would be noise."""
        text = json.dumps(_rounded(asdict(self)), indent=1, ensure_ascii=False)
        # A quantity a line, so that the difference of two runs can be read.
        text = re.sub(r"\[[^\[\]]+\]", lambda of: " ".join(of[0].split()), text)
        text = text.replace("[ ", "[").replace(" ]", "]")
        file.write_text(text + "\n", "utf-8")


def read(file: Path = FILE) -> Figures:
    """The figures in the file. Raises `OSError` or `ValueError` where it has none."""
    told = json.loads(file.read_text("utf-8"))
    for part in ("steps", "routes"):
        told[part] = {
            name: {quantity: Spread(*spread) for quantity, spread in measured.items()}
            for name, measured in told[part].items()
        }
    return Figures(**told)


def spread(values: Sequence[float]) -> Spread:
    return Spread(statistics.median(values), min(values), max(values))


def gather(rounds: Sequence[Round]) -> Measured:
    """Each quantity over the rounds, all of which have the same."""
    return {name: spread([one[name] for one in rounds]) for name in rounds[0]}


def percentile(values: Sequence[float], percent: float) -> float:
    """The least of the values that so many in a hundred do not exceed: one that was
    measured, and none in between."""
    place = math.ceil(len(values) * percent / 100)
    return sorted(values)[max(place, 1) - 1]


def waits(values: Sequence[float], clients: int) -> Round:
    """The quantities of waits with so many clients."""
    return {
        f"p50_{clients}": percentile(values, 50),
        f"p99_{clients}": percentile(values, 99),
        f"worst_{clients}": max(values),
    }


def shares(requests: Mapping[str, float], whole: str) -> dict[str, Round]:
    """Requests a second by name, each with its share of those of `whole`."""
    return {
        name: {"requests": number, "share": number / requests[whole]}
        for name, number in requests.items()
    }


def _rounded(value: Any) -> Any:
    match value:
        case float():
            return float(f"{value:.4g}")
        case dict():
            return {name: _rounded(inner) for name, inner in value.items()}
        case list() | tuple():
            return [_rounded(inner) for inner in value]
    return value
