"""All failures of a check: a line for each, and then one after the other in full."""

import re

from workbook.checking import Result
from workbook.learning import Verdict
from workbook.terminal.console import console, print_indented
from workbook.terminal.failures import (
    FULL,
    Detail,
    Served,
    by_behaviour,
    list_failures,
    show_failure,
)
from workbook.terminal.verdicts import show_counts, show_not_written, show_stored


def show_failing(verdict: Verdict, detail: Detail = FULL) -> None:
    """A line for each test function that failed, as far as there's room."""
    show_counts(verdict)
    console.print()
    list_failures(verdict.failed, detail.others)
    show_not_written(verdict)
    show_stored(verdict)


def ways_to_fail(verdict: Verdict) -> list[list[Result]]:
    """The failures, those together that failed in the same way. With a test function
    are all its cases."""
    same: dict[tuple[str, ...], list[Result]] = {}
    for results in by_behaviour(verdict.failed).values():
        same.setdefault(_way(results[0]), []).extend(results)
    return list(same.values())


def show_way(failed: list[Result], served: Served | None = None) -> None:
    """The first of these failures in full, its other cases and the others by name."""
    first, *rest = by_behaviour(failed).values()
    show_failure(first[0], served)
    if first[1:]:
        names = ", ".join(one.name[len(one.behaviour) + 1 : -1] for one in first[1:])
        print_indented(f"The same test also fails for: {names}", "dim")
    if rest:
        print_indented("These also fail, with the same request and answer:", "dim")
        list_failures([one for results in rest for one in results], len(rest))


def _way(result: Result) -> tuple[str, ...]:
    """What failures of one cause have in common. Two logins give tokens with other
    times, and where the status is wrong, what is wrong with the body comes from it."""
    failure = result.failure
    if failure is None:
        return (result.reason,)
    claims = re.sub(r"\d", "", failure.token)
    request = re.sub(r"(?<=Bearer )[\w.-]+", claims, failure.request) if claims else ""
    status = re.search(r"the status is \d+, not \d+", failure.difference)
    return (
        request or failure.request,
        failure.actual,
        status[0] if status else failure.difference,
    )
