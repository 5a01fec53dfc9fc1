"""What an attack declares fits the ladder and its package."""

import importlib
import pkgutil
import re
from types import ModuleType

import pytest

from workbook import attacks
from workbook.attacks import ATTACKS, CLASSICS, Attack, ClassicAttack, LadderAttack
from workbook.attacks import classics as package_of_classics
from workbook.ladder import steps

EACH_OF_THE_LADDER = pytest.mark.parametrize(
    "attack", ATTACKS, ids=lambda attack: attack.name
)
EACH_CLASSIC = pytest.mark.parametrize(
    "classic", CLASSICS, ids=lambda classic: classic.name
)
EACH = pytest.mark.parametrize(
    "attack", [*ATTACKS, *CLASSICS], ids=lambda attack: attack.name
)
NAMES = [step.name for step in steps()]


def test_the_attacks_stand_in_the_order_in_which_they_open():
    assert [attack.opens for attack in ATTACKS] == sorted(a.opens for a in ATTACKS)


def test_every_attack_has_a_name_of_its_own():
    names = [attack.name for attack in (*ATTACKS, *CLASSICS)]
    assert len(names) == len(set(names))


@EACH_OF_THE_LADDER
def test_an_attack_has_a_module_of_its_name(attack: LadderAttack):
    module = importlib.import_module(f"workbook.attacks.{attack.name}")
    assert module.ATTACK is attack


@EACH_CLASSIC
def test_a_classic_has_a_module_of_its_name(classic: ClassicAttack):
    module = importlib.import_module(f"workbook.attacks.classics.{classic.name}")
    assert module.ATTACK is classic


@pytest.mark.parametrize(
    ("package", "listed"), [(attacks, ATTACKS), (package_of_classics, CLASSICS)]
)
def test_every_module_with_an_attack_is_in_the_list(
    package: ModuleType, listed: tuple[Attack, ...]
):
    modules = [
        importlib.import_module(f"{package.__name__}.{module.name}")
        for module in pkgutil.iter_modules(package.__path__)
    ]
    found = {module.ATTACK.name for module in modules if hasattr(module, "ATTACK")}
    assert found == {attack.name for attack in listed}


@EACH_OF_THE_LADDER
def test_an_attack_is_opened_by_a_step_and_closed_by_a_later_one(attack: LadderAttack):
    assert attack.opens in NAMES
    assert attack.closes > attack.opens


@EACH_OF_THE_LADDER
def test_an_attack_that_no_step_closes_yet_names_the_step_that_will(
    attack: LadderAttack,
):
    """It stays open up to the last step, and the matrix says so."""
    assert attack.closes in NAMES or attack.closes[:6] > NAMES[-1][:6]


@EACH
def test_an_attack_says_who_attacks_and_with_what(attack: Attack):
    assert attack.title
    assert attack.attacker
    assert attack.has
    assert 2 <= attack.description.count(". ") + 1 <= 5
    assert attack.description.endswith(".")


@EACH_CLASSIC
def test_a_classic_says_what_stops_it_and_names_its_sources(classic: ClassicAttack):
    assert "What stops it is" in classic.description
    assert re.search(r"CWE-\d+", classic.sources)
    assert classic.sources.endswith(".")
