"""`workbook which`: where an app is on the ladder."""

import sys
from pathlib import Path

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
    from_here,
    key_option,
    must_be_one,
    own_step_argument,
)
from workbook.shell import program


@command()
@own_step_argument
@answers_option
@click.option("--reference", is_flag=True, help="Try our STEP instead of yours.")
@click.option("--url", help="Try the server that runs at this URL.")
@key_option
@json_option(f"for each step that was tried {VERDICT_KEYS}")
def which(
    step: ladder.Step | None,
    answers: Path | None,
    reference: bool,
    url: str | None,
    secret_key: str | None,
    as_json: bool,
) -> None:
    """Find the highest step that an app passes.

    It also says what is missing for the nearest other step. The app is your version of
    STEP, our own, or any server at a URL. Without STEP it's the version that you saved
    or checked last. We try the step that it looks most like first, then go up or down.
    """
    from workbook import learning

    must_be_one(reference, url)
    if url and step:
        raise Refused("Give STEP or --url, not both: a server may be at any step.")
    main = None
    if url is None:
        main = _main_to_try(step, answers, reference)
    what = url if main is None else from_here(main)
    if url is None and not as_json:
        # Apart from the answer, which may be piped: it takes a while. Of a URL nothing
        # is said until something answers there.
        click.echo(f"Looking at {what} …", err=True)
    placement = learning.place(
        main and main.parent,
        url=url,
        secret_key=secret_key,
        on_step=_ignore if as_json else _show_trying,
    )
    if url and placement.problem:
        raise Refused(placement.problem)
    if as_json:
        print_json([verdict_as_json(one) for one in placement.verdicts.values()])
    else:
        from workbook import terminal

        terminal.show_placement(str(what), placement)
    if placement.not_judged:
        raise Refused(f"We couldn't check every step. {placement.not_judged}")
    sys.exit(0 if placement.highest else 1)


def _ignore(step: ladder.Step) -> None:
    """Nothing is shown of a step that is tried."""


def _show_trying(step: ladder.Step) -> None:
    click.echo(f"Trying the tests of step {step.number} …", err=True)


def _main_to_try(
    step: ladder.Step | None, answers: Path | None, reference: bool
) -> Path:
    if reference:
        if step is None:
            raise Refused(f"Say which step: {program('workbook')} which 3 --reference")
        return step.main
    from workbook import learning

    folder = answers_folder(answers)
    if step is None:
        step = learning.last_worked_on(learning.read_progress(folder), folder)
    return folder / begun_step(step, folder).name / "main.py"
