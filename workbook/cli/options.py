"""What the commands share: the STEP argument, options, and refusals in one line."""

import contextlib
import functools
import os
import re
import shlex
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click
from click.shell_completion import CompletionItem

from workbook import ladder
from workbook.shell import path_from_here, program

if TYPE_CHECKING:
    from workbook.checking import Outcome

ANSWERS = Path("answers")
# Where `make docs` serves the pages.
SITE = "http://127.0.0.1:8010"


class Refused(click.ClickException):
    """What was asked can't be done: one line that says what would be right."""

    exit_code = 2


class HelpfulCommand(click.Command):
    """A command whose help names programs as they're typed in this folder."""

    def get_help(self, ctx: click.Context) -> str:
        return re.sub(
            r"(?m)^( +)(workbook|uvicorn|pytest)(?= )",
            lambda found: found[1] + program(found[2]),
            super().get_help(ctx),
        )


command = functools.partial(click.command, cls=HelpfulCommand)


class StepType(click.ParamType[ladder.Step]):
    """A step by number, by name or by the start of a name."""

    name = "step"

    def convert(self, value: Any, param: Any, ctx: Any) -> ladder.Step:
        if isinstance(value, ladder.Step):
            return value
        try:
            # No name is longer, and Python converts no number of 5000 digits.
            return ladder.find(value[:80])
        except ladder.UnknownStep as problem:
            if step := _step_in(value):
                raise Refused(
                    f"'{value}' is a path: write {step.number} for step {step.number}, "
                    "and --answers for your version of it."
                ) from None
            raise Refused(str(problem)) from None

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return [
            CompletionItem(step.name, help=step.title)
            for step in ladder.steps()
            if step.name.startswith(incomplete)
        ]


class OwnStepType(StepType):
    """A step whose version is the learner's: the path of that version will do, too."""

    def convert(self, value: Any, param: Any, ctx: Any) -> ladder.Step:
        step = None if isinstance(value, ladder.Step) else _step_in(value)
        if step is None:
            return super().convert(value, param, ctx)
        # Another folder than the one that the command looks at would be ignored.
        path = Path(value).resolve()
        answers = next(
            one.parent for one in (path, *path.parents) if one.name == step.name
        )
        given = ctx.params.get("answers")
        if not isinstance(given, Path):
            given = own_answers()
        if given is None or given.resolve() != answers:
            raise Refused(
                f"{value} isn't in your folder of answers: write {step.number} "
                f"--answers {shlex.quote(from_here(answers))} for that version."
            )
        return step


def _step_in(value: str) -> ladder.Step | None:
    """The step that a path names: `answers/step05_expiry`, or a file in there."""
    if "/" not in value and os.sep not in value:
        return None
    parts = reversed(Path(value).parts)
    return next(
        (step for part in parts for step in ladder.steps() if step.name == part), None
    )


STEP = StepType()
Command = TypeVar("Command", bound=Callable[..., Any])

step_argument = click.argument("step", type=STEP, required=False)
own_step_argument = click.argument("step", type=OwnStepType(), required=False)
answers_option = click.option(
    "--answers",
    type=click.Path(path_type=Path),
    metavar="DIR",
    # Before STEP, which may be a path in it.
    is_eager=True,
    help="The folder with your versions. Default: answers, in the workbook's folder.",
)
key_option = click.option(
    "--secret-key", metavar="KEY", help="The key that signs its tokens."
)


def yours_option(text: str) -> Callable[[Command], Command]:
    """--answers [DIR]: your version in the place of ours."""
    return click.option(
        "--answers",
        type=click.Path(path_type=Path),
        metavar="[DIR]",
        is_flag=False,
        flag_value=str(ANSWERS),
        callback=lambda ctx, param, given: (
            answers_folder(None) if given == ANSWERS else given
        ),
        help=text,
    )


def answers_folder(given: Path | None) -> Path:
    """The folder of the learner's versions: the one that was given, or the workbook's.

    Refuses a file, and where the user is in another folder than the workbook's: a
    command must not look for answers there, and must not make any.
    """
    answers = given or own_answers()
    if answers is None:
        raise Refused(
            f"There's no folder answers here. The workbook is in {ladder.ROOT}: "
            f"go there first (cd {shlex.quote(str(ladder.ROOT))}), or name your folder "
            "with --answers DIR."
        )
    must_be_folder(answers)
    return answers


