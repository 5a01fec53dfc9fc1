"""One app tried against the suites of all steps."""

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

from workbook.checking import Judge, Outcome
from workbook.ladder import Step, find, steps
from workbook.settings import environment, settings


def try_all(
    folder: Path | None, *, url: str | None = None, secret_key: str | None = None
) -> dict[Step, Outcome]:
    """What each step's suite says of the app in `folder`, or of the one at a URL.

    An app that cannot be judged at all is tried once. One that needs a key to start is
    given it at every step, also at those that need none.
    """
    variables = settings(find(folder.name), secret_key) if folder else {}
    secret_key = variables.get("SECRET_KEY", secret_key)
    with (
        tempfile.TemporaryDirectory(prefix="workbook-") as made,
        environment(variables),
    ):
        outcomes: dict[Step, Outcome] = {}
        for step in steps():
            answers = None
            if folder is not None:
                answers = Path(made) / folder.parent.name
                shutil.copytree(
                    folder,
                    answers / step.name,
                    ignore=shutil.ignore_patterns("__pycache__", ".*"),
                    ignore_dangling_symlinks=True,
                )
            judge = Judge()
            try:
                outcome = judge.check(
                    step, answers=answers, url=url, secret_key=secret_key
                )
            finally:
                judge.close()
            if folder and answers:
                # By the name that the learner knows, not by that of our copy.
                told = outcome.problem.replace(str(answers), str(folder.parent))
                told = told.replace(step.name, folder.name)
                outcome = replace(outcome, problem=told)
            outcomes[step] = outcome
            if outcome.problem and not outcome.results:
                break
        return outcomes


def highest(outcomes: dict[Step, Outcome]) -> Step | None:
    """The highest step whose suite holds."""
    return max(
        (step for step, outcome in outcomes.items() if outcome.holds),
        key=lambda step: step.number,
        default=None,
    )
