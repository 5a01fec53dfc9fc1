"""What HTTP does not show of a safe login: the hashes in the table, and the bound."""

import asyncio
import importlib
import os
from typing import Any

import pytest

from workbook.checking import bcrypt_memo
from workbook.ladder import Step, find, steps
from workbook.settings import environment, settings

FROM_STEP_7 = pytest.mark.parametrize(
    "step", steps()[find("7").number - 1 :], ids=lambda step: step.name
)


def module_of(step: Step, name: str) -> Any:
    with environment(settings(step)):
        return importlib.import_module(f"steps.{step.name}.{name}")


@FROM_STEP_7
def test_nobodys_hash_costs_what_the_stored_ones_cost(step: Step):
    passwords, main = module_of(step, "passwords"), module_of(step, "main")
    stored = [user["hashed_password"] for user in main.fake_users_db.values()]
    assert {hashed[:7] for hashed in stored} == {passwords.DUMMY_HASH[:7]}


@FROM_STEP_7
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
    with bcrypt_memo.installed():
        # Once before: at the first hash of all, passlib tries what its bcrypt can do.
        passwords.pwd_context.verify("", passwords.DUMMY_HASH)
        bcrypt_memo.HASHING.look()
        assert asyncio.run(passwords.verify_password("secret", stored)) is False
    assert bcrypt_memo.HASHING.look().costs == ["$2b$12$"]


@FROM_STEP_7
def test_as_many_hashes_at_once_as_there_are_cores(step: Step):
    assert module_of(step, "passwords").hashing.total_tokens == os.cpu_count()
