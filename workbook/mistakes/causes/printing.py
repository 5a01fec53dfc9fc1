"""The app prints what belongs into no log."""

from collections.abc import Sequence

from workbook.checking import PRINTS, Failure
from workbook.mistakes.causes.cause import Cause, leading, listed


def secret_printed(failed: Sequence[Failure]) -> Cause | None:
    """A line with a secret in it, such as one that was written to look for a bug."""
    found = leading(failed, lambda failure: failure.actual.startswith(PRINTS))
    if not found:
        return None
    line = found[0].actual.removeprefix(PRINTS).strip()
    return Cause(
        "your app prints a secret",
        f"It prints {listed([line])}, where everybody who reads the log can see it. "
        "Look for the `print(…)`, or the call of a logger, that writes this line.",
    )
