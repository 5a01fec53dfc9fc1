"""The refusal reads the same for a wrong password and for a name that nobody has. But
for a known name the server computes a slow hash before it refuses, and for an unknown
one it does not. A clock tells the attacker who has an account here, which is where
guessing passwords, or a letter to the right person, begins."""

import math
import random
import time

from workbook.attacks.attack import Attack, told
from workbook.attacks.target import Target

PAIRS_AT_LEAST = 6
PAIRS_AT_MOST = 50
SECONDS = 1.0
# A hash makes it 70 to 1, one path for all names makes it 1 to 1. A busy machine
# scatters the times, but then too many answers are on the wrong side of any line.
TELLING = 10.0
WRONG_AT_MOST = 0.3


def attempt(target: Target) -> tuple[bool, str]:
    known, unknown = _measure(target)
    # Whatever else the machine does only ever adds to a time: the least is the truest.
    slow, fast = min(known), min(unknown)
    line = math.sqrt(slow * fast)
    wrong = sum(time < line for time in known) + sum(time > line for time in unknown)
    answers = len(known) + len(unknown)
    evidence = (
        f"{len(known)} wrong passwords each: johndoe is refused after {slow:.1f} ms at "
        f"the least, names that nobody has after {fast:.1f} ms: {slow / fast:.1f} to "
        f"1. With the line drawn at {line:.1f} ms, {wrong} of the {answers} answers "
        "are on the wrong side"
    )
    if slow < TELLING * fast or wrong > WRONG_AT_MOST * answers:
        return False, f"{evidence}: that does not tell them apart."
    return True, f"{evidence}."


def _measure(target: Target) -> tuple[list[float], list[float]]:
    """How long it takes to refuse johndoe, and names that nobody has, in ms."""
    known: list[float] = []
    unknown: list[float] = []
    end = time.perf_counter() + SECONDS
    for number in range(PAIRS_AT_MOST):
        if number >= PAIRS_AT_LEAST and time.perf_counter() > end:
            break
        pair = [("johndoe", known), (f"nobody-{number}", unknown)]
        # At random, so that no rhythm of the machine falls on one of them alone.
        for username, times in random.sample(pair, 2):
            times.append(_milliseconds_to_refuse(target, username, number))
    return known, unknown


def _milliseconds_to_refuse(target: Target, username: str, number: int) -> float:
    form = {"username": username, "password": f"wrong-{number}"}
    began = time.perf_counter()
    target.client.post("/token", data=form)
    return (time.perf_counter() - began) * 1000


ATTACK = Attack(
    name="enumerate_by_timing",
    title="Enumerate users by timing",
    attacker="anyone with a list of names and a clock",
    holds="the network",
    opens="step03_bcrypt",
    closes="step07_safe_login",
    story=told(__doc__),
    attempt=attempt,
)
