"""What an attack declares, what an attempt tells, and how one is run."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from workbook.attacks.target import CannotBeTried, Target
from workbook.ladder import Step


@dataclass(frozen=True)
class Attack:
    """A program that gets through at some steps of the ladder and at no others.

    It gets through from the step `opens` on, and from the step `closes` on no more;
    both are names, and `closes` may be a step that is still to be written. `attacker`
    says who it is, `holds` what they hold. `attempt` attacks a target and returns
    whether it got through, and the evidence: what was found, read or measured.
    """

    name: str
    title: str
    attacker: str
    holds: str
    opens: str
    closes: str
    story: str
    attempt: Callable[[Target], tuple[bool, str]]

    def is_open_at(self, step: Step) -> bool:
        """Whether it declares to get through at this step."""
        return _number(self.opens) <= step.number < _number(self.closes)


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
    """Attacks the target and tells what came of it; a target that fails is told too."""
    sent, began = target.requests, time.perf_counter()
    got_through: bool | None = None
    try:
        got_through, evidence = attack.attempt(target)
    except CannotBeTried as reason:
        evidence = str(reason)
    except httpx.HTTPError as error:
        evidence = f"The server gave no answer: {type(error).__name__} {error}".rstrip()
    return Attempt(
        attack=attack,
        got_through=got_through,
        evidence=evidence,
        requests=target.requests - sent,
        seconds=time.perf_counter() - began,
    )


def told(docstring: str | None) -> str:
    """A module's docstring as one paragraph: the story of its attack."""
    return " ".join((docstring or "").split())


def _number(step_name: str) -> int:
    """`step07_safe_login` is 7, whether or not it is on the ladder yet."""
    return int(step_name.removeprefix("step").partition("_")[0])
