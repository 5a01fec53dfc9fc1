"""The `workbook` command: a module for each command parses, calls a package and prints.

Packages are imported where they are used, so that help and completion answer at once.
"""

import os
import shutil
import sys
import textwrap

import click

from workbook.cli import attack, check, demo, diff, hint, run, start, watch, which
from workbook.cli.overview import cli
from workbook.shell import program

__all__ = ["main"]

for command in (
    demo.demo,
    run.run,
    start.start,
    check.check,
    watch.watch,
    hint.hint,
    diff.diff,
    which.which,
    attack.attack,
):
    cli.add_command(command)


def main() -> None:
    """The entry point: every refusal is one line, and wrong usage is exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that has no tick gets a question mark, not a traceback.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        # The shell completes the name alone, whatever else was typed.
        is_completing = "_WORKBOOK_COMPLETE" in os.environ
        cli(
            prog_name="workbook" if is_completing else program("workbook"),
            complete_var="_WORKBOOK_COMPLETE",
            standalone_mode=False,
        )
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except click.ClickException as problem:
        message = f"workbook: {problem.format_message()}"
        if isinstance(problem, click.UsageError) and problem.ctx is not None:
            message += "" if message.endswith((".", "?")) else "."
            message += f" See {problem.ctx.command_path} --help."
        click.echo(
            _for_a_terminal(message) if sys.stderr.isatty() else message, err=True
        )
        sys.exit(problem.exit_code)
    except BrokenPipeError:
        # Who reads this has gone, as in `workbook diff 5 | head`. What is still to be
        # written goes nowhere.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        # A name that is too long, a folder without permission, a full disk.
        click.echo(f"workbook: {error}.", err=True)
        sys.exit(2)


def _for_a_terminal(message: str) -> str:
    """A message in lines that end between words. A command at its end stays one line,
    for the terminal to break: it's pasted as it stands."""
    prose, typed, rest = message.partition(f" {program('workbook')} ")
    if not prose.endswith(":"):
        prose, typed, rest = message, "", ""
    lines = textwrap.wrap(
        prose,
        shutil.get_terminal_size().columns - 1,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return "\n".join([*lines, f"  {typed.strip()} {rest}"] if rest else lines)
