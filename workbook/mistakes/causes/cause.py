"""A cause that the answers themselves prove, and how they are looked at."""

import json
import re
import shlex
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any
from urllib.parse import parse_qsl

from workbook.checking import Failure, Outcome, Result, printable

# Of a name that is told, and of names.
LONGEST_NAME = 100
MOST_NAMES = 8
# What an app that isn't written yet answers.
NOT_WRITTEN = 501


@dataclass(frozen=True)
class Cause:
    """What went wrong, as the answers show it. `name` is a few words, `diagnosis` says
    it in sentences that begin with what was seen. `about` is the behaviour that this is
    about, where others fail of it as well: its hints fit."""

    name: str
    diagnosis: str
    about: str = ""


def is_written(result: Result) -> bool:
    """Whether a result says something about the app. A 501 is a place that is still
    empty, and a test that it stops has not come to its point."""
    failure = result.failure
    return failure is None or failure.evidence.status != NOT_WRITTEN


def failures(outcome: Outcome) -> list[Failure]:
    """The failed expectations of what is written, in the order of the suite."""
    return [
        result.failure
        for result in outcome.failed
        if result.failure is not None and is_written(result)
    ]


def leading(
    failed: Sequence[Failure], shows: Callable[[Failure], object]
) -> list[Failure]:
    """The failures that show it, where that is what the outcome is about: the first
    failure shows it, or every second one does. Else none."""
    found = [failure for failure in failed if shows(failure)]
    leads = found and (found[0] is failed[0] or 2 * len(found) >= len(failed))
    return found if leads else []


def body_of(failure: Failure) -> Any:
    """The body as JSON; `None` where it is none."""
    try:
        return json.loads(failure.evidence.body)
    except (ValueError, RecursionError):
        return None


def expects(failure: Failure, status: str) -> bool:
    """Whether a status that begins like this was expected: `4` for all refusals."""
    return bool(re.match(rf"{status}\d*\b", failure.expected))


def form_of(failure: Failure) -> dict[str, str]:
    """The form that the request sent."""
    return dict(_form_in(failure.request))


@lru_cache(maxsize=2000)
def _form_in(line: str) -> Mapping[str, str]:
    """The form of a curl line. Each cause looks at each failure, and a line takes a
    tenth of a millisecond to take apart."""
    try:
        words = shlex.split(line)
    except ValueError:
        return {}
    sent = [after for word, after in pairwise(words) if word == "-d"]
    return dict(parse_qsl("&".join(sent)))


def listed(names: Sequence[str]) -> str:
    """The names in backticks, as a sentence has them. They may come from the app."""
    distinct = list(dict.fromkeys(names))
    quoted = [f"`{printable(name, LONGEST_NAME)}`" for name in distinct[:MOST_NAMES]]
    if len(distinct) > MOST_NAMES:
        quoted.append(f"{len(distinct) - MOST_NAMES} more")
    if len(quoted) > 1:
        quoted[-2:] = [f"{quoted[-2]} and {quoted[-1]}"]
    return ", ".join(quoted)
