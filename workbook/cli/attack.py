"""`workbook attack`: runs the attacks against a step, or any app on the loopback."""

import sys
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from workbook import ladder
from workbook.cli.json_output import json_option, print_json
from workbook.cli.options import (
    Command,
    Refused,
    answers_folder,
    command,
    current_of,
    must_be_folder,
    must_exist,
    step_argument,
    step_at_hand,
    yours_option,
)

if TYPE_CHECKING:
    from workbook.attacks import Attempt, Target

KEYS = (
    "attack, kind (ladder or classic), got_through (null: not tried), evidence, opens, "
    "closes, mistake"
)
# By their names in `attacks.Api`. What isn't given is as in the steps.
API_OPTIONS = {
    "token_path": click.option(
        "--token-path",
        metavar="PATH",
        help="Where the app logs users in. Default: /token.",
    ),
    "me_path": click.option(
        "--me-path",
        metavar="PATH",
        help="Where it shows users their own record. Default: /users/me, with or "
        "without a slash at its end.",
    ),
    "login_field": click.option(
        "--login-field",
        metavar="NAME",
        help="The login field with the username, such as email. Default: username.",
    ),
    "json_login": click.option(
        "--json-login", is_flag=True, help="The login takes JSON, not a form."
    ),
    "username": click.option(
        "--username", metavar="NAME", help="A user who can log in. Default: johndoe."
    ),
    "password": click.option(
        "--password", metavar="WORD", help="Their password. Default: secret."
    ),
}


def api_options(command: Command) -> Command:
    """The options that describe an app with another API than the steps."""
    for option in reversed(API_OPTIONS.values()):
        command = option(command)
    return command


@command()
@step_argument
@yours_option("Attack your version instead of ours.")
@click.option("--url", help="Attack the server that runs at this loopback URL.")
@api_options
@click.option(
    "--all", "show_all", is_flag=True, help="Show the attacks that were stopped, too."
)
@json_option(KEYS)
def attack(
    step: ladder.Step | None,
    answers: Path | None,
    url: str | None,
    show_all: bool,
    as_json: bool,
    **api: Any,
) -> None:
    """Attack STEP, and show what got through and which step stops it.

    Each attack is a program that shows what it found, read or measured. The attacks of
    the ladder come first, then the classics: every app that issues JSON Web Tokens
    should stand up to them. With --url you can attack any app on this machine. Say
    where and how it logs users in.

    The attacks refuse every address except this machine's own loopback.
    """
    from workbook import attacks

    opened, what, attacked = _open(step, answers, url, api)
    try:
        with opened as target:
            if not as_json:
                click.secho(f"Attacks on {what}", bold=True)
            if url:
                _warn_without_a_login(target)
            attempts = _run(target, show=not as_json, show_all=show_all)
            ladders = attempts[: len(attacks.ATTACKS)]
            classics = attempts[len(attacks.ATTACKS) :]
    except attacks.NoTarget as problem:
        raise Refused(str(problem)) from None
    if as_json:
        print_json([_as_json(attempt) for attempt in (*ladders, *classics)])
    else:
        from workbook import terminal

        terminal.show_summary(ladders, classics, step=attacked, show_all=show_all)
    failed = any(attempt.got_through for attempt in (*ladders, *classics))
    sys.exit(1 if failed else 0)


def _open(
    step: ladder.Step | None, answers: Path | None, url: str | None, api: dict[str, Any]
) -> "tuple[AbstractContextManager[Target], str, ladder.Step | None]":
    """What is attacked, what it is called, and its step if it has one."""
    from workbook import attacks

    given = {name: value for name, value in api.items() if value}
    if url:
        if step or answers:
            raise Refused("Give STEP or --url, not both.")
        try:
            return attacks.reach(url, attacks.Api(**given)), url, None
        except attacks.NoTarget as problem:
            raise Refused(str(problem)) from None
    if given:
        option = f"--{min(given).replace('_', '-')}"
        raise Refused(f"{option} only works with --url.")
    if answers is not None:
        must_be_folder(answers)
    if step is None:
        folder = answers_folder(answers)
        step = step_at_hand(folder) or current_of(folder)
    if answers is not None:
        must_exist(answers / step.name / "main.py", step)
    yours = "your " if answers else ""
    return attacks.serving(step, answers), f"{yours}step {step.number}", step


def _warn_without_a_login(target: "Target") -> None:
    """Says how to log in, where that failed: most attacks begin with a token."""
    from workbook import attacks

    try:
        target.own_token()
    except attacks.CannotBeTried as problem:
        click.secho(
            f"{problem} Most attacks need a login. Describe one that works: "
            "--username, --password, --token-path, --login-field, --json-login.",
            fg="yellow",
            err=True,
        )


def _run(target: "Target", *, show: bool, show_all: bool) -> "list[Attempt]":
    """Runs the attacks, says which one is under way, and shows each when it has got
    through, or all of them."""
    from workbook import attacks

    chosen = (*attacks.ATTACKS, *attacks.CLASSICS)
    if not show:
        return [attacks.run(one, target) for one in chosen]
    from workbook import terminal

    attempts = []
    with terminal.passing_line() as say:
        for number, one in enumerate(chosen, 1):
            say(f"{number} of {len(chosen)}: {one.title}")
            attempts.append(attacks.run(one, target))
            if show_all or attempts[-1].got_through:
                terminal.show_attempt(attempts[-1], attacker=show_all)
    return attempts


def _as_json(attempt: "Attempt") -> dict[str, Any]:
    from workbook.attacks import ClassicAttack

    attack = attempt.attack
    return {
        "attack": attack.name,
        "kind": "classic" if isinstance(attack, ClassicAttack) else "ladder",
        "got_through": attempt.got_through,
        "evidence": attempt.evidence,
        "opens": getattr(attack, "opens", None),
        "closes": getattr(attack, "closes", None),
        "mistake": getattr(attack, "mistake", None),
    }
