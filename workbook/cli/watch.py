"""`workbook watch`: checks again at each save."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from workbook import ladder
from workbook.cli.options import (
    Refused,
    answers_folder,
    answers_option,
    begun_step,
    command,
    must_be_judged,
    own_step_argument,
)

if TYPE_CHECKING:
    from workbook.checking import CheckWorker
    from workbook.cli.watching import Watch


@command()
@own_step_argument
@answers_option
def watch(step: ladder.Step | None, answers: Path | None) -> None:
    """Check your version of STEP each time you save, until you press q.

    \b
    Keys:
      h  a hint        a  all failures, then each one in full
      r  check again   f  back to the first failure
      q  quit          n  the next step, once this one passes
      s  slow attacks on your app, too: those that don't run at each save
    """
    folder = answers_folder(answers)
    step = begun_step(step, folder)
    from workbook.checking import CheckWorker

    # Started before all else: it gets ready while we import what watches and prints.
    watched = watch_until_quit(step, folder, CheckWorker(step))
    verdict = watched.verdict
    if verdict is None:
        number = watched.step.number
        raise Refused(f"Step {number} was not judged: you quit before its check ended.")
    must_be_judged(verdict.step, verdict.outcome)
    sys.exit(0 if verdict.outcome.all_passed else 1)


def watch_until_quit(
    step: ladder.Step, answers: Path, worker: "CheckWorker"
) -> "Watch":
    """Checks at each save until the learner quits, first with this worker."""
    from workbook import terminal
    from workbook.cli import events, keys
    from workbook.cli.watching import Watch

    terminal.clear()
    state = Watch(step, answers, spare=worker)
    try:
        with (
            events.signals(state.events),
            keys.pressed(lambda key: state.events.put(("key", key))),
            events.saves(answers, state.events),
        ):
            state.check(even_if_same=True)
            while handle(state, *state.events.get()):
                pass
    finally:
        state.close()
    return state


def handle(state: "Watch", name: str, event: Any) -> bool:
    """Acts on one event; whether to go on."""
    from workbook.cli import keys

    match name, event:
        case "saved", _:
            state.check()
        case ("resized", _) | ("key", keys.REDRAW):
            state.show()
        case "failed", (worker, result):
            state.has_failed(worker, result)
        case "counted", (worker, done):
            state.has_counted(worker, done)
        case "outcome", (worker, outcome):
            state.has_ended(worker, outcome)
        case "attacked", (worker, results):
            state.attacks.take(worker, results)
            state.show()
        case "key", "h":
            state.give_hint()
        case "key", "a":
            state.show_all_failures()
        case "key", "f":
            state.show_first_failure()
        case "key", "s":
            state.attack_slowly()
        case "key", "r":
            state.check(even_if_same=True)
        case "key", "n":
            state.go_on()
        case "key", "q" | "\x03" | "\x04":
            return False
    return True
