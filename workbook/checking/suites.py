"""The suites: a pytest plugin that says which implementation they judge and explains
their failures, and functions that run one from Python.

A suite is `tests/steps/test_<step name>.py`. It asks for the `server` fixture and
says nothing of where that server is: our step in this process, a learner's file, or
a URL. A failed expectation is shown as request, answer, expected answer and the reason
why it matters, without a traceback.
"""

import contextlib
import io
import tempfile
import traceback
from collections.abc import Callable, Collection, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from inspect import cleandoc
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

from workbook.checking.exchange import LONGEST_TRACEBACK, ContractError, printable
from workbook.checking.probes import bcrypt_cache
from workbook.checking.report import Failure, Outcome, Result
from workbook.checking.server import Gone, Probe, Server, Unanswered, reach
from workbook.checking.submission import NoApp
from workbook.ladder import ROOT, Step, steps
from workbook.settings import environment, settings
from workbook.watchdog import NotJudged

if TYPE_CHECKING:
    from workbook.checking.probes import Hashes
    from workbook.checking.sandbox import Sandbox

# From so many salts for one password on, it's worth a look whether each login makes a
# new one. Where people register, their passwords have many salts, too.
MANY_SALTS = 5
HASHES_ANEW = (
    "johndoe's right password is refused, and each login hashes it once more, with a "
    "new salt. The other tests would fail in the same way, slowly."
)

# So many tests at the beginning of each suite state the most general faults.
PLAINEST = 8

# pytest's exit status where nothing could be judged.
NOT_JUDGED = 2

# What the hooks have to know of the pytest that is started here.
RUN: "pytest.StashKey[Run]" = pytest.StashKey()

# What went wrong in a test, for its report.
FAILURE: pytest.StashKey[Failure | None] = pytest.StashKey()

# For each pytest that is started here.
OPTIONS = [
    f"--rootdir={ROOT}",
    *("-p", "no:cacheprovider", "-p", "no:terminal"),
    # At its end it collects garbage five times, to find what nobody reports here: that
    # takes longer than many a suite.
    *("-p", "no:unraisableexception"),
    # pytest would have liked to rewrite the asserts of our plugin, which is imported.
    *("-W", "ignore::pytest.PytestAssertRewriteWarning"),
]

SUITES = {step.suite: step for step in steps()}


# An answers folder, and the behaviours that it is checked for: all, if none is given.
Case = tuple[Path, Collection[str]]


@dataclass(frozen=True)
class Job:
    """What a suite is to judge: our step, an answers folder, or a URL.

    `hashes` are computed already. Tests named in `first` run before all others. `part`
    is `(0, 2)` for the first of two processes that share the suite.
    """

    answers: Path | None = None
    url: str | None = None
    secret_key: str | None = None
    hashes: "Hashes | None" = None
    first: Collection[str] = ()
    part: tuple[int, int] = (0, 1)


@dataclass
class Run:
    """What is handed to the hooks, and what they hand back."""

    # Waits until somebody says what the suite, collected by then, is to judge.
    wait: Callable[[], Job] | None = None
    sandbox: "Sandbox | None" = None
    hashes: "Hashes | None" = None
    first: Collection[str] = ()
    only: Collection[str] = ()
    # For `run_each`: one outcome for each of these answers and behaviours.
    cases: Sequence["Case"] = ()
    stop_at_first: bool = False
    # The answers are our own, and need not be served as those of a learner.
    is_ours: bool = False
    part: tuple[int, int] = (0, 1)
    order: list[str] = field(default_factory=list)
    count: int = 0
    not_judged: str = ""
    hashes_anew: bool = False

    def take(self, job: Job, config: pytest.Config) -> None:
        """Has the hooks judge this."""
        for name in ("answers", "url", "secret_key"):
            setattr(config.option, name, getattr(job, name))
        self.hashes, self.first, self.part = job.hashes, job.first, job.part


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("workbook", "which implementation a step's suite judges")
    group.addoption(
        "--answers",
        type=Path,
        metavar="DIR",
        help="judge DIR/<step name>/main.py instead of our step",
    )
    group.addoption("--url", help="judge the server that runs at this URL")
    group.addoption(
        "--secret-key",
        metavar="KEY",
        help="the key that signs its tokens, where that is not the documented one",
    )


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "standard(document, section): the clause that a test shows"
    )
    answers, url = config.getoption("--answers"), config.getoption("--url")
    if answers and url:
        raise pytest.UsageError("Give --answers or --url, not both.")
    if answers and not answers.is_dir():
        raise pytest.UsageError(f"--answers {answers}: there is no such folder.")


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makemodule(
    module_path: Path, parent: pytest.Collector
) -> pytest.Module | None:
    if module_path not in SUITES:
        return None
    return Suite.from_parent(parent, path=module_path)


