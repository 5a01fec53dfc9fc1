"""The `workbook` command: parses, calls a room, prints. Rooms are imported where they
are used, so that help and completion answer at once."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.shell_completion import CompletionItem

from workbook import ladder

if TYPE_CHECKING:
    from workbook.checking import Outcome
    from workbook.learning.progress import Record


class StepType(click.ParamType[ladder.Step]):
    """A step by number, by name or by the start of a name."""

    name = "step"

    def convert(self, value: Any, param: Any, ctx: Any) -> ladder.Step:
        if isinstance(value, ladder.Step):
            return value
        try:
            return ladder.find(value)
        except ladder.UnknownStep as problem:
            raise Refused(str(problem)) from None

    def shell_complete(
        self, ctx: click.Context, param: click.Parameter, incomplete: str
    ) -> list[CompletionItem]:
        return [
            CompletionItem(step.name, help=step.title)
            for step in ladder.steps()
            if step.name.startswith(incomplete)
        ]


class Refused(click.ClickException):
    """What was asked cannot be done: one line that says what would be right."""

    exit_code = 2


STEP = StepType()

step_argument = click.argument("step", type=STEP, required=False)
answers_option = click.option(
    "--answers",
    type=click.Path(path_type=Path),
    metavar="DIR",
    default=Path("answers"),
    show_default=True,
    help="The folder of your versions.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog='Completion: eval "$(_WORKBOOK_COMPLETE=bash_source workbook)", or '
    "zsh_source, fish_source.",
)
@answers_option
@json_option
@click.pass_context
def cli(ctx: click.Context, answers: Path, as_json: bool) -> None:
    """Climb the ladder of small apps, from a typed token to one that expires.

    Alone, it shows the steps, what you have passed, and the next thing to do. A STEP is
    a number (3), a name (step03_bcrypt) or the start of one (bcr). Where you leave it
    out, it is the first that you have not passed.
    """
    if ctx.invoked_subcommand is not None:
        return
    from workbook.learning import progress

    _must_be_answers(answers)
    records = progress.read(answers)
    current = _current(records)
    if as_json:
        _print_json(
            [
                {
                    "step": step.number,
                    "name": step.name,
                    "title": step.title,
                    "passed": _record(records, step).holds,
                    "tests": _record(records, step).total,
                    "hold": _record(records, step).passed,
                    "next": step == current,
                }
                for step in ladder.steps()
            ]
        )
        return
    from workbook import printing

    printing.show_ladder(records, current)
    if current is None:
        printing.console.print("\nYou have climbed it. workbook which says the same.")
        return
    flag = _flag(answers)
    if (answers / current.name / "main.py").exists():
        printing.show_commands(
            (
                f"workbook watch {current.number}{flag}",
                "check yours at each save",
            ),
            (
                f"workbook hint {current.number}{flag}",
                "a hint for what is wrong",
            ),
        )
    else:
        printing.show_commands(
            (f"workbook run {current.number}", "see it done, at /docs"),
            (f"workbook start {current.number}{flag}", "begin your own version"),
        )


@cli.command()
@click.argument("step", type=STEP, default="1")
@click.option(
    "--answers",
    type=click.Path(path_type=Path),
    metavar="[DIR]",
    is_flag=False,
    flag_value=Path("answers"),
    help="Serve your version instead of ours.",
)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def run(step: ladder.Step, answers: Path | None, port: int) -> None:
    """Serve STEP with uvicorn, and again at each save.

    \b
    The same by hand:
      uvicorn steps.step01_fake_hash.main:app --reload
    """
    from workbook import serving
    from workbook.learning.answers import CannotStart, main_of, module_of

    app = step.app
    if answers is not None:
        _must_exist(main_of(step, answers), step)
        try:
            app = module_of(step, answers)
        except CannotStart as problem:
            raise Refused(str(problem)) from None
    whose = "step" if answers is None else "your step"
    click.echo(f"Serving {whose} {step.number}: {step.title}, until Ctrl-C.")
    click.echo(f"Open http://127.0.0.1:{port}/docs and press Authorize.")
    click.secho(f"$ {serving.printable(serving.command(app, port))}\n", dim=True)
    try:
        sys.exit(serving.serve(app, port))
    except serving.CannotServe as problem:
        raise Refused(str(problem)) from None


@cli.command()
@step_argument
@click.option("--again", is_flag=True, help="Begin afresh; your old file is kept.")
@answers_option
def start(step: ladder.Step | None, again: bool, answers: Path) -> None:
    """Begin your version of STEP, from a copy of the step before.

    Never overwrites what you wrote.

    \b
    The same by hand:
      mkdir -p answers/step02_response_model
      cp steps/step01_fake_hash/main.py answers/step02_response_model/
    """
    from workbook.learning import answers as room

    _must_be_answers(answers)
    step = step or _current_of(answers)
    try:
        kept = room.start(step, answers, again=again)
    except room.CannotStart as problem:
        raise Refused(str(problem)) from None
    from workbook import printing

    lower = ladder.before(step)
    begins = (
        f"step {lower.number}, for you to change" if lower else "for you to fill in"
    )
    if kept:
        click.echo(f"Your old version is {kept}.")
    click.echo(f"{room.main_of(step, answers)} is {begins}.\n")
    click.secho(f"Step {step.number}: {step.title}. {step.question}", bold=True)
    printing.console.print(f"To add: {step.idea}.")
    if step.page.exists():
        click.echo(f"Read:   {step.page.relative_to(ladder.ROOT)}")
    flag = _flag(answers)
    printing.show_commands(
        (f"workbook watch {step.number}{flag}", "check it at each save"),
        (f"workbook run {step.number} --answers{_value(answers)}", "serve it"),
        (f"workbook hint {step.number}{flag}", "when you are stuck"),
    )


@cli.command()
@step_argument
@answers_option
@click.option("--reference", is_flag=True, help="Check our step instead of yours.")
@click.option("--url", help="Check the server that runs at this URL.")
@click.option("--secret-key", metavar="KEY", help="The key that signs its tokens.")
@click.option("--all", "everything", is_flag=True, help="Show every failure in full.")
@click.option("--pytest", "plain", is_flag=True, help="Show what pytest shows.")
@json_option
def check(
    step: ladder.Step | None,
    answers: Path,
    reference: bool,
    url: str | None,
    secret_key: str | None,
    everything: bool,
    plain: bool,
    as_json: bool,
) -> None:
    """Say what holds, what does not, and why, for your version of STEP.

    \b
    The same by hand:
      pytest tests/steps/test_step01_fake_hash.py --answers answers
    """
    from workbook.checking import Judge
    from workbook.learning import answers as room
    from workbook.learning import progress

    if reference and url:
        raise Refused("Give --reference or --url, not both.")
    is_mine = not reference and url is None
    if is_mine:
        _must_be_answers(answers)
    step = step or (_current_of(answers) if is_mine else None)
    if step is None:
        raise Refused("Say which step: workbook check 1 --reference.")
    if is_mine:
        _must_exist(room.main_of(step, answers), step)
    options = _pytest_options(answers if is_mine else None, url, secret_key)
    if plain:
        _exec_pytest(step, options)
    judge = Judge()
    digest = room.digest(step, answers) if is_mine else ""
    try:
        outcome = judge.check(
            step, answers=answers if is_mine else None, url=url, secret_key=secret_key
        )
    finally:
        judge.close()
    if outcome.problem.startswith(("Nobody answers", f"{url} is no URL")):
        raise Refused(outcome.problem)
    if as_json:
        _print_json(_as_json(step, outcome))
    else:
        what = url or (
            str(room.main_of(step, answers)) if is_mine else "our own version"
        )
        _show_check(step, what, outcome, everything, options, answers, is_mine)
    if is_mine:
        _remember(lambda: progress.remember_check(answers, step, digest, outcome))
    sys.exit(0 if outcome.holds else 1)


@cli.command()
@step_argument
@answers_option
def watch(step: ladder.Step | None, answers: Path) -> None:
    """Check your version of STEP at each save, until you press q.

    \b
    Keys:
      h  a hint        a  all failures in full
      r  check again   n  the next step, once this one holds
    """
    from workbook.learning import answers as room
    from workbook.learning.watching import watch

    _must_be_answers(answers)
    step = step or _current_of(answers)
    _must_exist(room.main_of(step, answers), step)
    sys.exit(0 if watch(step, answers) else 1)


@cli.command()
@step_argument
@answers_option
@json_option
def hint(step: ladder.Step | None, answers: Path, as_json: bool) -> None:
    """One hint for the first thing that fails: the idea, then the place, then the code.

    Ask again for the next one.
    """
    from workbook.learning import answers as room
    from workbook.learning.hints import hints_for

    _must_be_answers(answers)
    step = step or _current_of(answers)
    _must_exist(room.main_of(step, answers), step)
    record = _checked(step, answers)
    if record.holds:
        click.echo(f"Your step {step.number} holds: there is nothing to hint at.")
        return
    if not record.first:
        raise Refused(f"It does not run yet: workbook check {step.number} says why.")
    level = min(record.hints.get(record.first, 0) + 1, 3)
    text = hints_for(step, record.first)[level - 1]
    if as_json:
        _print_json({"test": record.first, "level": level, "hint": text})
    else:
        from workbook import printing

        printing.show_hint(record.first, level, text)
        if level < 3:
            again = f"workbook hint {step.number}{_flag(answers)}"
            printing.show_commands((again, "the next one says more"))
    _remember(lambda: _progress().remember_hint(answers, step, record.first, level))


@cli.command()
@click.argument("step", type=STEP)
@click.argument("other", type=STEP, required=False)
@click.option("--mine", is_flag=True, help="Your version of STEP against ours.")
@answers_option
def diff(
    step: ladder.Step, other: ladder.Step | None, mine: bool, answers: Path
) -> None:
    """Show what changed from STEP to OTHER, by function.

    With one STEP alone, what it changed in the step before. Piped, it is what diff -u
    writes and patch reads.

    \b
    The same by hand:
      diff -u steps/step03_bcrypt/main.py steps/step04_jwt/main.py
    """
    from workbook import diffing
    from workbook.learning.answers import main_of

    if mine and other:
        raise Refused("Give one STEP with --mine: yours is compared with ours.")
    if mine:
        old, new = main_of(step, answers), step.main
    elif other:
        old, new = step.main, other.main
    elif lower := ladder.before(step):
        old, new = lower.main, step.main
    else:
        raise Refused("Nothing is below step 1: give two steps, workbook diff 1 2.")
    try:
        before, after = diffing.read(old), diffing.read(new)
        names = [_relative(old), _relative(new)]
        if not sys.stdout.isatty():
            # As bytes: a patch must not be translated on its way.
            text = diffing.unified(before, after, f"a/{names[0]}", f"b/{names[1]}")
            sys.stdout.buffer.write(text.encode())
            return
        found = diffing.parts(before, after)
    except diffing.CannotDiff as problem:
        raise Refused(str(problem)) from None
    from workbook import printing

    printing.show_parts(names[0], names[1], found)
    printing.show_plain(f"diff -u {names[0]} {names[1]}")


@cli.command()
@step_argument
@answers_option
@click.option("--reference", is_flag=True, help="Try our STEP instead of yours.")
@click.option("--url", help="Try the server that runs at this URL.")
@click.option("--secret-key", metavar="KEY", help="The key that signs its tokens.")
@json_option
def which(
    step: ladder.Step | None,
    answers: Path,
    reference: bool,
    url: str | None,
    secret_key: str | None,
    as_json: bool,
) -> None:
    """Say the highest step that an app satisfies, and what is missing for the next.

    The app is your version of STEP, our own, or any server at a URL.
    """
    from workbook.learning.answers import main_of
    from workbook.learning.trying import try_all

    if url is None and not reference:
        _must_be_answers(answers)
        step = step or _current_of(answers)
        _must_exist(main_of(step, answers), step)
    if url is None and step is None:
        raise Refused("Say which step: workbook which 3 --reference.")
    folder = None
    if step is not None:
        folder = (step.main if reference else main_of(step, answers)).parent
    outcomes = try_all(folder, url=url, secret_key=secret_key)
    problems = [outcome.problem for outcome in outcomes.values() if outcome.problem]
    if len(problems) == len(outcomes):
        raise Refused(problems[0])
    if as_json:
        _print_json([_as_json(step, outcome) for step, outcome in outcomes.items()])
    else:
        from workbook import printing

        what = url or _relative(folder / "main.py" if folder else Path())
        printing.show_which(what, outcomes)
    sys.exit(0 if any(outcome.holds for outcome in outcomes.values()) else 1)


def main() -> None:
    """The entry point: every refusal is one line, and wrong usage is exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that has no tick gets a question mark, not a traceback.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        cli(standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except click.ClickException as problem:
        click.echo(f"workbook: {problem.format_message()}", err=True)
        sys.exit(problem.exit_code)


def _progress() -> Any:
    from workbook.learning import progress

    return progress


def _record(records: "dict[str, Record]", step: ladder.Step) -> "Record":
    from workbook.learning.progress import Record

    return records.get(step.name, Record())


def _current(records: "dict[str, Record]") -> ladder.Step | None:
    """The first step that has not been passed."""
    for step in ladder.steps():
        if not _record(records, step).holds:
            return step
    return None


def _current_of(answers: Path) -> ladder.Step:
    return _current(_progress().read(answers)) or ladder.steps()[-1]


def _checked(step: ladder.Step, answers: Path) -> "Record":
    """What is known of the learner's version; checks it when it has changed."""
    from workbook.learning.answers import digest

    now = digest(step, answers)
    record = _record(_progress().read(answers), step)
    if record.digest == now:
        return record
    from workbook.checking import Judge

    judge = Judge()
    try:
        outcome = judge.check(step, answers=answers)
    finally:
        judge.close()
    _remember(lambda: _progress().remember_check(answers, step, now, outcome))
    return _record(_progress().read(answers), step)


def _remember(write: Any) -> None:
    try:
        write()
    except _progress().CannotRemember as problem:
        raise Refused(str(problem)) from None


def _must_be_answers(answers: Path) -> None:
    if answers.exists() and not answers.is_dir():
        raise Refused(f"{answers} is a file: --answers takes a folder.")


def _must_exist(main: Path, step: ladder.Step) -> None:
    if main.is_dir():
        raise Refused(f"{main} is a folder: it must be a Python file.")
    if not main.exists():
        flag = _flag(main.parent.parent)
        raise Refused(f"There is no {main}: workbook start {step.number}{flag}")


def _flag(answers: Path) -> str:
    """What to add to a command so that it means the same answers."""
    return "" if answers == Path("answers") else f" --answers {answers}"


def _value(answers: Path) -> str:
    return "" if answers == Path("answers") else f" {answers}"


def _relative(path: Path) -> str:
    path = path.resolve()
    if path.is_relative_to(ladder.ROOT):
        return path.relative_to(ladder.ROOT).as_posix()
    return str(path)


def _pytest_options(
    answers: Path | None, url: str | None, secret_key: str | None
) -> list[str]:
    options = ["--answers", str(answers)] if answers else []
    options += ["--url", url] if url else []
    return options + (["--secret-key", secret_key] if secret_key else [])


def _exec_pytest(step: ladder.Step, options: list[str]) -> None:
    import subprocess

    words = [sys.executable, "-m", "pytest", f"--rootdir={ladder.ROOT}"]
    sys.exit(subprocess.call([*words, str(step.suite), *options]))


def _show_check(
    step: ladder.Step,
    what: str,
    outcome: "Outcome",
    everything: bool,
    options: list[str],
    answers: Path,
    is_mine: bool,
) -> None:
    from workbook import printing

    printing.show_outcome(step, what, outcome, everything=everything)
    if outcome.holds:
        if is_mine:
            printing.show_next(step, _flag(answers))
        return
    if is_mine and outcome.failed:
        hint = f"workbook hint {step.number}{_flag(answers)}"
        printing.show_commands((hint, "when you are stuck"))
    words = ["pytest", step.suite.relative_to(ladder.ROOT).as_posix(), *options]
    printing.console.print()
    printing.show_plain(" ".join(words))


def _as_json(step: ladder.Step, outcome: "Outcome") -> dict[str, Any]:
    import dataclasses

    return {
        "step": step.number,
        "name": step.name,
        "holds": outcome.holds,
        "passed": len(outcome.passed),
        "failed": [dataclasses.asdict(result) for result in outcome.failed],
        "skipped": [dataclasses.asdict(result) for result in outcome.skipped],
        "problem": outcome.problem,
    }


def _print_json(value: object) -> None:
    import json

    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
