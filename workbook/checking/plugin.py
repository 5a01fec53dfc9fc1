"""The pytest plugin behind the suites: which implementation they judge, and how a
failure is told.

A suite is `tests/steps/test_<step name>.py`. It asks for the `server` fixture and
says nothing of where that server is: our step in this process, a learner's file, or
a URL. A failed expectation is shown as what was asked, what came, what was expected
and why it matters, without a traceback.
"""

import contextlib
from collections.abc import Generator, Iterator
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from workbook.checking import bcrypt_memo
from workbook.checking.apps import NoApp, load
from workbook.checking.exchange import Unmet
from workbook.checking.outcome import Story
from workbook.checking.server import Server, reach
from workbook.ladder import Step, steps
from workbook.settings import environment, settings

if TYPE_CHECKING:
    from workbook.checking.isolated import Host

# A process to serve the app in, from whoever runs pytest and has started one.
HOST: "pytest.StashKey[Host | None]" = pytest.StashKey()

# What went wrong in a test, for its report.
STORY: pytest.StashKey[Story] = pytest.StashKey()

SUITES = {step.suite: step for step in steps()}


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
        opened = contextlib.ExitStack()
        try:
            self.server = opened.enter_context(open_server(self.step, self.config))
        except NoApp as problem:
            raise self.CollectError(str(problem)) from None
        self.config.add_cleanup(opened.close)
        if self.is_somebody_elses:
            # Warnings are errors here; in a learner's code they are no wrong answer.
            self.add_marker(pytest.mark.filterwarnings("ignore"))
        return super().collect()

    @property
    def step(self) -> Step:
        return SUITES[self.path]

    @property
    def is_somebody_elses(self) -> bool:
        return bool(
            self.config.getoption("--answers") or self.config.getoption("--url")
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
    variables = settings(step, secret_key)
    secret_key = variables.get("SECRET_KEY", secret_key)
    if host := config.stash.get(HOST, None):
        with host.serve(step, answers, variables, secret_key=secret_key) as server:
            yield server
        return
    # Here, because a hosted app and a URL are spoken to by another client.
    from workbook.checking.inprocess import serve

    with bcrypt_memo.installed(), environment(variables):
        app = load(step, answers)
        with serve(app, step, answers, secret_key=secret_key) as server:
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
    with _told_as_a_story(item):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, None, None]:
    with _told_as_a_story(item):
        yield


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.excinfo is not None and (story := item.stash.get(STORY, None)):
        report.story = story  # type: ignore[attr-defined]
    return report


@contextlib.contextmanager
def _told_as_a_story(item: pytest.Item) -> Iterator[None]:
    """A failed expectation needs no traceback: none is made, which takes long."""
    try:
        yield
    except Unmet as unmet:
        item.stash[STORY] = story = tell(unmet, item)
        raise pytest.fail.Exception(str(story), pytrace=False) from None


def tell(unmet: Unmet, item: pytest.Item) -> Story:
    """The failed expectation, with what the test itself says of it."""
    docstring = getattr(getattr(item, "function", None), "__doc__", None)
    return Story(
        asked=unmet.asked,
        came=unmet.came,
        expected=unmet.expected,
        wrong="\n".join(unmet.wrong),
        why=cleandoc(docstring or ""),
        standards=[
            f"{document}, {section if ' ' in section else f'section {section}'}"
            for document, section in (m.args for m in item.iter_markers("standard"))
        ],
        raised=unmet.raised,
    )
