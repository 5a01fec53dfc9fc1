"""The `workbook` command: parses, calls a room, prints. Rooms are imported where they
are used, so that help and completion answer at once."""

import shlex
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

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
            # No name is longer, and Python counts to no number of 5000 digits.
            return ladder.find(value[:80])
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
Command = TypeVar("Command", bound=Callable[..., Any])

step_argument = click.argument("step", type=STEP, required=False)
answers_option = click.option(
    "--answers",
    type=click.Path(path_type=Path),
    metavar="DIR",
    default=Path("answers"),
    show_default=True,
    help="The folder of your versions.",
)


def json_option(keys: str) -> Callable[[Command], Command]:
    """--json, whose help names the keys of the answer."""
    return click.option("--json", "as_json", is_flag=True, help=f"As JSON, {keys}.")


OUTCOME_KEYS = (
    "step, name, holds, passed (how many), failed, skipped, problem, looks_like"
)


@click.group(
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 80},
    epilog='Completion: eval "$(_WORKBOOK_COMPLETE=bash_source workbook)", or '
    "zsh_source, fish_source.",
)
@answers_option
@json_option("for each step name, title, passed, tests, hold, next")
@click.pass_context
def cli(ctx: click.Context, answers: Path, as_json: bool) -> None:
    """Climb the ladder of small apps, from a typed token to one checked in full.

    Alone, it shows the steps, what you have passed, and the next thing to do. A STEP is
    a number (3), a name (step03_bcrypt) or the start of one (bcr). Where you leave it
    out, it is the first that you have begun and not passed, or the next to begin.
    """
    if ctx.invoked_subcommand is not None:
        # workbook --answers DIR check: said before the command, it is meant for it.
        said: dict[str, Any] = {"answers": answers} if _is_said(ctx, "answers") else {}
        if as_json:
            said["as_json"] = True
        ctx.default_map = dict.fromkeys(cli.commands, said)
        return
    from workbook.learning import progress

    _must_be_answers(answers)
    records = progress.read(answers)
    current = _current(records, answers)
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
    if _is_begun(current, answers):
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
        _must_be_answers(answers)
        if not answers.exists():
            raise Refused(
                f"There is no folder {answers}: write workbook run STEP --answers DIR."
            )
        _must_exist(main_of(step, answers), step)
        try:
            app = module_of(step, answers)
        except CannotStart as problem:
            raise Refused(str(problem)) from None
    try:
        serving.must_be_free(port)
    except serving.CannotServe as problem:
        raise Refused(str(problem)) from None
    from workbook import printing

    whose = "step" if answers is None else "your step"
    click.echo(f"Serving {whose} {step.number}: {step.title}, until Ctrl-C.")
    click.echo(f"Open http://127.0.0.1:{port}/docs and press Authorize.")
    plain = serving.printable(serving.command(app, port))
    if step.needs_key and serving.give_a_key():
        click.echo("No SECRET_KEY is set: this run has a fresh one for its tokens.")
        plain = f"SECRET_KEY=$(openssl rand -hex 32) {plain}"
    printing.show_plain(plain)
    click.echo()
    sys.exit(serving.serve(app, port))


