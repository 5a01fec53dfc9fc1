"""The verdict on a check: its outcome, and the known mistakes that it looks like."""

import re
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field, replace
from pathlib import Path

from workbook.checking import CheckWorker, Outcome, Result, copy_submission
from workbook.ladder import Step
from workbook.learning.answers import main_of
from workbook.mistakes import Cause, Diagnosis, Suspect, diagnose


@dataclass(frozen=True)
class Verdict:
    """What a check of `step` found. `suspects` are the mistakes that the outcome looks
    like, the most likely first; `cause` is what the answers prove, in their place.
    `explained` are the failed tests that these explain, the plainest first. `unwritten`
    are the functions of the learner's file that only say so, in order."""

    step: Step
    outcome: Outcome
    suspects: list[Suspect]
    cause: Cause | None = None
    explained: list[str] = field(default_factory=list)
    unwritten: list[str] = field(default_factory=list)

    @property
    def undiagnosed(self) -> "Verdict":
        """The same without its diagnosis: a version that the learner hasn't changed yet
        has no mistakes, and what is missing is theirs to find."""
        return replace(self, suspects=[], cause=None, explained=[])

    @property
    def failed(self) -> list[Result]:
        """The tests that failed, without those that wait for code to be written: first
        the one that the diagnosis explains best."""
        failed = [one for one in self.outcome.failed if not waits_for(one)]
        return sorted(failed, key=lambda one: [one.name] != self.explained[:1])

    @property
    def behaviours(self) -> list[str]:
        """The test functions that failed, the one to begin with first: what the
        diagnosis explains, then the others, and last what isn't written yet."""
        failed = self.outcome.failed
        explained = [
            one for name in self.explained for one in failed if one.name == name
        ]
        tests = [*explained, *self.failed, *failed]
        return list(dict.fromkeys(one.behaviour for one in tests))

    @property
    def what_happened(self) -> str:
        """What the answers prove of what went wrong; empty where they prove nothing."""
        return self.cause.diagnosis if self.cause else ""

    @property
    def not_written(self) -> Counter[str]:
        """What isn't written yet, each with the number of tests that wait for it."""
        return Counter(filter(None, map(waits_for, self.outcome.failed)))


def waits_for(result: Result) -> str:
    """What a failed test waits for, where the app answered that it isn't written yet:
    501, with the name of a function or else for a route. Empty for other results."""
    failure = result.failure
    if failure is None or not failure.actual.startswith("501"):
        return ""
    if named := re.search(r"Not written yet: (\w+)", failure.actual):
        return named[1]
    return failure.evidence.function or failure.evidence.asked or "the answer"


def verdict_on(step: Step, outcome: Outcome, answers: Path | None = None) -> Verdict:
    """The outcome with its diagnosis, of the version in `answers` if it's the
    learner's. A check that broke off has none: the failures that it did not come to
    would change it."""
    found = Diagnosis() if outcome.not_judged else diagnose(step, outcome)
    unwritten = unwritten_in(main_of(step, answers)) if answers is not None else []
    return Verdict(
        step, outcome, found.suspects, found.cause, found.explains, unwritten
    )


def unwritten_in(main: Path) -> list[str]:
    """The functions that only raise `not_written_yet`, by name."""
    try:
        text = main.read_text("utf-8", errors="replace")
    except OSError:
        return []
    raised = re.findall(r"^[ \t]+raise not_written_yet\(['\"](\w+)['\"]\)", text, re.M)
    return list(dict.fromkeys(raised))


class Checks:
    """Checks of one app, in a step's folder or at a URL, by the suites of any steps.

    `secret_key` signs its tokens. `copies` is an empty folder for versions of the app
    by the names of other steps. So many `workers` are started at once, for the first
    checks.
    """

    def __init__(
        self,
        folder: Path | None,
        url: str | None,
        secret_key: str | None,
        copies: Path,
        workers: int,
    ) -> None:
        self.secret_key = secret_key
        self._folder = folder
        self._url = url
        self._copies = copies
        self._hashes: list[list[str]] = []
        self._spare = [CheckWorker() for _ in range(workers)]

    def check(self, step: Step) -> Verdict:
        """The verdict of a step's suite."""
        worker = self._spare.pop() if self._spare else CheckWorker()
        with closing(worker):
            outcome = worker.check(
                step,
                answers=self._copy(step),
                url=self._url,
                secret_key=self.secret_key,
                hashes=self._hashes,
            )
            self._hashes = worker.hashes or self._hashes
        return verdict_on(step, self._renamed(outcome, step))

    def close(self) -> None:
        """Ends the workers that were not needed."""
        for worker in self._spare:
            worker.close()

    def _copy(self, step: Step) -> Path | None:
        """An answers folder in which the app is the version of `step`."""
        if self._folder is None:
            return None
        answers = self._copies / self._folder.parent.name
        copy_submission(self._folder, answers / step.name, str(self._folder))
        return answers

    def _renamed(self, outcome: Outcome, step: Step) -> Outcome:
        """The outcome with the learner's own folder in the place of our copy."""
        if self._folder is None:
            return outcome
        copy = str(self._copies / self._folder.parent.name / step.name)
        own = str(self._folder)

        def renamed(result: Result) -> Result:
            failure = result.failure
            if failure is not None:
                failure = replace(failure, raised=failure.raised.replace(copy, own))
            return replace(
                result, failure=failure, reason=result.reason.replace(copy, own)
            )

        return replace(
            outcome,
            results=[renamed(result) for result in outcome.results],
            problem=outcome.problem.replace(copy, own),
            printed=outcome.printed.replace(copy, own),
        )