class Suite(pytest.Module):
    """A step's suite. It is collected once its implementation is up, or not at all:
    what cannot be served is one error, not one a test."""

    server: Server

    def collect(self) -> Any:
        # First, since a process for the app may still be getting ready.
        found = list(super().collect())
        run = self.config.stash.get(RUN, Run())
        if run.wait is not None:
            run.take(run.wait(), self.config)
        opened = contextlib.ExitStack()
        try:
            self.server = opened.enter_context(open_server(self.step, self.config))
        except NoApp as problem:
            raise self.CollectError(str(problem)) from None
        except NotJudged as reason:
            run.not_judged = str(reason)
            raise self.CollectError(str(reason)) from None
        self.config.add_cleanup(opened.close)
        if self.is_somebody_elses:
            # Warnings are errors here; in a learner's code they are no wrong answer.
            self.add_marker(pytest.mark.filterwarnings("ignore"))
            # But for this one, which explains why every password is right.
            shown = "default:coroutine.*was never awaited:RuntimeWarning"
            self.add_marker(pytest.mark.filterwarnings(shown))
        return found

    @property
    def step(self) -> Step:
        return SUITES[self.path]

    @property
    def is_somebody_elses(self) -> bool:
        return bool(
            self.config.getoption("--answers")
            or self.config.getoption("--url")
            or self.config.stash.get(RUN, Run()).cases
        )


@contextlib.contextmanager
def open_server(step: Step, config: pytest.Config) -> Iterator[Server]:
    """The implementation that the options name. Raises `NoApp`."""
    secret_key = config.getoption("--secret-key")
    if url := config.getoption("--url"):
        with reach(url, secret_key=secret_key) as server:
            yield server
        return
    answers = config.getoption("--answers")
    run = config.stash.get(RUN, Run())
    # What a sandbox has is removed, however its process ends.
    folder = run.sandbox.folder if run.sandbox is not None else None
    variables = settings(step, secret_key, folder)
    secret_key = variables.get("SECRET_KEY", secret_key)
    if run.sandbox is not None:
        with run.sandbox.serve(
            step, answers, variables, secret_key=secret_key, hashes=run.hashes
        ) as server:
            server.database_url = variables.get("DATABASE_URL")
            yield server
        return
    # Here, because a sandboxed app and a URL are spoken to by another client.
    from workbook.checking.inprocess import serve

    with (
        bcrypt_cache(run.hashes, cheap_if_new=answers is None or run.is_ours),
        environment(variables),
        serve(step, answers, secret_key=secret_key) as server,
    ):
        server.database_url = variables.get("DATABASE_URL")
        yield server


@pytest.fixture(scope="module")
def server(request: pytest.FixtureRequest) -> Server:
    """The implementation under test."""
    suite = request.node.getparent(Suite)
    assert suite is not None, "only a step's suite has a server"
    running: Server = suite.server
    return running


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, None, None]:
    with _explained(item):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    with _explained(item):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    # A worker of xdist sends its reports to another process, which takes no objects.
    is_here = not hasattr(item.config, "workerinput")
    if is_here and call.excinfo and (failure := item.stash.get(FAILURE, None)):
        report.failure = failure  # type: ignore[attr-defined]
    return report


@contextlib.contextmanager
def _explained(item: pytest.Item) -> Iterator[None]:
    """A failed expectation needs no traceback: none is made, which takes long."""
    failure = None
    try:
        yield
    except ContractError as error:
        item.stash[FAILURE] = failure = explain(error, item)
        # They have the body of the answer, which can be long, and would keep it.
        traceback.clear_frames(error.__traceback__)
    except NotJudged as reason:
        _stop(item.config, reason)
    if failure is not None:
        _end_if_it_hashes_anew(item, failure)
        raise pytest.fail.Exception(str(failure), pytrace=False) from None


def _end_if_it_hashes_anew(item: pytest.Item, failure: Failure) -> None:
    """Ends the run after this test, where every login costs a new hash and none can
    succeed: two hashes of a password have different salts, and are never equal."""
    suite = item.getparent(Suite)
    if suite is None or suite.server.probe is None or not _refuses_johndoe(failure):
        return
    # It may have ended since its answer.
    with contextlib.suppress(Gone, Unanswered, ContractError):
        if _hashes_anew(suite.server, suite.server.probe):
            item.config.stash.get(RUN, Run()).hashes_anew = True
            item.session.shouldfail = HASHES_ANEW


