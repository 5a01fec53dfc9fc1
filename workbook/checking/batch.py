"""Many implementations checked at once, on all cores, each by its step's own suite."""

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path

from workbook.checking.report import Outcome
from workbook.checking.suites import run, run_each
from workbook.ladder import find

Case = tuple[str, Path]

# So many answers are checked by one process, one after the other.
TOGETHER = 5
# The behaviours that failed last in this process.
FAILED_LAST: deque[str] = deque(maxlen=30)


def check_all(cases: Iterable[Case], *, stop_at_first: bool = False) -> list[Outcome]:
    """The outcome of each case: a step's name, and a folder of answers that are ours.

    The apps are imported into the workers. A worker stays for many cases, so that
    bcrypt is paid once for each pair of password and hash. With `stop_at_first` a suite
    ends at its first failed test. That comes sooner where similar cases are neighbours.
    """
    # Not forked: a fork of a process that has threads is a warning, and so an error.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(mp_context=context) as pool:
        if stop_at_first:
            return list(pool.map(_check_until_it_fails, cases))
        return [one for some in pool.map(_check, _of_one_step(cases)) for one in some]


def _of_one_step(cases: Iterable[Case]) -> Iterator[list[Case]]:
    """Those of one step together, a few at a time: their suite is collected once."""
    for _, its_own in groupby(cases, key=itemgetter(0)):
        while some := list(islice(its_own, TOGETHER)):
            yield some


def _check(cases: list[Case]) -> list[Outcome]:
    step = find(cases[0][0])
    return run_each(step, [(answers, ()) for _, answers in cases])


def _check_until_it_fails(case: Case) -> Outcome:
    """What the last ones failed runs first: it's likely to fail again."""
    step_name, answers = case
    outcome = run(
        find(step_name),
        answers=answers,
        first=set(FAILED_LAST),
        stop_at_first=True,
        is_ours=True,
    )
    FAILED_LAST.extend(result.behaviour for result in outcome.failed)
    return outcome
