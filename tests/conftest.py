"""How the tests are spread over workers, and a small ladder to test with.

The tests of a file stay in one worker, since they share servers and browsers, unless a
mark says otherwise. `make test` leaves out those that are marked `long`, which
`make test-all` runs too.
"""

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.small_ladder import small_ladder_in
from workbook.ladder import Step

# As `make test-all` asks for the long proofs.
LONG = "long"


def pytest_configure(config: pytest.Config) -> None:
    for mark in (
        "apart: a test that shares nothing with the others of its file",
        "group(name): tests, of one file or of several, that share what is expensive",
    ):
        config.addinivalue_line("markers", mark)


# xdist is asked for on the command line, and need not be installed.


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    from tests.scheduling import ask_for_groups

    ask_for_groups(node)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    from tests.scheduling import GroupScheduling

    return GroupScheduling(config, log)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """For `-n auto`: more than there are cores, since some tests only wait, and among
    the long ones more do: for a browser, a kernel, a server, a key."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else 0
    return (cores or os.cpu_count() or 1) + (2 if config.option.markexpr == LONG else 1)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    if is_worker(config):
        from tests.scheduling import rank

        items.sort(key=rank)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_finish(session: pytest.Session) -> None:
    if not is_worker(session.config):
        return
    from tests.scheduling import write_groups

    write_groups(session)
    # Thousands of tests are here to stay. Each suite that is run in a test ends with a
    # collection of garbage, which would go through them all again.
    gc.freeze()


def is_worker(config: pytest.Config) -> bool:
    """Whether xdist has started this process."""
    return hasattr(config, "workerinput")


@pytest.fixture
def small_ladder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[tuple[Step, ...]]:
    """A ladder of three steps in `tmp_path`, the second and the third of several files.
    It is the ladder for as long as the test runs."""
    with small_ladder_in(tmp_path, monkeypatch) as steps:
        yield steps