def own_answers() -> Path | None:
    """The answers folder where none was given, `None` outside of the workbook."""
    here = Path.cwd()
    if ANSWERS.exists() or here == ladder.ROOT:
        return ANSWERS
    return ladder.ROOT / ANSWERS if here.is_relative_to(ladder.ROOT) else None


def must_be_folder(answers: Path) -> None:
    """Refuses answers that are a file. They may not exist yet."""
    if answers.exists() and not answers.is_dir():
        raise Refused(f"{answers} is a file: --answers takes a folder.")


def must_be_one(reference: bool, url: str | None) -> None:
    """Refuses two implementations at once, and a URL that is empty."""
    if reference and url is not None:
        raise Refused("Give --reference or --url, not both.")
    if url == "":
        raise Refused("--url is empty: write it as http://127.0.0.1:8000")


def must_exist(main: Path, step: ladder.Step) -> None:
    """Refuses a version that was never begun."""
    shown = from_here(main)
    if main.is_dir():
        raise Refused(f"{shown} is a folder: it must be a Python file.")
    if not main.exists():
        from workbook.checking import likely_main

        if likely := likely_main(main.parent):
            raise Refused(f"There's no {shown}, but {likely}")
        start = our_command("start", step, main.parent.parent)
        raise Refused(f"There's no {shown}. Start it first: {start}")


def must_be_judged(step: ladder.Step, outcome: "Outcome") -> None:
    """Refuses an outcome that is no verdict."""
    if outcome.not_judged:
        raise Refused(f"Step {step.number} was not judged. {outcome.not_judged}")


@contextlib.contextmanager
def progress_is_written() -> Iterator[None]:
    """Refuses progress that cannot be written in this block."""
    from workbook.learning import CannotRemember

    try:
        yield
    except CannotRemember as problem:
        raise Refused(str(problem)) from None


def begun_step(step: ladder.Step | None, answers: Path) -> ladder.Step:
    """The step, or the one at hand. Refuses one that was never begun."""
    step = step or step_at_hand(answers) or current_of(answers)
    must_exist(answers / step.name / "main.py", step)
    return step


def step_at_hand(answers: Path) -> ladder.Step | None:
    """The step to look at, where none was given. If the next one isn't begun, it's the
    last one that was passed, and that is said."""
    from workbook import learning

    records = learning.read_progress(answers)
    step = learning.step_at_hand(records, answers)
    current = learning.current_step(records, answers)
    if step is not None and current is not None and step != current:
        click.echo(
            f"This is step {step.number}, the last one that you passed. "
            f"You haven't started step {current.number} yet.",
            err=True,
        )
    return step


def current_of(answers: Path) -> ladder.Step:
    """The step to work on, where none was given."""
    from workbook import learning

    records = learning.read_progress(answers)
    return learning.current_step(records, answers) or ladder.steps()[-1]


def where_to_read(step: ladder.Step) -> str:
    """How a step's page is read: as a site, for its file lacks what the site adds."""
    serve = "make docs"
    if os.name == "nt":
        ready = "py -3 workbook/bootstrap.py docs"
        serve = f"{ready}`, then `{program('mkdocs')} serve"
    elif Path.cwd() != ladder.ROOT:
        serve = f"make -C {shlex.quote(path_from_here(ladder.ROOT))} docs"
    page = f"{SITE}/steps/{step.name}/"
    return f"Read about step {step.number}: run `{serve}` and open {page}"


def our_command(name: str, step: ladder.Step, answers: Path | None = None) -> str:
    """A command of ours about this step, as it's typed here, for these answers if the
    command asks for some."""
    flag = ""
    if answers is not None and answers != own_answers():
        flag = f" --answers{answers_value(answers)}"
    return f"{program('workbook')} {name} {step.number}{flag}"


def command_on_yours(name: str, step: ladder.Step, answers: Path) -> str:
    """A command of ours that takes our step, unless it's told to take yours."""
    flag = f"--answers{answers_value(answers)}"
    return f"{program('workbook')} {name} {step.number} {flag}"


def answers_value(answers: Path) -> str:
    """What to add to --answers."""
    return "" if answers == own_answers() else f" {shlex.quote(str(answers))}"


def from_here(path: Path, here: Path | None = None) -> str:
    """The path as it is typed in this folder, or in another one."""
    path = path.resolve()
    if here is None:
        return Path(path_from_here(path)).as_posix()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()