@cli.command()
@step_argument
@click.option("--again", is_flag=True, help="Begin afresh; your old files are kept.")
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
    _, *beside = (path.name for path in room.starting_point(step))
    if kept:
        click.echo(f"Your old version is {', '.join(map(str, kept))}.")
    also = f", with {', '.join(beside)} beside it," if beside else ""
    click.echo(f"{room.main_of(step, answers)}{also} is {begins}.\n")
    printing.console.print(
        f"[bold]Step {step.number}: {step.title}. {step.question}[/]"
    )
    printing.console.print(f"To add: {step.idea}.")
    if step.page.exists():
        click.echo(f"Read:   {_from_here(step.page)}")
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
@json_option(f"with {OUTCOME_KEYS}")
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

    _must_be_one(reference, url)
    is_mine = not reference and url is None
    if is_mine:
        _must_be_answers(answers)
    step = step or (_current_of(answers) if is_mine else None)
    if step is None:
        which = "--reference" if reference else f"--url {url}"
        raise Refused(f"Say which step: workbook check 1 {which}")
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
    if url is not None and outcome.problem and not outcome.results:
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
@json_option("with test, level (0 without a hint), hint")
def hint(step: ladder.Step | None, answers: Path, as_json: bool) -> None:
    """Give one hint at a time, for the first thing that fails.

    First the idea, then the place, then nearly the code: ask again for the next one.
    """
    from workbook.learning import answers as room
    from workbook.learning.hints import NoHint, hints_for

    _must_be_answers(answers)
    step = step or _current_of(answers)
    _must_exist(room.main_of(step, answers), step)
    record = _checked(step, answers)
    check_says = f"workbook check {step.number}{_flag(answers)}"
    if not record.first:
        if as_json:
            _print_json({"test": "", "level": 0, "hint": ""})
        elif record.holds:
            click.echo(f"Your step {step.number} holds: there is nothing to hint at.")
        else:
            click.echo(f"It does not run yet: {check_says} says why.")
        sys.exit(0 if record.holds else 1)
    level = min(record.hints.get(record.first, 0) + 1, 3)
    try:
        text = hints_for(step, record.first)[level - 1]
    except NoHint:
        raise Refused(f"The tests have changed since: {check_says} first.") from None
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
    """Show what changed from STEP to OTHER, by file and function.

    With one STEP alone, what it changed in the step before. Piped, it is what diff -u
    writes and patch reads.

    \b
    Brought into your copy of the step before:
      workbook diff 3 4 | patch -p3 -d answers/step04_jwt

    \b
    The same by hand, and where a step has more files than one:
      diff -u steps/step03_bcrypt/main.py steps/step04_jwt/main.py
      diff -ruN -x __pycache__ steps/step06_settings steps/step07_safe_login
    """
    from workbook import diffing
    from workbook.learning.answers import main_of

    if mine and other:
        raise Refused("Give one STEP with --mine: yours is compared with ours.")
    if mine:
        _must_be_answers(answers)
        old, new = main_of(step, answers).parent, step.folder
        _must_exist(old / "main.py", step)
    elif other:
        old, new = step.folder, other.folder
    elif lower := ladder.before(step):
        old, new = lower.folder, step.folder
    else:
        raise Refused("Nothing is below step 1: give two steps, workbook diff 1 2.")
    try:
        before = diffing.read_all(ladder.modules_in(old))
        after = diffing.read_all(ladder.modules_in(new))
        names = _from_here(old, ladder.ROOT), _from_here(new, ladder.ROOT)
        if not sys.stdout.isatty():
            # As bytes: a patch must not be translated on its way.
            text = diffing.unified_all(before, after, f"a/{names[0]}", f"b/{names[1]}")
            sys.stdout.buffer.write(text.encode())
            return
        found = diffing.changes(before, after, *names)
    except diffing.CannotDiff as problem:
        raise Refused(str(problem)) from None
    from workbook import printing

    printing.show_changes(found)
    click.echo()
    if len(found) == 1:
        plain = ["diff", "-u", *(_from_here(side / "main.py") for side in (old, new))]
    else:
        # Of yours without what is hidden, and what start --again has kept.
        apart = ["__pycache__", ".*", "*.20*.py"] if mine else ["__pycache__"]
        options = [word for pattern in apart for word in ("-x", pattern)]
        plain = ["diff", "-ruN", *options, _from_here(old), _from_here(new)]
    printing.show_plain(shlex.join(plain))


