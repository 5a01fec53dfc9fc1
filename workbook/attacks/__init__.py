"""Attacks as programs: each declares which step opens it, and which one closes it.

    with serving(step) as target:
        attempts = [run(attack, target) for attack in ATTACKS]

`reach(url)` gives a server that runs already as the target, on this machine's loopback
and nowhere else. `matrix(steps)` is every attack at every step.
"""

from collections.abc import Iterable

from workbook.attacks import (
    collide_subject,
    crash_with_bad_input,
    enumerate_by_timing,
    read_password_hash,
    replay_old_token,
    reuse_a_reset_token,
    reverse_stolen_hash,
    sign_with_published_key,
    stall_with_logins,
    type_a_token,
)
from workbook.attacks.attack import Attack, Attempt, run
from workbook.attacks.loopback import NoTarget, NotLoopback
from workbook.attacks.serving import reach, serving
from workbook.attacks.target import Target
from workbook.ladder import Step

__all__ = [
    "ATTACKS",
    "Attack",
    "Attempt",
    "NoTarget",
    "NotLoopback",
    "Target",
    "matrix",
    "reach",
    "run",
    "serving",
]

ATTACKS: tuple[Attack, ...] = (
    read_password_hash.ATTACK,
    reverse_stolen_hash.ATTACK,
    type_a_token.ATTACK,
    replay_old_token.ATTACK,
    enumerate_by_timing.ATTACK,
    crash_with_bad_input.ATTACK,
    stall_with_logins.ATTACK,
    sign_with_published_key.ATTACK,
    reuse_a_reset_token.ATTACK,
    collide_subject.ATTACK,
)


def matrix(steps: Iterable[Step]) -> dict[str, dict[str, Attempt]]:
    """Every attack run at every step: by the step's name, then by the attack's."""
    table = {}
    for step in steps:
        with serving(step) as target:
            table[step.name] = {attack.name: run(attack, target) for attack in ATTACKS}
    return table
