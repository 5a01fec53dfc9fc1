"""`workbook run`: serves a step with the plain uvicorn command."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from workbook import ladder
from workbook.cli.options import (
    ANSWERS,
    Refused,
    command_on_yours,
    current_of,
    must_be_folder,
    must_exist,
    our_command,
    own_answers,
    step_argument,
    step_at_hand,
    yours_option,
)
from workbook.shell import path_from_here

if TYPE_CHECKING:
    from workbook.serving import Launch


@click.command()
@step_argument
@yours_option("Serve your version instead of ours.")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def run(step: ladder.Step | None, answers: Path | None, port: int) -> None:
    """Serve STEP with uvicorn, and restart it each time you save.

    \b
    To do the same by hand:
      uvicorn steps.step01_fake_hash.main:app --reload
    """
    from workbook import serving

    if step is None:
        # Ours are served from any folder, also where there are no answers.
        own = answers or own_answers() or ANSWERS
        must_be_folder(own)
        step = step_at_hand(own) or current_of(own)
    launch = serving.Launch(step.app) if answers is None else _launch_of(step, answers)
    typed = our_command("run", step)
    if answers is not None:
        typed = command_on_yours("run", step, answers)
    try:
        serving.must_be_free(port, typed)
    except serving.CannotServe as problem:
        raise Refused(str(problem)) from None
    from workbook import terminal

    whose = "step" if answers is None else "your step"
    title = f"{whose} {step.number}: {step.title}"
    click.echo(f"Serving {title}. Press Ctrl-C to stop it.")
    click.echo(f"Open http://127.0.0.1:{port}/docs and press Authorize.")
    variables = ""
    if step.needs_key and serving.give_a_key(launch.folder):
        click.echo("No SECRET_KEY is set: this run uses a fresh one.")
        variables = "SECRET_KEY=$(openssl rand -hex 32)"
    folder = path_from_here(launch.folder)
    terminal.show_plain("uvicorn", serving.typed(launch, port, folder, variables))
    click.echo()
    sys.exit(serving.serve(launch, port, title[0].upper() + title[1:]))


def _launch_of(step: ladder.Step, answers: Path) -> "Launch":
    """How the learner's version is served."""
    from workbook import learning

    must_be_folder(answers)
    if not answers.exists():
        raise Refused(
            f"There is no folder {answers}: write workbook run STEP --answers DIR."
        )
    must_exist(learning.main_of(step, answers), step)
    return learning.launch_of(step, answers)
