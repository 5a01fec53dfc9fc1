"""How the answer to a task is judged: in a sentence, and never with a traceback.

    @task("my_token is a string: the word that opens johndoe's record.")
    def typed_token(my_token: Any) -> str:
        must(isinstance(my_token, str), "A token is a string.")
        return "The server asks for nothing more."

`typed_token(my_token)` prints the verdict. The sentence in `@task` is for whoever has
not answered yet; the check returns why a right answer is right.
"""

import functools
import textwrap
from collections.abc import Callable
from typing import Any

WIDTH = 88


class NotYet(Exception):
    """The answer is not right; the message says what came of it."""


class NoAnswer(Exception):
    """The answer, or what a function of the learner's gave back, is still `...`."""


def task(nudge: str) -> Callable[[Callable[..., str]], Callable[..., None]]:
    """Makes a check print its verdict. `nudge` says what an answer looks like."""

    def decorate(check: Callable[..., str]) -> Callable[..., None]:
        @functools.wraps(check)
        def verdict(*answers: object) -> None:
            _say(_judged(check, answers, nudge))

        return verdict

    return decorate


def must(holds: object, otherwise: str) -> None:
    """Raises `NotYet` with the sentence unless the condition holds."""
    if not holds:
        raise NotYet(otherwise)


def call(function: Any, *arguments: object) -> Any:
    """What a function of the learner's gives back. Raises `NoAnswer` for `...`."""
    must(callable(function), f"{function!r} isn't a function: keep the `def` line.")
    result = function(*arguments)
    if result is ...:
        raise NoAnswer
    return result


def _judged(check: Callable[..., str], answers: tuple[object, ...], nudge: str) -> str:
    try:
        if any(answer is ... for answer in answers):
            raise NoAnswer
        return f"✓ Right. {check(*answers)}"
    except NoAnswer:
        return (
            f"○ No answer yet. {nudge} Write it in place of the ... in the cell above, "
            "run that cell, then this one."
        )
    except NotYet as reason:
        return f"✗ Not yet. {reason}"
    except Exception as error:
        # The learner's code can raise anything, and so can a check on a strange answer.
        return f"✗ Not yet. It stops with {type(error).__name__}: {error}"


def _say(verdict: str) -> None:
    print(textwrap.fill(verdict, WIDTH, subsequent_indent="  ", break_long_words=False))
