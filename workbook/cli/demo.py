"""`workbook demo`: step 1 is attacked while you watch, in half a minute."""

import sys
import threading
import time
from typing import TYPE_CHECKING

from workbook import ladder
from workbook.cli.options import Refused, command
from workbook.shell import program

if TYPE_CHECKING:
    import httpx

    from workbook.attacks import Target

VICTIM = "johndoe"
# What our fake hash puts before the password.
PREFIX = "fakehashed"
# Where `run` serves step 1, for those who send a request once more: the server of the
# demo has another port, and is gone soon.
PORT = 8000
# Set by a key: the rest is shown without pauses.
SKIPPED = threading.Event()


@command()
def demo() -> None:
    """Attack step 1 while you watch: half a minute.

    The app is served on this machine, and each request and answer is real. It pauses
    for you to read. Press any key to see the rest at once, or Ctrl-C to stop. If you
    pipe the output, it doesn't pause.
    """
    from workbook import attacks, terminal
    from workbook.cli import keys

    SKIPPED.clear()
    step = ladder.steps()[0]
    terminal.console.print("[bold]A login, attacked with two requests[/]")
    terminal.print_line(
        "The app of step 1 starts on this machine. The attacker knows one username, "
        f"{VICTIM}, and no password."
    )
    if sys.stdout.isatty():
        terminal.print_indented("Press any key to see the rest at once.", "dim")
    try:
        with (
            attacks.serving(step) as target,
            keys.pressed(lambda key: SKIPPED.set()),
        ):
            seconds = _attack(target)
    except (attacks.NoTarget, attacks.CannotBeTried) as problem:
        raise Refused(str(problem)) from None
    terminal.print_line(
        f"Two requests, answered within {seconds * 1000:.0f} ms. Each step of "
        "the workbook stops an attack like these, and you write the app that does it."
    )
    workbook = program("workbook")
    terminal.show_commands(
        (f"{workbook} run 1", "serve it: send these requests, or open /docs"),
        (f"{workbook} attack 1", "all attacks that get through"),
        (f"{workbook} start 1", "write your own version"),
    )


def _attack(target: "Target") -> float:
    """The two requests, each shown with its answer; how long they took together."""
    began = time.perf_counter()
    record = target.show(VICTIM)
    stored = str(record.json()["hashed_password"])
    password = stored.removeprefix(PREFIX)
    login = target.try_login(VICTIM, password)
    seconds = time.perf_counter() - began

    _say("1. In step 1 the token is the username. The attacker types it:")
    _show(record)
    _explain("That is johndoe's own record. The app asked for no password.", 3)
    _say("2. The record has a hash in it. The attacker reads it:")
    _explain(f"{stored}  =  {PREFIX} + {password}", 4)
    _say(f"3. So johndoe's password is '{password}'. The attacker logs in with it:")
    _show(login)
    _explain(
        "From now on the attacker can log in as johndoe wherever he uses this "
        "password.",
        3,
    )
    return seconds


def _say(text: str, seconds: float = 1.5) -> None:
    from workbook import terminal

    terminal.print_line(text)
    _pause(seconds)


def _explain(text: str, seconds: float) -> None:
    """What was seen, indented as an answer is."""
    from workbook import terminal

    terminal.console.print()
    terminal.print_indented(text)
    _pause(seconds)


def _show(answer: "httpx.Response") -> None:
    """A request as a curl line, and what came back."""
    from workbook import terminal
    from workbook.checking import curl

    request = answer.request
    headers = [
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, value in request.headers.raw
    ]
    url = request.url.copy_with(port=PORT)
    line = curl(request.method, str(url), headers, request.read())
    terminal.console.print()
    terminal.print_command(line)
    _pause(2)
    terminal.print_indented(f"{answer.status_code} {answer.text}", "red")
    _pause(3)


def _pause(seconds: float) -> None:
    """Time to read on a terminal, until a key is pressed."""
    if sys.stdout.isatty():
        SKIPPED.wait(seconds)
