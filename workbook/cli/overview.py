"""`workbook` alone: the ladder, your progress, and what to do next."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbook import ladder
from workbook.cli.json_output import json_option, print_json
from workbook.cli.options import (
    answers_folder,
    answers_option,
    our_command,
    where_to_read,
)
from workbook.shell import program

if TYPE_CHECKING:
    from workbook.learning import Record


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog="To complete names with Tab, activate the environment and run: "
    'eval "$(_WORKBOOK_COMPLETE=bash_source workbook)", or zsh_source, fish_source.',
)
@answers_option
@json_option(
    "for each step name, title, all_passed, passed (how many), tests, changed (since "
    "that check), next"
)
@click.pass_context
def cli(ctx: click.Context, answers: Path | None, as_json: bool) -> None:
    """Climb the ladder of small apps, from a typed token to a strictly checked one.

    Without a command it shows the steps, what you've passed, and what to do next. A
    STEP is a number (3), a name (step03_bcrypt) or the start of one (bcr). If you leave
    it out, it's the first step that you've begun and not passed, or the next to begin.
    You can also give the path of your own version: answers/step03_bcrypt.
    """
    if ctx.invoked_subcommand is not None:
        # workbook --answers DIR check: an option before the command is meant for it.
        given: dict[str, Any] = {"answers": answers} if answers else {}
        if as_json:
            given["as_json"] = True
        ctx.default_map = dict.fromkeys(cli.commands, given)
        return
    from workbook import learning

    folder = answers_folder(answers)
    records = learning.read_progress(folder)
    current = learning.current_step(records, folder)
    if as_json:
        print_json([_entry(step, records, current) for step in ladder.steps()])
        return
    from workbook import terminal

    terminal.show_ladder(records, current)
    if current is None:
        terminal.print_line("You've climbed the whole ladder.")
        return
    if learning.is_begun(current, folder):
        terminal.show_commands(
            (our_command("watch", current, folder), "check yours each time you save"),
            (our_command("hint", current, folder), "a hint for what is wrong"),
        )
        return
    workbook = program("workbook")
    commands = [
        (f"{workbook} run {current.number}", "try our version, at /docs"),
        (our_command("start", current, folder), "begin your own version"),
    ]
    if current == ladder.steps()[0]:
        commands.insert(0, (f"{workbook} demo", "watch step 1 being attacked"))
    terminal.show_commands(*commands)
    terminal.console.print()
    terminal.print_indented(where_to_read(current), "dim")


def _entry(
    step: ladder.Step, records: "dict[str, Record]", current: ladder.Step | None
) -> dict[str, Any]:
    record = records.get(step.name)
    return {
        "step": step.number,
        "name": step.name,
        "title": step.title,
        "all_passed": bool(record and record.is_passed),
        "passed": record.passed if record else 0,
        "tests": record.total if record else 0,
        "changed": bool(record and record.changed),
        "next": step == current,
    }
