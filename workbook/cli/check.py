"""`workbook check`: a step's suite against a version of it."""

import shlex
import sys
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from workbook import ladder
from workbook.cli.json_output import (
    VERDICT_KEYS,
    json_option,
    print_json,
    verdict_as_json,
)
from workbook.cli.options import (
    Refused,
    answers_folder,
    answers_option,
    begun_step,
    command,
    command_on_yours,
    from_here,
    key_option,
    must_be_judged,
    must_be_one,
    our_command,
    own_step_argument,
)
from workbook.cli.served import served_at
from workbook.shell import program

if TYPE_CHECKING:
    from workbook.checking import Result
    from workbook.learning import Verdict


@command()
@own_step_argument
@answers_option
@click.option("--reference", is_flag=True, help="Check our step instead of yours.")
@click.option("--url", help="Check the server that runs at this URL.")
@key_option
@click.option("--all", "everything", is_flag=True, help="Show every failure in full.")
@click.option("--pytest", "plain", is_flag=True, help="Show what pytest shows.")
@json_option(f"with {VERDICT_KEYS}")
def check(
    step: ladder.Step | None,
    answers: Path | None,
    reference: bool,
    url: str | None,
    secret_key: str | None,
    everything: bool,
    plain: bool,
    as_json: bool,
) -> None:
    """Run STEP's tests against your version, and explain what fails.

    You see the first failure right away. Exit status: 0 all tests passed, 1 something
    failed, 2 nothing could be judged.

    \b
    To do the same by hand, in the workbook's folder:
      pytest tests/steps/test_step01_fake_hash.py --answers answers
    """
    must_be_one(reference, url)
    mine = None
    if not reference and url is None:
        mine = answers_folder(answers)
        step = begun_step(step, mine)
    elif step is None:
        which = f"--url {url}" if url else "--reference"
        raise Refused(f"Say which step: {program('workbook')} check 1 {which}")
    options = _pytest_options(mine, url, secret_key)
    if plain:
        _exec_pytest(step, options, url)
    from workbook.checking import CheckWorker

    # Started before all else: it gets ready while we import what reads and prints.
    with closing(CheckWorker(None if url else step)) as worker:
        from workbook import learning, terminal

        digest, first, total = "", [], 0
        served = None
        if mine is not None:
            digest = learning.digest(step, mine)
            record = learning.read_progress(mine).get(step.name, learning.Record())
            first, total = record.failed, record.total
            served = served_at(step, mine, secret_key)
            secret_key = served.key or secret_key
        untouched = mine is not None and learning.is_untouched(step, mine)
        shown: list[Result] = []

        def show_first_failure(result: "Result") -> None:
            if result.verdict != "failed" or shown or learning.waits_for(result):
                return
            shown.append(result)
            # How rich ends a program whose reader has gone, as in `check | head`. The
            # check goes on, and is remembered.
            with suppress(SystemExit):
                terminal.show_failure(result, served)

        if not as_json and url is None:
            what = (
                from_here(learning.main_of(step, mine)) if mine else "our own version"
            )
            terminal.show_checking(step, what)
            if untouched:
                terminal.show_opening(step)
        with terminal.counting_tests(total) as count:

            def on_result(result: "Result") -> None:
                count()
                show_first_failure(result)

            outcome = worker.check(
                step,
                answers=mine,
                url=url,
                secret_key=secret_key,
                first=first,
                on_result=_ignore if as_json else on_result,
            )
    if url is not None and outcome.problem and not outcome.results:
        raise Refused(outcome.problem)
    verdict = learning.verdict_on(step, outcome, mine)
    shows = verdict.undiagnosed if untouched else verdict
    not_remembered = None
    if mine is not None:
        # Before anything is printed: who reads it may have gone.
        try:
            learning.remember_check(
                mine, step, digest, outcome, shows.behaviours, shows.what_happened
            )
        except learning.CannotRemember as problem:
            not_remembered = problem
    if as_json:
        print_json(verdict_as_json(verdict))
    must_be_judged(step, outcome)
    if not as_json:
        if shown or url is None:
            terminal.console.print()
        # A URL was not named before: until something answered, nothing was said.
        what = url or ""
        terminal.show_verdict(
            shows,
            what,
            served=served,
            everything=everything,
            shown=shown,
        )
        _show_what_next(verdict, mine, options)
    if not_remembered is not None:
        raise Refused(str(not_remembered))
    sys.exit(0 if outcome.all_passed else 1)


def _ignore(result: "Result") -> None:
    """Nothing is shown of a result."""


def _show_what_next(verdict: "Verdict", mine: Path | None, options: list[str]) -> None:
    from workbook import terminal

    step, outcome = verdict.step, verdict.outcome
    if outcome.all_passed:
        if mine is not None:
            upper = ladder.after(step)
            terminal.show_next(
                step,
                command_on_yours("attack", step, mine),
                our_command("start", upper, mine) if upper else "",
            )
        return
    if mine is not None and outcome.failed:
        hint = our_command("hint", step, mine)
        terminal.show_commands((hint, "when you are stuck"))
    terminal.console.print()
    terminal.show_plain("pytest", _plain_pytest(step, options))


def _pytest_options(
    answers: Path | None, url: str | None, secret_key: str | None
) -> list[str]:
    # In one word: pytest takes a second one for a folder of tests, in which to look for
    # its settings.
    options = [f"--answers={answers}"] if answers else []
    options += [f"--url={url}"] if url else []
    return options + ([f"--secret-key={secret_key}"] if secret_key else [])


def _exec_pytest(step: ladder.Step, options: list[str], url: str | None) -> NoReturn:
    import subprocess

    click.echo(f"$ {_plain_pytest(step, options)}\n")
    words = [sys.executable, "-m", "pytest", str(step.suite), *options]
    status = subprocess.call(words)
    # pytest ends with 2 when it can't collect. At a URL nothing answers then, or too
    # late: not judged. A version that can't be imported has failed.
    is_not_judged = status == 2 and url is not None
    sys.exit(2 if is_not_judged else min(status, 1))


def _plain_pytest(step: ladder.Step, options: list[str]) -> str:
    return f"{program('pytest')} {shlex.join([from_here(step.suite), *options])}"
