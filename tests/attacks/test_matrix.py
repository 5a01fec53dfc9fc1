"""Every attack at every step: it gets through from the step that opens it to the one
that closes it, and at no other."""

from pathlib import Path

import pytest

from workbook.attacks import ATTACKS, Attack, Attempt, run, serving
from workbook.ladder import Step, find, steps

EACH_ATTACK = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
MENDED = Path(__file__).with_name("mended")


@pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)
@EACH_ATTACK
def test_the_attack_gets_through_exactly_where_it_says(
    attempts: dict[str, dict[str, Attempt]], step: Step, attack: Attack
):
    attempt = attempts[step.name][attack.name]
    assert attempt.got_through is attack.is_open_at(step), attempt.evidence


@pytest.fixture(scope="module")
def attempts_on_the_mended_app() -> dict[str, Attempt]:
    with serving(find("step05"), answers=MENDED) as target:
        return {attack.name: run(attack, target) for attack in ATTACKS}


@EACH_ATTACK
def test_an_app_without_the_holes_lets_no_attack_through(
    attempts_on_the_mended_app: dict[str, Attempt], attack: Attack
):
    """Some attacks are open on every step there is: here is what closes them."""
    attempt = attempts_on_the_mended_app[attack.name]
    assert attempt.got_through is False, attempt.evidence
