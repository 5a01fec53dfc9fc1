"""Tests that belong together run in one worker, and what takes longest begins first."""

import re
import subprocess
import sys
from collections import defaultdict

import pytest

from tests.scheduling import LONGEST_FIRST, group_of, rank
from workbook import timeouts
from workbook.ladder import ROOT


@pytest.mark.apart
def test_a_test_that_shares_nothing_is_a_group_of_its_own(
    request: pytest.FixtureRequest,
):
    assert group_of(request.node) == request.node.nodeid


@pytest.mark.group("those of the browser")
def test_a_test_may_name_its_group(request: pytest.FixtureRequest):
    assert group_of(request.node) == "those of the browser"


def test_without_a_mark_the_file_is_the_group_and_comes_last(
    request: pytest.FixtureRequest,
):
    assert group_of(request.node) == "tests/tooling/test_scheduling.py"
    assert rank(request.node) == len(LONGEST_FIRST)


def test_what_begins_first_is_there():
    assert [name for name in LONGEST_FIRST if not (ROOT / name).exists()] == []


@pytest.mark.long
def test_each_file_runs_in_one_worker():
    """xdist has broken its own groups before, without a word."""
    files = ["tests/bench/test_figures.py", "tests/attacks/test_declarations.py"]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "-p", "xdist", "-n", "2", *files],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=timeouts.COMMAND,
    )
    workers = defaultdict(set)
    for worker, file in re.findall(r"^\[(gw\d)\].+ PASSED (\S+?)::", done.stdout, re.M):
        workers[file].add(worker)
    assert sorted(workers) == sorted(files)
    assert [len(one) for one in workers.values()] == [1, 1]
    assert len(set.union(*workers.values())) == 2
