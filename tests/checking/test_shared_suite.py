"""A long suite is shared by two processes, and nobody can tell from the outcome."""

import contextlib
import os
from pathlib import Path

import pytest

from workbook.checking import CheckWorker, Outcome, Result
from workbook.checking.report import merged
from workbook.ladder import Step, find
from workbook.mistakes import mistakes, write_answer

STEP = find("2")
ONE, TWO, THREE = (Result(f"test_{name}", "passed") for name in ("one", "two", "three"))


@pytest.mark.long
@pytest.mark.parametrize("first", [[], ["test_a_json_login_is_rejected"]])
def test_two_processes_find_what_one_finds_in_the_same_order(
    first: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    write_answer(STEP, mistakes(STEP)[5], tmp_path)
    alone, as_it_came = checked(None, tmp_path, first)
    shared, as_they_came = checked(STEP, tmp_path, first)
    assert alone.failed
    assert verdicts_in(shared) == verdicts_in(alone)
    assert as_they_came == as_it_came


def verdicts_in(outcome: Outcome) -> list[tuple[str, str]]:
    """Of a failure no more than that: the tokens in it are others each time."""
    return [(result.name, result.verdict) for result in outcome.results]


def checked(
    shared: Step | None, answers: Path, first: list[str]
) -> tuple[Outcome, list[str]]:
    """The outcome, and the names of the results in the order in which they came."""
    came: list[str] = []
    with contextlib.closing(CheckWorker(shared)) as worker:
        outcome = worker.check(
            STEP,
            answers=answers,
            first=first,
            on_result=lambda result: came.append(result.name),
        )
    return outcome, came


def test_results_are_in_the_order_of_the_suite_whoever_found_them():
    parts = [Outcome(printed="hello"), Outcome(printed="hello\nworld")]
    outcome = merged([(2, THREE), (0, ONE), (1, TWO)], parts)
    assert outcome == Outcome([ONE, TWO, THREE], printed="hello\nworld")


def test_one_part_that_was_not_judged_leaves_the_whole_not_judged():
    outcome = merged([(0, ONE)], [Outcome(), Outcome(not_judged="too busy")])
    assert outcome.not_judged == "too busy"
    assert not outcome.all_passed


def test_tests_that_were_left_out_are_counted_in_all_parts():
    parts = [Outcome(hashes_anew=True, unrun=7), Outcome(hashes_anew=True, unrun=8)]
    outcome = merged([(0, ONE)], parts)
    assert outcome.hashes_anew
    assert (outcome.unrun, outcome.total) == (15, 16)


def test_an_app_that_cannot_be_imported_is_one_problem():
    parts = [Outcome(problem="it cannot be imported")] * 2
    assert merged([], parts) == parts[0]
