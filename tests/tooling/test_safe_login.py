"""What HTTP does not show of a safe login: the hashes in the table, and the bound."""

import asyncio
import importlib
import os
from typing import Any

import pytest
from passlib.hash import bcrypt

from tests.promises import steps_that_take
from workbook.checking import HASHING, bcrypt_cache
from workbook.ladder import Step
from workbook.settings import environment, settings

SAFE_STEPS = steps_that_take("safe_login")
EACH_SAFE_STEP = pytest.mark.parametrize("step", SAFE_STEPS, ids=lambda step: step.name)
# With their users in the code. The others hash in two ways: test_database.py.
EACH_WITH_A_TABLE = pytest.mark.parametrize(
    "step",
    [step for step in SAFE_STEPS if not step.needs_database],
    ids=lambda step: step.name,
)


def module_of(step: Step, name: str) -> Any:
    with environment(settings(step)):
        return importlib.import_module(f"steps.{step.name}.{name}")


@EACH_WITH_A_TABLE
def test_nobodys_hash_costs_what_the_stored_ones_cost(step: Step):
    passwords, main = module_of(step, "passwords"), module_of(step, "main")
    stored = [user["hashed_password"] for user in main.fake_users_db.values()]
    assert {hashed[:7] for hashed in stored} == {passwords.DUMMY_HASH[:7]}


@EACH_WITH_A_TABLE
@pytest.mark.parametrize(
    "stored",
    ["", "secret", "fakehashedsecret", "$2b$12$tooshort", "$argon2id$v=19$m=1", "\0"],
    ids=repr,
)
def test_a_stored_hash_that_nobody_can_read_is_a_wrong_password(
    step: Step, stored: str
):
    """A table has rows from older days. One of them must not crash the login, nor make
    it faster than the others."""
    passwords = module_of(step, "passwords")
    with bcrypt_cache():
        # Once before: at the first hash of all, passlib tries what its bcrypt can do.
        passwords.pwd_context.verify("", passwords.DUMMY_HASH)
        HASHING.stats()
        assert asyncio.run(passwords.verify_password("secret", stored)) is False
    assert HASHING.stats().costs == ["$2b$12$"]


@EACH_SAFE_STEP
@pytest.mark.parametrize(("size", "is_right"), [(71, False), (72, True), (73, False)])
def test_a_password_may_have_72_bytes_and_all_of_them_count(
    step: Step, size: int, is_right: bool
):
    """bcrypt would take one of 73 bytes for the one that it begins with."""
    passwords = module_of(step, "passwords")
    stored = bcrypt.using(rounds=4).hash("s" * 72)
    found = asyncio.run(passwords.verify_password("s" * size, stored))
    assert found is is_right


@EACH_WITH_A_TABLE
def test_a_hash_for_the_table_is_one_that_a_login_accepts(step: Step):
    passwords = module_of(step, "passwords")
    with bcrypt_cache():
        stored = passwords.get_password_hash("secret")
        assert stored.startswith(passwords.DUMMY_HASH[:7])
        assert asyncio.run(passwords.verify_password("secret", stored)) is True


@EACH_SAFE_STEP
def test_as_many_hashes_at_once_as_there_are_cores(step: Step):
    # Another test may have imported it on a machine of one core.
    passwords = importlib.reload(module_of(step, "passwords"))
    assert passwords.hashing.total_tokens == os.cpu_count()
