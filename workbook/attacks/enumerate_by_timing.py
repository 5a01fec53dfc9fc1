"""A wrong password and an unknown username get the same answer. But for a known name
the server computes a slow hash before it refuses, and for an unknown one it doesn't. A
clock tells the attacker who has an account here. Guessing passwords begins with that,
and so does an e-mail to the right person."""

import math
import random
import time

from workbook.attacks.attack import LadderAttack, paragraph
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
        f"{target.username}: {_ms(slow)}; unknown users: {_ms(fast)}, "
        f"{_times_faster(slow / fast)}"
    )
    if slow < TELLING * fast or wrong > WRONG_AT_MOST * answers:
        return False, (
            f"{evidence}. That doesn't tell them apart: {wrong} of {answers} guesses "
            "by the time are wrong."
        )
    return True, (
        f"{evidence}. The time alone tells who has an account: that guess is right for "
        f"{answers - wrong} of {answers} logins with a wrong password."
    )


def _ms(milliseconds: float) -> str:
    """As people say it: 744 ms, 6 ms, 0.9 ms."""
    return f"{milliseconds:.0f} ms" if milliseconds >= 2 else f"{milliseconds:.1f} ms"


def _times_faster(ratio: float) -> str:
    if ratio >= 2:
        return f"{ratio:.0f} times faster"
    return "about the same" if ratio < 1.2 else f"{ratio:.1f} times faster"


def _measure(target: Target) -> tuple[list[float], list[float]]:
    """How long it takes to refuse the user, and unknown usernames, in ms."""
    known: list[float] = []
    unknown: list[float] = []
    end = time.perf_counter() + SECONDS
    for number in range(PAIRS_AT_MOST):
        if number >= PAIRS_AT_LEAST and time.perf_counter() > end:
            break
        pair = [
            (target.username, known),
            (target.api.unknown_username(number), unknown),
        ]
        # At random, so that no rhythm of the machine falls on one of them alone.
        for username, times in random.sample(pair, 2):
            times.append(_milliseconds_to_refuse(target, username, number))
    return known, unknown


def _milliseconds_to_refuse(target: Target, username: str, number: int) -> float:
    began = time.perf_counter()
    target.try_login(username, f"wrong-{number}")
    return (time.perf_counter() - began) * 1000


ATTACK = LadderAttack(
    name="enumerate_by_timing",
    title="Enumerate users by timing",
    attacker="anyone with a list of names and a clock",
    has="network access",
    opens="step03_bcrypt",
    closes="step07_safe_login",
    is_slow=True,
    description=paragraph(__doc__),
    attempt=attempt,
)