def _hashes_anew(server: Server, probe: Probe) -> bool:
    """Whether each of two more logins of johndoe's takes a salt that it never had."""
    if probe.hash_stats().salts < MANY_SALTS:
        return False
    for _ in range(2):
        server.login("johndoe", "secret")
        if not probe.hash_stats().new_salts:
            return False
    return True


def _refuses_johndoe(failure: Failure) -> bool:
    return (
        failure.evidence.asked == "POST /token"
        and failure.evidence.status in (400, 401, 403)
        and "username=johndoe&password=secret'" in failure.request
        and failure.expected.startswith("200")
    )


def _stop(config: pytest.Config, reason: NotJudged) -> NoReturn:
    """Ends the run: a machine that is too busy for one test is so for the others."""
    config.stash.get(RUN, Run()).not_judged = str(reason)
    raise pytest.exit.Exception(str(reason), returncode=NOT_JUDGED)


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(
    collector: pytest.Collector, name: str
) -> list[pytest.Item] | None:
    """No items for what was not asked for: making them takes longer than one test."""
    if not isinstance(collector, Suite):
        return None
    only = collector.config.stash.get(RUN, Run()).only
    return [] if only and name not in only else None


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """`only` the behaviours that were asked for. Those of `first` run before others,
    with the plainest of the suite: if these fail, that's what to look at, whatever
    failed last time. Neighbours cost about the same, so a part has every second one."""
    run = config.stash.get(RUN, None)
    if run is None:
        return
    if run.only:
        items[:] = [item for item in items if item.name.partition("[")[0] in run.only]
    run.order = [item.name for item in items]
    if run.first:
        soon = {*run.first, *run.order[:PLAINEST]}
        items.sort(key=lambda item: item.name not in soon)
    number, parts = run.part
    items[:] = items[number::parts]
    run.count = len(items)


def explain(error: ContractError, item: pytest.Item) -> Failure:
    """The failed expectation, with what the test itself says of it."""
    docstring = getattr(getattr(item, "function", None), "__doc__", None)
    return Failure(
        request=error.request,
        actual=error.actual,
        expected=error.expected,
        difference="\n".join(error.difference),
        why=cleandoc(docstring or ""),
        standards=[
            f"{document}, {section if ' ' in section else f'section {section}'}"
            for document, section in (m.args for m in item.iter_markers("standard"))
        ],
        raised=error.raised,
        evidence=error.evidence,
    )


def run(
    step: Step,
    *,
    answers: Path | None = None,
    url: str | None = None,
    secret_key: str | None = None,
    hashes: "Hashes | None" = None,
    first: Collection[str] = (),
    only: Collection[str] = (),
    stop_at_first: bool = False,
    is_ours: bool = False,
) -> Outcome:
    """The suite of `step` against our step, an answers folder, or a URL.

    The app is imported into this process, which is faster than a sandbox and is not for
    code that may hang, exit or touch what it finds. `hashes` are computed already.
    Tests named in `first` run before all others. `only` these behaviours run where some
    are given. `stop_at_first` ends the suite at its first failed test. If the answers
    are ours, such as a mistake of the bank, their new hashes are cheap.
    """
    options = ["--exitfirst"] if stop_at_first else []
    if answers is not None:
        options.append(f"--answers={answers.resolve()}")
    if url is not None:
        options.append(f"--url={url}")
    if secret_key is not None:
        options.append(f"--secret-key={secret_key}")
    # The app must not find what lies here, above all no `.env` of somebody's.
    with _empty_folder():
        asked = Run(hashes=hashes, first=first, only=only, is_ours=is_ours)
        return _run(step, asked, options)


def run_when_told(
    step: Step,
    wait: Callable[[], Job],
    *,
    sandbox: "Sandbox",
    on_result: Callable[[Result, int], None],
) -> Outcome:
    """The suite of `step`, collected before `wait` says what it judges. A learner's app
    is served in the sandbox. `on_result` is called with each result as it comes, and
    with its place in the suite."""
    return _run(step, Run(wait, sandbox), [], on_result)


