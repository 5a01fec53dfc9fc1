"""Attacks as programs: each declares where it gets through.

Those of the ladder, `ATTACKS`, declare which step opens them and which one closes them.
The `CLASSICS` get through at no step, and declare the mistake that would open them.

    with serving(step) as target:
        attempts = [run(attack, target) for attack in ATTACKS]

`reach(url, api)` gives a server that runs already as the target, on this machine's
loopback and nowhere else. `Api` says where it logs users in, and with what.
"""

from workbook.attacks import (
    ask_for_admin,
    collide_subject,
    crash_with_bad_input,
    enumerate_by_timing,
    mistake_refusal_for_token,
    outlive_weak_hash,
    read_password_hash,
    replay_old_token,
    reuse_a_reset_token,
    reverse_stolen_hash,
    sign_with_published_key,
    stall_with_logins,
    type_a_token,
)
from workbook.attacks.api import Api
from workbook.attacks.attack import Attack, Attempt, ClassicAttack, LadderAttack, run
from workbook.attacks.classics import CLASSICS
from workbook.attacks.loopback import NoTarget, NotLoopback, pin
from workbook.attacks.serve import reach, serving
from workbook.attacks.target import CannotBeTried, Target
from workbook.attacks.worker import AttackWorker

__all__ = [
    "ATTACKS",
    "CLASSICS",
    "Api",
    "Attack",
    "AttackWorker",
    "Attempt",
    "CannotBeTried",
    "ClassicAttack",
    "LadderAttack",
    "NoTarget",
    "NotLoopback",
    "Target",
    "pin",
    "reach",
    "run",
    "serving",
]

ATTACKS: tuple[LadderAttack, ...] = (
    read_password_hash.ATTACK,
    reverse_stolen_hash.ATTACK,
    type_a_token.ATTACK,
    replay_old_token.ATTACK,
    mistake_refusal_for_token.ATTACK,
    outlive_weak_hash.ATTACK,
    enumerate_by_timing.ATTACK,
    crash_with_bad_input.ATTACK,
    stall_with_logins.ATTACK,
    sign_with_published_key.ATTACK,
    reuse_a_reset_token.ATTACK,
    collide_subject.ATTACK,
    ask_for_admin.ATTACK,
)
