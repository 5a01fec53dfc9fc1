"""A step's suite run from Python, in this process."""

import contextlib
import io
from pathlib import Path

import pytest

from workbook.checking.outcome import Outcome, Result
from workbook.ladder import ROOT, Step


def run(
    step: Step,
    *,
    answers: Path | None = None,
    url: str | None = None,
    secret_key: str | None = None,
) -> Outcome:
    """The suite of `step` against our step, an answers folder, or a URL.

    The app is imported into this process: call it in a process of its own for code
    that is not trusted to end, or not to touch anything.
    """
    options = [f"--rootdir={ROOT}", "-p", "no:cacheprovider", "-p", "no:terminal"]
    if answers is not None:
        options.append(f"--answers={answers}")
    if url is not None:
        options.append(f"--url={url}")
    if secret_key is not None:
        options.append(f"--secret-key={secret_key}")
    recorder = _Recorder()
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        status = pytest.main([str(step.suite), *options], plugins=[recorder])
    if status == pytest.ExitCode.USAGE_ERROR:
        return Outcome(problem=errors.getvalue().removeprefix("ERROR: ").strip())
    return Outcome(recorder.results, recorder.problem)


class _Recorder:
    """A pytest plugin that keeps what was reported."""

    def __init__(self) -> None:
        self.results: list[Result] = []
        self.problem = ""

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problem = str(report.longrepr)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            self.results.append(_result(report))


def _result(report: pytest.TestReport) -> Result:
    reason = ""
    story = getattr(report, "story", None)
    if report.outcome == "skipped" and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
    elif report.outcome == "failed" and story is None:
        reason = str(report.longrepr)
    name = report.nodeid.rpartition("::")[2]
    return Result(name, report.outcome, story, reason)