@cli.command()
@step_argument
@answers_option
@click.option("--reference", is_flag=True, help="Try our STEP instead of yours.")
@click.option("--url", help="Try the server that runs at this URL.")
@click.option("--secret-key", metavar="KEY", help="The key that signs its tokens.")
@json_option(f"for each step {OUTCOME_KEYS}")
def which(
    step: ladder.Step | None,
    answers: Path,
    reference: bool,
    url: str | None,
    secret_key: str | None,
    as_json: bool,
) -> None:
    """Say the highest step that an app satisfies.

    And what is missing for the next. The app is your version of STEP, our own, or any
    server at a URL.
    """
    from workbook.learning.answers import main_of
    from workbook.learning.trying import try_all

    _must_be_one(reference, url)
    if url and step:
        raise Refused("Give STEP or --url, not both: a server is tried as every step.")
    if url is None and not reference:
        _must_be_answers(answers)
        step = step or _current_of(answers)
        _must_exist(main_of(step, answers), step)
    if url is None and step is None:
        raise Refused("Say which step: workbook which 3 --reference")
    main = None
    if step is not None:
        main = step.main if reference else main_of(step, answers)
    outcomes = try_all(main and main.parent, url=url, secret_key=secret_key)
    if url and (problem := next(iter(outcomes.values())).problem):
        raise Refused(problem)
    if as_json:
        _print_json([_as_json(step, outcome) for step, outcome in outcomes.items()])
    else:
        from workbook import printing

        printing.show_which(url or _from_here(main or Path()), outcomes)
    sys.exit(0 if any(outcome.holds for outcome in outcomes.values()) else 1)


@cli.command()
@step_argument
@click.option(
    "--answers",
    type=click.Path(path_type=Path),
    metavar="[DIR]",
    is_flag=False,
    flag_value=Path("answers"),
    help="Attack your version instead of ours.",
)
@click.option("--url", help="Attack the server that runs at this loopback URL.")
@json_option("attack, got_through (null: not tried), evidence, opens, closes")
def attack(
    step: ladder.Step | None, answers: Path | None, url: str | None, as_json: bool
) -> None:
    """Attack STEP, and say what got through and which step ends it.

    Each attack is a program: it shows what it found, read or measured. They are
    lessons, not weapons, and refuse every address that is not this machine's own
    loopback.
    """
    from workbook import attacks

    if url and (step or answers):
        raise Refused("Give STEP or --url, not both.")
    if not url and not step:
        raise Refused("Say which step: workbook attack 5")
    if answers is not None and step is not None:
        _must_be_answers(answers)
        _must_exist(answers / step.name / "main.py", step)
    attempts = []
    try:
        opened = attacks.reach(url) if url else attacks.serving(step, answers)  # type: ignore[arg-type]
        with opened as target:
            what = url or f"{'your ' if answers else ''}step {step.number}"  # type: ignore[union-attr]
            if not as_json:
                click.secho(f"Attacks on {what}", bold=True)
            for one in attacks.ATTACKS:
                attempts.append(attacks.run(one, target))
                if not as_json:
                    from workbook import printing

                    printing.show_attempt(attempts[-1])
    except attacks.NoTarget as problem:
        raise Refused(str(problem)) from None
    if as_json:
        _print_json(
            [
                {
                    "attack": attempt.attack.name,
                    "got_through": attempt.got_through,
                    "evidence": attempt.evidence,
                    "opens": attempt.attack.opens,
                    "closes": attempt.attack.closes,
                }
                for attempt in attempts
            ]
        )
    through = sum(attempt.got_through is True for attempt in attempts)
    if not as_json:
        click.echo(f"\n{through} of {len(attempts)} got through.")
    sys.exit(1 if through else 0)


def main() -> None:
    """The entry point: every refusal is one line, and wrong usage is exit status 2."""
    for stream in (sys.stdout, sys.stderr):
        # A terminal that has no tick gets a question mark, not a traceback.
        stream.reconfigure(errors="replace")  # type: ignore[union-attr]
    try:
        cli(prog_name="workbook", standalone_mode=False)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(130)
    except click.ClickException as problem:
        says = f"workbook: {problem.format_message()}"
        if isinstance(problem, click.UsageError) and problem.ctx is not None:
            says += "" if says.endswith((".", "?")) else "."
            says += f" See {problem.ctx.command_path} --help."
        click.echo(says, err=True)
        sys.exit(problem.exit_code)
    except OSError as error:
        # A name that is too long, a folder that is closed to you, a full disk.
        click.echo(f"workbook: {error}.", err=True)
        sys.exit(2)


