"""`workbook start`: the previous step, copied as a starting point."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook import ladder
from workbook.cli.options import (
    Refused,
    answers_folder,
    answers_option,
    command,
    command_on_yours,
    current_of,
    from_here,
    our_command,
    own_step_argument,
    where_to_read,
)

if TYPE_CHECKING:
    from workbook.learning import Beginning


@command()
@own_step_argument
@click.option(
    "--from",
    "whose",
    type=click.Choice(["mine", "ours"]),
    help="Which version of the previous step to copy. Default: yours if it passes.",
)
@click.option("--again", is_flag=True, help="Begin again; your old files are kept.")
@answers_option
def start(
    step: ladder.Step | None, whose: str | None, again: bool, answers: Path | None
) -> None:
    """Begin your version of STEP, from a copy of the previous step.

    If your own version of that step passes, you continue with it. Nothing that you
    wrote is ever overwritten.

    \b
    To do the same by hand, in the workbook's folder:
      mkdir -p answers/step02_response_model
      cp steps/step01_fake_hash/main.py answers/step02_response_model/
    """
    from workbook import learning

    folder = answers_folder(answers)
    step = step or current_of(folder)
    try:
        begins = _beginning(step, folder, whose)
        kept = learning.start(step, folder, files=begins.files, again=again)
    except learning.AlreadyBegun as problem:
        begin_again = f"{our_command('start', step, folder)} --again"
        raise Refused(
            f"{problem} To begin again and keep the old file: {begin_again}"
        ) from None
    except learning.CannotStart as problem:
        raise Refused(str(problem)) from None
    from workbook import terminal

    _, *beside = begins.files
    if kept:
        terminal.print_words(f"Your old version is {', '.join(map(from_here, kept))}.")
    also = f", with {', '.join(beside)} beside it," if beside else ""
    main = from_here(learning.main_of(step, folder))
    terminal.print_words(f"{main}{also} is {_described(step, begins)}.")
    click.echo()
    if begins.passed_over:
        _show_passed_over(step, folder, begins.passed_over)
    terminal.print_words(f"Step {step.number}: {step.title}. {step.question}", "bold")
    if step.page.exists():
        terminal.print_indented(where_to_read(step))
    terminal.print_line("Begin here:")
    terminal.print_indented(step.begin)
    terminal.show_commands(
        (our_command("watch", step, folder), "check it each time you save"),
        (command_on_yours("run", step, folder), "serve it"),
        (our_command("hint", step, folder), "when you are stuck"),
    )


def _beginning(step: ladder.Step, answers: Path, whose: str | None) -> "Beginning":
    from workbook import learning

    if whose == "mine":
        return learning.mine(step, answers)
    return learning.ours(step) if whose else learning.beginning(step, answers)


def _show_passed_over(step: ladder.Step, answers: Path, why: str) -> None:
    """Why the learner's own version isn't what they begin with, and how it would be."""
    from workbook import terminal

    lower = ladder.before(step)
    assert lower is not None
    terminal.print_indented(f"This isn't based on your own step {lower.number}: {why}.")
    mine = f"{our_command('start', step, answers)} --again --from mine"
    terminal.show_commands(
        (our_command("check", lower, answers), "check yours"),
        (mine, "begin with yours instead"),
    )
    click.echo()


def _described(step: ladder.Step, begins: "Beginning") -> str:
    lower = ladder.before(step)
    if lower is None:
        return "for you to fill in"
    whose = "your" if begins.is_mine else "our"
    return f"{whose} step {lower.number}, for you to change"
