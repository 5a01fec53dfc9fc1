"""Many implementations judged at once, on all cores, each by its step's own suite."""

import multiprocessing
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from workbook.checking import Outcome, run
from workbook.ladder import find


def judge(cases: Iterable[tuple[str, Path]]) -> list[Outcome]:
    """The outcome of each case: a step's name, and the answers folder to judge.

    A worker stays for many cases, so that bcrypt is paid once for each pair.
    """
    # Not forked: a fork of a process that has threads is a warning, and so an error.
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(mp_context=context) as pool:
        return list(pool.map(_judge, cases))


def write(source: str, answers: Path, step_name: str) -> Path:
    """The source as an answer to the step, in a folder of its own."""
    main = answers / step_name / "main.py"
    main.parent.mkdir(parents=True)
    main.write_text(source, "utf-8")
    return answers


def _judge(case: tuple[str, Path]) -> Outcome:
    step_name, answers = case
    return run(find(step_name), answers=answers)