def _progress() -> Any:
    from workbook.learning import progress

    return progress


def _record(records: "dict[str, Record]", step: ladder.Step) -> "Record":
    from workbook.learning.progress import Record

    return records.get(step.name, Record())


def _current(records: "dict[str, Record]", answers: Path) -> ladder.Step | None:
    """The first step that was begun and not passed, or the next one to begin: above
    the highest that was passed, as long as there is one."""
    missing = [step for step in ladder.steps() if not _record(records, step).holds]
    begun = [step for step in missing if _is_begun(step, answers)]
    passed = [step.number for step in ladder.steps() if step not in missing]
    above = [step for step in missing if step.number > max(passed, default=0)]
    return next(iter([*begun, *above, *missing]), None)


def _current_of(answers: Path) -> ladder.Step:
    return _current(_progress().read(answers), answers) or ladder.steps()[-1]


def _is_begun(step: ladder.Step, answers: Path) -> bool:
    return (answers / step.name / "main.py").exists()


def _is_said(ctx: click.Context, name: str) -> bool:
    return ctx.get_parameter_source(name) is not click.core.ParameterSource.DEFAULT


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


def _must_be_one(reference: bool, url: str | None) -> None:
    if reference and url is not None:
        raise Refused("Give --reference or --url, not both.")
    if url == "":
        raise Refused("--url is empty: write it as http://127.0.0.1:8000")


def _must_exist(main: Path, step: ladder.Step) -> None:
    if main.is_dir():
        raise Refused(f"{main} is a folder: it must be a Python file.")
    if not main.exists():
        flag = _flag(main.parent.parent)
        raise Refused(f"There is no {main}: workbook start {step.number}{flag}")


def _flag(answers: Path) -> str:
    """What to add to a command so that it means the same answers."""
    return "" if answers == Path("answers") else f" --answers{_value(answers)}"


def _value(answers: Path) -> str:
    return "" if answers == Path("answers") else f" {shlex.quote(str(answers))}"


def _from_here(path: Path, here: Path | None = None) -> str:
    """The path as it is typed in this folder, or in another one."""
    path, here = path.resolve(), here or Path.cwd()
    return (path.relative_to(here) if path.is_relative_to(here) else path).as_posix()


def _pytest_options(
    answers: Path | None, url: str | None, secret_key: str | None
) -> list[str]:
    # In one word: pytest takes a second one for a folder of tests, in which to look for
    # its settings.
    options = [f"--answers={answers}"] if answers else []
    options += [f"--url={url}"] if url else []
    return options + ([f"--secret-key={secret_key}"] if secret_key else [])


def _exec_pytest(step: ladder.Step, options: list[str]) -> None:
    import subprocess

    click.echo(f"$ {_plain_pytest(step, options)}\n")
    words = [sys.executable, "-m", "pytest", str(step.suite), *options]
    # pytest says 2 when it cannot collect, which is no wrong usage of ours.
    sys.exit(min(subprocess.call(words), 1))


def _plain_pytest(step: ladder.Step, options: list[str]) -> str:
    return shlex.join(["pytest", _from_here(step.suite), *options])


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
    printing.console.print()
    printing.show_plain(_plain_pytest(step, options))


def _as_json(step: ladder.Step, outcome: "Outcome") -> dict[str, Any]:
    import dataclasses

    from workbook.mistakes.diagnosis import diagnose

    return {
        "step": step.number,
        "name": step.name,
        "holds": outcome.holds,
        "passed": len(outcome.passed),
        "failed": [dataclasses.asdict(result) for result in outcome.failed],
        "skipped": [dataclasses.asdict(result) for result in outcome.skipped],
        "problem": outcome.problem,
        "looks_like": [
            {"mistake": suspect.mistake.name, "likeness": round(suspect.likeness, 2)}
            for suspect in diagnose(step, outcome)
        ],
    }


def _print_json(value: object) -> None:
    import json

    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


if __name__ == "__main__":
    main()
