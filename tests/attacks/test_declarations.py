"""What an attack declares fits the ladder and the room."""

import importlib

import pytest

from workbook.attacks import ATTACKS, Attack
from workbook.ladder import steps

EACH_ATTACK = pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
NAMES = [step.name for step in steps()]


def test_the_attacks_stand_in_the_order_in_which_they_open():
    assert [attack.opens for attack in ATTACKS] == sorted(a.opens for a in ATTACKS)
    assert len({attack.name for attack in ATTACKS}) == len(ATTACKS)


@EACH_ATTACK
def test_an_attack_has_a_module_of_its_name(attack: Attack):
    module = importlib.import_module(f"workbook.attacks.{attack.name}")
    assert module.ATTACK is attack


@EACH_ATTACK
def test_an_attack_is_opened_by_a_step_and_closed_by_a_later_one(attack: Attack):
    assert attack.opens in NAMES
    assert attack.closes > attack.opens
    # A step that is not on the ladder yet comes after all that are.
    assert attack.closes in NAMES or attack.closes[:6] > NAMES[-1][:6]


@EACH_ATTACK
def test_an_attack_says_who_attacks_and_with_what(attack: Attack):
    assert attack.title
    assert attack.attacker
    assert attack.holds
    assert 2 <= attack.story.count(". ") + 1 <= 5
    assert attack.story.endswith(".")
