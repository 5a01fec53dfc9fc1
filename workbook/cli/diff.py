"""`workbook diff`: what changed between two steps."""

import shlex
import sys
from contextlib import closing
from pathlib import Path

import click

from workbook import ladder
from workbook.cli.options import (
    STEP,
    Refused,
    answers_folder,
    answers_option,
    command,
    current_of,
    from_here,
    must_exist,
    step_at_hand,
)
from workbook.shell import program


@command()
@click.argument("step", type=STEP, required=False)
@click.argument("other", type=STEP, required=False)
@click.option(
    "--mine",
    is_flag=True,
    help="Compare your version with ours: first what it does, then its code.",
)
@answers_option
def diff(
    step: ladder.Step | None,
    other: ladder.Step | None,
    mine: bool,
    answers: Path | None,
) -> None:
    """Show what changed from STEP to OTHER, by file and function.

    With one STEP, you see what it changes in the previous step. If you pipe the output,
    it's in the format of diff -u, for patch.

    \b
    To apply it to a copy of our previous step, in the workbook's folder:
      cp steps/step03_bcrypt/main.py answers/step04_jwt/
      workbook diff 3 4 | patch -p3 -d answers/step04_jwt

    \b
    To do the same by hand in that folder, also for steps with several files:
      diff -u steps/step03_bcrypt/main.py steps/step04_jwt/main.py
      diff -ruN -x __pycache__ steps/step06_settings steps/step07_safe_login
    """
    from workbook import diffing
    from workbook.learning import SKELETON

    folder = answers_folder(answers) if mine else None
    if step is None:
        own = folder or answers_folder(answers)
        step = step_at_hand(own) or current_of(own)
    old, new = _sides(step, other, folder)
    try:
        before = diffing.read_all(ladder.modules_in(old))
        after = diffing.read_all(ladder.modules_in(new))
        names = from_here(old, ladder.ROOT), from_here(new, ladder.ROOT)
        if not sys.stdout.isatty():
            # As bytes: a patch must not be translated on its way.
            text = diffing.unified_all(before, after, f"a/{names[0]}", f"b/{names[1]}")
            sys.stdout.buffer.write(text.encode())
            return
        # Of the learner's own, the code is compared: a docstring may be anything.
        template = SKELETON.read_text("utf-8") if mine else ""
        found = diffing.changes(
            before, after, *names, words=not mine, template=template
        )
    except diffing.CannotDiff as problem:
        raise Refused(str(problem)) from None
    from workbook import terminal

    if folder is not None:
        _show_behaviour(step, folder)
    terminal.show_changes(found)
    click.echo()
    if len(found) == 1:
        plain = ["diff", "-u", *(from_here(side / "main.py") for side in (old, new))]
    else:
        # Of yours without hidden files, and without those that start --again has kept.
        patterns = ["__pycache__", ".*", "*.20*.py"] if mine else ["__pycache__"]
        options = [word for pattern in patterns for word in ("-x", pattern)]
        plain = ["diff", "-ruN", *options, from_here(old), from_here(new)]
    terminal.show_plain("diff", shlex.join(plain))


def _show_behaviour(step: ladder.Step, answers: Path) -> None:
    """What the learner's version does: that is compared before its text, since code of
    another shape may do the same."""
    from workbook import learning, terminal
    from workbook.checking import CheckWorker

    record = learning.read_progress(answers).get(step.name, learning.Record())
    if record.is_passed and not record.changed:
        terminal.show_same_behaviour(record.total)
        return
    # At once: a check takes a while.
    click.echo(f"Checking your step {step.number} first …", err=True)
    with (
        closing(CheckWorker(step)) as worker,
        terminal.counting_tests(record.total) as count,
    ):
        outcome = worker.check(step, answers=answers, on_result=lambda result: count())
    terminal.show_behaviour(learning.verdict_on(step, outcome))


def _sides(
    step: ladder.Step, other: ladder.Step | None, answers: Path | None
) -> tuple[Path, Path]:
    """The folders to compare; `answers` where one of them is the learner's."""
    if answers is not None:
        if other:
            raise Refused("Give one STEP with --mine: yours is compared with ours.")
        must_exist(answers / step.name / "main.py", step)
        return answers / step.name, step.folder
    if other:
        return step.folder, other.folder
    lower = ladder.before(step)
    if lower is None:
        workbook = program("workbook")
        raise Refused(
            f"No step comes before step 1. {workbook} diff 1 2 shows what step 2 "
            f"changes, and {workbook} diff 1 --mine compares your step 1 with ours."
        )
    return lower.folder, step.folder
