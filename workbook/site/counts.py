"""Counts inside a sentence, which grow with the ladder: `all {{ steps }} of them`.

`{{ steps }}` is the number of steps, `{{ attacks }}` that of the ladder's attacks,
`{{ attacks 5 }}` that of those which get through at step 5, and `{{ classics }}` that
of the classic attacks, all in words. With a capital, `{{ Steps }}`, the word has one.
"""

import re
from collections.abc import Callable

from workbook.attacks import ATTACKS, CLASSICS
from workbook.ladder import UnknownStep, find, steps
from workbook.site.problems import Wrong

COUNT = re.compile(r"\{\{ *(?P<name>\w+) *(?P<words>[^{}]*?) *\}\}")

NUMBERS = (
    "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen", "twenty",
)  # fmt: skip


def with_counts(line: str) -> str:
    """The line with its counts in words. Raises `Wrong` for one that is not known."""
    return COUNT.sub(_counted, line)


def _counted(count: re.Match[str]) -> str:
    name, words = count["name"], count["words"]
    if name.lower() not in COUNTS:
        raise Wrong(f"`{count[0]}` counts nothing: there are {', '.join(COUNTS)}")
    number = COUNTS[name.lower()](words)
    told = NUMBERS[number] if number < len(NUMBERS) else str(number)
    return told.capitalize() if name[0].isupper() else told


def _steps(words: str) -> int:
    if words:
        raise Wrong(f"`steps` counts all steps, and not those of `{words}`")
    return len(steps())


def _attacks(words: str) -> int:
    if not words:
        return len(ATTACKS)
    try:
        step = find(words)
    except UnknownStep as problem:
        raise Wrong(str(problem)) from None
    return sum(attack.is_open_at(step) for attack in ATTACKS)


def _classics(words: str) -> int:
    if words:
        raise Wrong(f"`classics` counts all of them, and not those of `{words}`")
    return len(CLASSICS)


COUNTS: dict[str, Callable[[str], int]] = {
    "steps": _steps,
    "attacks": _attacks,
    "classics": _classics,
}
