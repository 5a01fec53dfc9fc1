"""A step's suite run from Python, in this process."""

import contextlib
import dataclasses
import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from workbook.checking.outcome import Outcome, Result
from workbook.checking.plugin import HOST
from workbook.ladder import ROOT, Step

if TYPE_CHECKING:
    from workbook.checking.isolated import Host


def run(
    step: Step,
    *,
    answers: Path | None = None,
    url: str | None = None,
    secret_key: str | None = None,
    host: "Host | None" = None,
    on_result: Callable[[Result], None] | None = None,
) -> Outcome:
    """The suite of `step` against our step, an answers folder, or a URL.

    With a `host` the app is served there; without one it is imported into this process,
    which is faster and is not for code that may hang, exit or touch what it finds.
    `on_result` is called with each result as it comes.
    """
    options = [f"--rootdir={ROOT}", "-p", "no:cacheprovider", "-p", "no:terminal"]
    # pytest would have liked to rewrite the asserts of our plugin, which is imported.
    options += ["-W", "ignore::pytest.PytestAssertRewriteWarning"]
    if answers is not None:
        options.append(f"--answers={answers}")
    if url is not None:
        options.append(f"--url={url}")
    if secret_key is not None:
        options.append(f"--secret-key={secret_key}")
    recorder = _Recorder(host, on_result)
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        status = pytest.main([str(step.suite), *options], plugins=[recorder])
    if status == pytest.ExitCode.USAGE_ERROR:
        return Outcome(problem=errors.getvalue().removeprefix("ERROR: ").strip())
    outcome = Outcome(recorder.results, recorder.problem)
    return dataclasses.replace(outcome, printed=host.printed) if host else outcome


class _Recorder:
    """A pytest plugin that keeps what was reported."""

    def __init__(
        self, host: "Host | None", on_result: Callable[[Result], None] | None
    ) -> None:
        self.results: list[Result] = []
        self.problem = ""
        self._host = host
        self._on_result = on_result

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[HOST] = self._host

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self.problem = str(report.longrepr)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            result = _result(report)
            self.results.append(result)
            if self._on_result is not None:
                self._on_result(result)


def _result(report: pytest.TestReport) -> Result:
    reason = ""
    story = getattr(report, "story", None)
    if report.outcome == "skipped" and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
    elif report.outcome == "failed" and story is None:
        reason = str(report.longrepr)
    name = report.nodeid.rpartition("::")[2]
    return Result(name, report.outcome, story, reason)
