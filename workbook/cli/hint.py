"""`workbook hint`: one hint at a time, for what the check explains."""

import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook import ladder
from workbook.cli.json_output import json_option, print_json
from workbook.cli.options import (
    Refused,
    answers_folder,
    answers_option,
    begun_step,
    command,
    must_be_judged,
    our_command,
    own_step_argument,
    progress_is_written,
)
from workbook.shell import program

if TYPE_CHECKING:
    from workbook.learning import Record


@command()
@own_step_argument
@answers_option
@json_option("with test, level (0 without a hint), hint")
def hint(step: ladder.Step | None, answers: Path | None, as_json: bool) -> None:
    """Give one hint at a time, for the first test that fails.

    If the check can explain a different failure, the hint is for that one. You get the
    idea first, then the place, then nearly the code. Ask again for the next hint.
    """
    from workbook import learning, terminal

    folder = answers_folder(answers)
    step = begun_step(step, folder)
    record = _record_of(step, folder, quiet=as_json)
    check = our_command("check", step, folder)
    if not record.first:
        if as_json:
            print_json({"test": "", "level": 0, "hint": ""})
        elif record.is_passed:
            click.echo(f"Your step {step.number} passes, so you don't need a hint.")
        else:
            click.echo("No test fails, but something else is wrong. See it with:")
            terminal.print_command(check)
        sys.exit(0 if record.is_passed else 1)
    yours = learning.main_of(step, folder).parent
    try:
        test, hints = learning.first_with_hints(step, record.behaviours, yours)
    except learning.NoHint as problem:
        raise Refused(f"{problem} Check again: {check}") from None
    given = record.hints.get(test, 0)
    level = min(given + 1, learning.LEVELS)
    text = hints[level - 1]
    if as_json:
        print_json({"test": test, "level": level, "hint": text})
    else:
        is_over = given >= learning.LEVELS
        terminal.show_hint(test, level, text, happened=record.cause, is_over=is_over)
        if level < learning.LEVELS:
            again = our_command("hint", step, folder)
            terminal.show_commands((again, "the next one says more"))
        elif is_over:
            diff = f"{program('workbook')} diff {step.number}"
            if ladder.before(step):
                terminal.show_commands(
                    (diff, "everything that we changed in this step")
                )
    with progress_is_written():
        learning.remember_hint(folder, step, test, level)


def _record_of(step: ladder.Step, answers: Path, *, quiet: bool) -> "Record":
    """What is known of the learner's version. If it has changed, it's checked, and
    unless `quiet` that is said."""
    from workbook import learning, terminal

    digest = learning.digest(step, answers)
    record = learning.read_progress(answers).get(step.name, learning.Record())
    if record.digest == digest:
        return record
    from workbook.checking import CheckWorker

    if not quiet:
        # Apart from the hint, which may be piped: a check takes a while.
        click.echo(f"Checking your step {step.number} first …", err=True)
    with (
        closing(CheckWorker(step)) as worker,
        terminal.counting_tests(record.total) as count,
    ):
        outcome = worker.check(
            step, answers=answers, on_result=lambda result: None if quiet else count()
        )
    must_be_judged(step, outcome)
    verdict = learning.verdict_on(step, outcome)
    if learning.is_untouched(step, answers):
        verdict = verdict.undiagnosed
    with progress_is_written():
        learning.remember_check(
            answers, step, digest, outcome, verdict.behaviours, verdict.what_happened
        )
    return learning.read_progress(answers)[step.name]
