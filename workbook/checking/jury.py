"""Many implementations judged at once, on all cores, each by its step's own suite."""

import multiprocessing
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from workbook.checking.outcome import Outcome
from workbook.checking.suites import run
from workbook.ladder import find


def judge_all(cases: Iterable[tuple[str, Path]]) -> list[Outcome]:
    """The outcome of each case: a step's name, and the answers folder to judge.

    The apps are imported into the workers. A worker stays for many cases, so that
    bcrypt is paid once for each pair of password and hash.
    """
    # Not forked: a fork of a process that has threads is a warning, and so an error.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(mp_context=context) as pool:
        return list(pool.map(_judge, cases))


def _judge(case: tuple[str, Path]) -> Outcome:
    step_name, answers = case
    return run(find(step_name), answers=answers)