def _run(
    step: Step,
    asked: Run,
    options: list[str],
    on_result: Callable[[Result, int], None] | None = None,
) -> Outcome:
    recorder = _Recorder(asked, on_result)
    errors = io.StringIO()
    with contextlib.redirect_stderr(errors):
        status = pytest.main([str(step.suite), *OPTIONS, *options], plugins=[recorder])
    if status == pytest.ExitCode.USAGE_ERROR:
        return Outcome(problem=errors.getvalue().removeprefix("ERROR: ").strip())
    place = {name: number for number, name in enumerate(asked.order)}
    sandbox = asked.sandbox
    return Outcome(
        sorted(recorder.results, key=lambda result: place[result.name]),
        recorder.problem,
        asked.not_judged,
        sandbox.printed if sandbox else "",
        sandbox.stored if sandbox else [],
        sandbox.wrong_hashes if sandbox else {},
        asked.hashes_anew,
        asked.count - len(recorder.results) if asked.hashes_anew else 0,
    )


def run_each(
    step: Step, cases: Sequence[Case], *, stop_at_first: bool = False
) -> list[Outcome]:
    """The outcomes of many answers of ours in this process, in their order.

    The suite is collected once, and not for each of them: that takes longer than a test
    or two. `stop_at_first` leaves out what comes after the first failed test of each.
    """
    asked = Run(cases=cases, stop_at_first=stop_at_first, is_ours=True)
    if all(only for _, only in cases):
        asked.only = {behaviour for _, only in cases for behaviour in only}
    recorder = _Recorder(asked, None)
    loop = _Loop(step, asked, recorder)
    with _empty_folder():
        pytest.main([str(step.suite), *OPTIONS], plugins=[recorder, loop])
    return loop.outcomes


@contextlib.contextmanager
def _empty_folder() -> Iterator[None]:
    """An empty working directory."""
    with (
        tempfile.TemporaryDirectory(prefix="workbook-") as folder,
        contextlib.chdir(folder),
    ):
        yield


class _Loop:
    """A pytest plugin that runs the tests once for each case."""

    def __init__(self, step: Step, run: Run, recorder: "_Recorder") -> None:
        self.outcomes: list[Outcome] = []
        self._step = step
        self._run = run
        self._recorder = recorder

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for answers, only in self._run.cases:
            session.config.option.answers = answers
            chosen = [
                item
                for item in session.items
                if not only or item.name.partition("[")[0] in only
            ]
            self.outcomes.append(self._outcome(session, chosen))
        return True

    def _outcome(self, session: pytest.Session, items: list[pytest.Item]) -> Outcome:
        self._recorder.results = []
        # Not `shouldfail`, which can be set once in a session.
        self._run.hashes_anew = session._shouldfail = False
        try:
            with open_server(self._step, session.config) as server:
                for item, following in zip_longest(items, items[1:]):
                    if session.shouldfail or self._has_failed():
                        break
                    suite = item.getparent(Suite)
                    assert suite is not None, "only a step's suite has a server"
                    suite.server = server
                    item.stash[FAILURE] = None
                    item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
                # Where the rest is left out, fixtures are still there.
                session._setupstate.teardown_exact(None)
        except NoApp as problem:
            return Outcome(problem=str(problem))
        return Outcome(self._recorder.results, hashes_anew=self._run.hashes_anew)

    def _has_failed(self) -> bool:
        """Whether a test has failed, and the others don't matter."""
        return self._run.stop_at_first and any(
            result.verdict == "failed" for result in self._recorder.results
        )


class _Recorder:
    """A pytest plugin that keeps what was reported."""

    def __init__(
        self, run: Run, on_result: Callable[[Result, int], None] | None
    ) -> None:
        self.results: list[Result] = []
        self.problem = ""
        self._run = run
        self._on_result = on_result

    def pytest_configure(self, config: pytest.Config) -> None:
        config.stash[RUN] = self._run

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed and not self._run.not_judged:
            self.problem = str(report.longrepr)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.when == "call" or report.outcome != "passed":
            result = _result(report)
            self.results.append(result)
            if self._on_result is not None:
                self._on_result(result, self._run.order.index(result.name))


def _result(report: pytest.TestReport) -> Result:
    reason = ""
    failure = getattr(report, "failure", None)
    if report.outcome == "skipped" and isinstance(report.longrepr, tuple):
        reason = report.longrepr[2].removeprefix("Skipped: ")
    elif report.outcome == "failed" and failure is None:
        reason = printable(str(report.longrepr), LONGEST_TRACEBACK)
    name = report.nodeid.rpartition("::")[2]
    return Result(name, report.outcome, failure, reason)
