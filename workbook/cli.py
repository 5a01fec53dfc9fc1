"""The `workbook` command: parses, calls a room, prints. Rooms are imported where they
are used, so that help and completion answer at once."""

import sys
from typing import Any

import click

from workbook import ladder


class StepType(click.ParamType[ladder.Step]):
    """A step by number, by name or by the start of a name."""

    name = "step"

    def convert(self, value: Any, param: Any, ctx: Any) -> ladder.Step:
        if isinstance(value, ladder.Step):
            return value
        try:
            return ladder.find(value)
        except ladder.UnknownStep as problem:
            raise click.BadParameter(str(problem)) from None


STEP = StepType()


@click.group()
def cli() -> None:
    """Climb the ladder: five small apps, from a typed token to a signed one."""


@cli.command()
@click.argument("step", type=STEP, default="1")
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def run(step: ladder.Step, port: int) -> None:
    """Serve STEP with uvicorn, and again at each save."""
    from workbook import serving

    command = serving.command(serving.app_of(step), port)
    click.echo(f"Step {step.number}: {step.title}. {step.question}")
    click.echo(f"$ {serving.printable(command)}")
    click.echo(f"Open http://127.0.0.1:{port}/docs, stop with Ctrl-C.\n")
    try:
        sys.exit(serving.serve(serving.app_of(step), port))
    except serving.CannotServe as problem:
        raise click.ClickException(str(problem)) from None


def main() -> None:
    """The entry point: every refusal is one line, and wrong usage is exit status 2."""
    try:
        cli(standalone_mode=False)
    except click.Abort:
        sys.exit(130)
    except click.ClickException as problem:
        click.echo(f"workbook: {problem.format_message()}", err=True)
        sys.exit(problem.exit_code)


if __name__ == "__main__":
    main()
