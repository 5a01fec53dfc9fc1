"""Which algorithms a check of a token allows."""

import re
from collections.abc import Sequence

from workbook import tokens
from workbook.checking import Failure
from workbook.mistakes.causes.cause import Cause, leading, listed
from workbook.mistakes.exceptions import crash_in

ALGORITHM = "HS256"


def algorithms_as_text(failed: Sequence[Failure]) -> Cause | None:
    """A token crashes the app whose header names a part of the algorithm's name."""
    found = leading(failed, _shows)
    raised = crash_in(found[0].raised) if found else None
    if raised is None:
        return None
    asked, names = found[0].evidence.asked, _named(found[0])
    return Cause(
        "`algorithms` is a text, not a list",
        f"`{asked}` crashed for a token whose header names the algorithm "
        f"{listed(names[:1])}. Your line `{raised.line}` ({raised.file}, line "
        f"{raised.number}) allows that one, and then the library doesn't know it. The "
        "allowed algorithms are a text there, and in a text `in` finds parts: "
        f'`"{names[0]}" in "{ALGORITHM}"` is true. Write a list, in square brackets: '
        "`algorithms=['HS256']`.",
    )


def _shows(failure: Failure) -> bool:
    names = _named(failure)
    return (
        bool(failure.raised and names)
        and "lgorithm" in failure.raised
        and all(name and name in ALGORITHM and name != ALGORITHM for name in names)
    )


def _named(failure: Failure) -> list[str]:
    """The algorithms in the headers that the app got wrong: first the one of the token
    that was sent, then those of other cases of the test."""
    sent = re.search(r"Bearer ([\w.-]+)", failure.request)
    try:
        name = tokens.read(sent[1])[0].get("alg") if sent else None
    except (ValueError, RecursionError):
        return []
    others = re.findall(r'\{"alg": "([^"]*)"', failure.difference)
    return [name, *others] if isinstance(name, str) else []
