"""What an attack declares, what an attempt shows, and how one is run."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from workbook import timeouts
from workbook.attacks.target import CannotBeTried, Target
from workbook.ladder import Step


@dataclass(frozen=True)
class Attack:
    """A program that attacks a target.

    `attacker` says who it is, `has` what they have. `attempt` attacks a target and
    returns whether it got through, and the evidence: what was found, read or measured.
    """

    name: str
    title: str
    attacker: str
    has: str
    description: str
    attempt: Callable[[Target], tuple[bool, str]]


@dataclass(frozen=True)
class LadderAttack(Attack):
    """An attack that gets through at some steps of the ladder and at no others.

    It gets through from the step `opens` on, and from the step `closes` on no more;
    both are names, and `closes` may be a step that is still to be written. A slow one
    measures or guesses for a second or more.
    """

    opens: str
    closes: str
    is_slow: bool = False

    def is_open_at(self, step: Step) -> bool:
        """Whether it declares to get through at this step."""
        return _number(self.opens) <= step.number < _number(self.closes)


@dataclass(frozen=True)
class ClassicAttack(Attack):
    """An attack that any app with tokens should be tried with, and that no step of the
    ladder lets through.

    It gets through where somebody makes the mistake called `mistake` in the bank of the
    step called `step`, and its evidence there is `shows`. `sources` names the clause
    that it breaks, its weakness in the CWE list, and where it happened.
    """

    step: str
    mistake: str
    shows: str
    sources: str


@dataclass(frozen=True)
class Attempt:
    """One run of an attack. `got_through` is `None` when it could not be tried, and
    the evidence then says why. `requests` were sent, `seconds` were taken."""

    attack: Attack
    got_through: bool | None
    evidence: str
    requests: int
    seconds: float


def run(attack: Attack, target: Target) -> Attempt:
    """Attacks the target and returns what came of it, a target that fails included."""
    sent, began = target.requests, time.perf_counter()
    got_through: bool | None = None
    try:
        got_through, evidence = attack.attempt(target)
    except CannotBeTried as reason:
        evidence = str(reason)
    except httpx.TimeoutException:
        target.is_silent = True
        evidence = (
            f"The server gave no answer within {timeouts.TARGET_REQUEST:.0f} seconds."
        )
    except httpx.HTTPError as error:
        evidence = f"The server gave no answer: {type(error).__name__} {error}".rstrip()
    requests, seconds = target.requests - sent, time.perf_counter() - began
    if got_through is False and (crash := target.crash):
        # It stopped nothing: the attack didn't reach what should have stopped it.
        got_through, evidence = None, crash
    return Attempt(attack, got_through, evidence, requests, seconds)


def paragraph(docstring: str | None) -> str:
    """A module's docstring as one paragraph: the description of its attack."""
    return " ".join((docstring or "").split())


def _number(step_name: str) -> int:
    """`step07_safe_login` is 7, whether or not it is on the ladder yet."""
    return int(step_name.removeprefix("step").partition("_")[0])
