"""An `async def` function that was called without `await`."""

import re
from collections.abc import Sequence

from workbook.checking import Failure
from workbook.mistakes.causes.cause import Cause, expects

WARNING = r"coroutine '([\w.<>]+)' was never awaited"


def never_awaited(failed: Sequence[Failure], printed: str) -> Cause | None:
    """Python has warned of it, at the moment when the coroutine was thrown away."""
    found = re.findall(WARNING, printed)
    if not found or not failed:
        return None
    function = found[0].rpartition(".")[2]
    accepted = any(
        failure.evidence.asked == "POST /token"
        and failure.evidence.status == 200
        and expects(failure, "4")
        for failure in failed
    )
    effect = (
        "a wrong password is accepted"
        if accepted
        else "the app goes on with a coroutine"
    )
    return Cause(
        f"{effect}: `{function}` is never awaited",
        f"`{function}` is an `async def` function, and you call it without `await`: "
        f"{effect}. A call without `await` runs nothing and gives a coroutine, and to "
        f"`if` every coroutine is true. Python warned: coroutine '{found[0]}' was "
        "never awaited.",
    )
