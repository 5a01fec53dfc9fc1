"""One app tried against the suites of all steps."""

import shutil
import tempfile
from pathlib import Path

from workbook.checking import Judge, Outcome
from workbook.ladder import Step, steps


def try_all(
    folder: Path | None, *, url: str | None = None, secret_key: str | None = None
) -> dict[Step, Outcome]:
    """What each step's suite says of the app in `folder`, or of the one at a URL."""
    with tempfile.TemporaryDirectory(prefix="workbook-") as made:
        outcomes = {}
        for step in steps():
            answers = None
            if folder is not None:
                answers = Path(made) / folder.parent.name
                shutil.copytree(folder, answers / step.name)
            judge = Judge()
            try:
                outcomes[step] = judge.check(
                    step, answers=answers, url=url, secret_key=secret_key
                )
            finally:
                judge.close()
        return outcomes


def highest(outcomes: dict[Step, Outcome]) -> Step | None:
    """The highest step whose suite holds."""
    return max(
        (step for step, outcome in outcomes.items() if outcome.holds),
        key=lambda step: step.number,
        default=None,
    )
