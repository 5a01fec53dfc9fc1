"""Every attack at every step: it gets through from the step that opens it to the one
that closes it, and at no other."""

import pytest

from workbook.attacks import ATTACKS, Attack, Attempt
from workbook.ladder import Step, steps

EACH_ATTACK = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)


@pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)
@EACH_ATTACK
def test_the_attack_gets_through_exactly_where_it_says(
    attempts: dict[str, dict[str, Attempt]], step: Step, attack: Attack
):
    attempt = attempts[step.name][attack.name]
    assert attempt.got_through is attack.is_open_at(step), attempt.evidence


def test_the_last_step_lets_no_attack_through(attempts: dict[str, dict[str, Attempt]]):
    """What closes every attack that there is, is on the ladder."""
    through = [
        name
        for name, attempt in attempts[steps()[-1].name].items()
        if attempt.got_through is not False
    ]
    assert through == []
