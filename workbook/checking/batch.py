"""Many implementations checked at once, on all cores, each by its step's own suite."""

import multiprocessing
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from workbook.checking.report import Outcome
from workbook.checking.suites import run
from workbook.ladder import find


def check_all(cases: Iterable[tuple[str, Path]]) -> list[Outcome]:
    """The outcome of each case: a step's name, and the answers folder to check.

    The apps are imported into the workers. A worker stays for many cases, so that
    bcrypt is paid once for each pair of password and hash.
    """
    # Not forked: a fork of a process that has threads is a warning, and so an error.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(mp_context=context) as pool:
        return list(pool.map(_check, cases))


def _check(case: tuple[str, Path]) -> Outcome:
    step_name, answers = case
    return run(find(step_name), answers=answers)
