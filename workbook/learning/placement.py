"""Where an app is on the ladder: the highest step that it passes, and what is missing
for the nearest of the others."""

import tempfile
from collections.abc import Callable
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from workbook.checking import Outcome
from workbook.ladder import Step, after, before, find, steps
from workbook.learning.checks import Checks, Verdict, verdict_on
from workbook.settings import KEY, environment

# How many checks run at once.
AT_ONCE = 2


@dataclass(frozen=True)
class Placement:
    """The verdicts of the steps that were tried, from the lowest up, and the step that
    the app looks most like."""

    resembles: Step
    verdicts: dict[Step, Verdict]

    @property
    def highest(self) -> Step | None:
        """The highest step that the app passes."""
        passed = [step for step in self.verdicts if self._passes(step)]
        return passed[-1] if passed else None

    @property
    def nearest(self) -> Step | None:
        """The step with the fewest failures, above the highest that the app passes."""
        highest = self.highest
        missing = [
            step
            for step, verdict in self.verdicts.items()
            if not highest or step.number > highest.number
            if not verdict.outcome.not_judged
        ]
        return min(
            missing, key=lambda step: _missing(self.verdicts[step]), default=None
        )

    @property
    def problem(self) -> str:
        """Why the app cannot be tried at all."""
        outcomes = [verdict.outcome for verdict in self.verdicts.values()]
        if any(outcome.results for outcome in outcomes):
            return ""
        return outcomes[0].problem

    @property
    def not_judged(self) -> str:
        """Why one of the checks came to no verdict."""
        reasons = (one.outcome.not_judged for one in self.verdicts.values())
        return next(filter(None, reasons), "")

    def _passes(self, step: Step) -> bool:
        return self.verdicts[step].outcome.all_passed


def place(
    folder: Path | None,
    *,
    url: str | None = None,
    secret_key: str | None = None,
    on_step: Callable[[Step], None] = lambda step: None,
) -> Placement:
    """Where the app in a step's folder, or the one at a URL, is on the ladder.

    A few requests show which step it looks most like. That step is tried, and the one
    above it. If it passes, the steps above follow until one fails. If it fails, the
    steps below follow until one passes, or until one is further away than the one
    before. The steps beyond are not tried. `on_step` is called with each step as it's
    begun.

    The app finds a SECRET_KEY in its environment, also where a step needs none. An app
    that cannot be tried at all has one verdict, which says why.
    """
    # Here, because they bring half a second of imports with them.
    from workbook.checking import NoApp
    from workbook.learning.profile import resemblance_of_folder, resemblance_of_url
    from workbook.watchdog import NotJudged

    with (
        tempfile.TemporaryDirectory(prefix="workbook-") as copies,
        environment({"SECRET_KEY": secret_key or KEY}),
        # They get ready while the app is looked at.
        closing(
            Checks(folder, url, secret_key, Path(copies).resolve(), AT_ONCE)
        ) as checks,
    ):
        outcome = Outcome()
        try:
            if folder is not None:
                found = resemblance_of_folder(folder)
            else:
                found = resemblance_of_url(str(url))
        except NoApp as problem:
            outcome = Outcome(problem=str(problem))
        except NotJudged as reason:
            outcome = Outcome(not_judged=str(reason))
        else:
            if found.signs_with_key and secret_key is None:
                checks.secret_key = KEY

            def check(step: Step) -> Verdict:
                on_step(step)
                return checks.check(step)

            return Placement(found.step, walk(found.step, check))
        step = find(folder.name) if folder else steps()[0]
        return Placement(step, {step: verdict_on(step, outcome)})


def walk(start: Step, check: Callable[[Step], Verdict]) -> dict[Step, Verdict]:
    """The verdicts of the steps that have to be tried, `AT_ONCE` of them at a time."""
    verdicts: dict[Step, Verdict] = {}
    running: dict[Future[Verdict], Step] = {}
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while True:
            for step in _next(start, verdicts):
                if step not in running.values() and len(running) < AT_ONCE:
                    running[pool.submit(check, step)] = step
            if not running:
                return dict(sorted(verdicts.items(), key=lambda item: item[0].number))
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                verdicts[running.pop(future)] = future.result()


def _next(start: Step, verdicts: dict[Step, Verdict]) -> list[Step]:
    """The steps to try next, with these verdicts known."""
    if any(verdict.outcome.not_judged for verdict in verdicts.values()):
        return []
    if start not in verdicts:
        upper = after(start)
        return [start, upper] if upper and upper not in verdicts else [start]
    step: Step | None = start
    if verdicts[start].outcome.all_passed:
        while step in verdicts and verdicts[step].outcome.all_passed:
            step = after(step)
    else:
        while step in verdicts and not verdicts[step].outcome.all_passed:
            upper, step = step, before(step)
            if step in verdicts and _missing(verdicts[step]) > _missing(
                verdicts[upper]
            ):
                return []
    return [step] if step and step not in verdicts else []


def _missing(verdict: Verdict) -> float:
    """The share of the step's tests that fail."""
    outcome = verdict.outcome
    missing = len(outcome.failed) + outcome.unrun
    return missing / outcome.total if outcome.total else 1.0
