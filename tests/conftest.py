"""`make test` runs the tests in parallel: the tests of a file stay together, since they
share servers and browsers, except those that are many and share nothing."""

import gc
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.small_ladder import small_ladder_in
from workbook.ladder import Step


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line(
        "markers", "apart: a test that shares nothing with the others of its file"
    )


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    if not config.pluginmanager.has_plugin("xdist"):
        return
    for item in items:
        if item.get_closest_marker("apart") is None:
            item.add_marker(pytest.mark.xdist_group(item.path.name))


def pytest_collection_finish() -> None:
    # Thousands of tests are here to stay. Each suite that is run in a test ends with a
    # collection of garbage, which would go through them all again.
    gc.freeze()


@pytest.fixture
def small_ladder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Step, ...]]:
    """A ladder of three steps in `tmp_path`, the second and the third of several files.
    It is the ladder for as long as the test runs."""
    with small_ladder_in(tmp_path, monkeypatch) as steps:
        yield steps
