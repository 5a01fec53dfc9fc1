"""How many hostile requests: a fixed small sample, or as many as `--examples` says."""

import logging
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.internal.conjecture import providers

from tests.fuzz.asking import App, opened
from tests.promises import steps_that_take
from workbook.ladder import steps

SAMPLE = 40
FUZZ = Path(__file__).with_name("test_fuzz.py")

Fuzz = Callable[[st.SearchStrategy[Any]], Callable[[Callable[[Any], None]], None]]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--examples",
        type=int,
        metavar="N",
        help="draw N random examples for each test of the fuzz, not the fixed sample",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the gate the sample is sent to the last step, what was found to all."""
    for item in items:
        given = item.callspec.params if hasattr(item, "callspec") else {}
        if item.path == FUZZ and given.get("app") != steps()[-1]:
            item.add_marker(pytest.mark.long)


@pytest.fixture(
    scope="module", params=steps_that_take("expiry"), ids=lambda step: step.name
)
def app(request: pytest.FixtureRequest) -> Iterator[App]:
    """The app of each step from the complete documented one on."""
    with opened(request.param) as app:
        yield app


@pytest.fixture
def fuzz(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Fuzz]:
    """Calls a check with what a strategy draws: `@fuzz(forms)` above the check."""
    examples = request.config.getoption("examples", default=None)
    how = settings(
        max_examples=examples or SAMPLE,
        derandomize=examples is None,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        print_blob=False,
    )
    if examples is None:
        # Hypothesis would draw words from whatever modules are loaded by now.
        none = providers.Constants()
        monkeypatch.setattr(providers, "_get_local_constants", lambda: none)

    def fuzz(strategy: st.SearchStrategy[Any]) -> Callable[[Any], None]:
        def run(check: Any) -> None:
            how(given(strategy)(check))()

        return run

    # The form parser logs each form that is none: too much to keep.
    logging.disable(logging.CRITICAL)
    yield fuzz
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def counted(request: pytest.FixtureRequest, app: App) -> Iterator[None]:
    """What the test sent and what failed, for the summary."""
    asked, failed = app.asked, app.failed.copy()
    yield
    seen = [app.step.number, app.asked - asked, dict(app.failed - failed)]
    request.node.user_properties.append(("fuzz", seen))


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """The figures of a run with `--examples`, also one that xdist has spread."""
    if config.getoption("examples", default=None) is None:
        return
    asked: Counter[int] = Counter()
    failed: dict[int, Counter[str]] = {}
    for reports in terminalreporter.stats.values():
        for report in reports:
            if getattr(report, "when", None) != "teardown":
                continue
            for _, (step, sent, kinds) in (
                p for p in report.user_properties if p[0] == "fuzz"
            ):
                asked[step] += sent
                failed.setdefault(step, Counter()).update(kinds)
    terminalreporter.section("fuzz")
    for step in sorted(asked):
        total = failed[step].total()
        terminalreporter.line(f"step {step}: {asked[step]:6} requests, {total:5} 5xx")
        for kind, times in failed[step].most_common():
            terminalreporter.line(f"{times:10} {kind}")
