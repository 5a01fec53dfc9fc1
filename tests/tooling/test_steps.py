"""What HTTP does not show of our own steps: names, defaults, neighbours."""

import importlib
import time
from itertools import pairwise
from typing import Any
from unittest.mock import ANY

import pytest

from tests.promises import takes
from workbook import tokens
from workbook.checking import bcrypt_cache
from workbook.ladder import ROOT, Step, steps
from workbook.settings import environment, settings

# From step 8 on, whoever makes a token has to say how long it lives.
WITH_A_DEFAULT = [
    step for step in steps() if "timedelta(minutes=15)" in step.main.read_text("utf-8")
]
# From step 7 on, it's in passwords.py: test_safe_login.py.
WITH_HASHES = [
    step for step in steps() if "def get_password_hash" in step.main.read_text("utf-8")
]


def app_of(step: Step) -> Any:
    with environment(settings(step)):
        return importlib.import_module(f"steps.{step.name}.main").app


@pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)
def test_the_operations_are_named_as_in_the_tutorial(step):
    """The chapter with the JWT has another name for the login than the one before."""
    paths = app_of(step).openapi()["paths"]
    login = "login_for_access_token" if takes(step, "jwt") else "login"
    me = importlib.import_module(f"tests.steps.test_{step.name}").CONTRACT.me
    assert paths["/token"]["post"]["operationId"] == f"{login}_token_post"
    assert paths[me]["get"]["operationId"].startswith("read_users_me_users_me_")


@pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)
def test_the_security_scheme_is_the_tutorials(step):
    """Its scopes are a step's own affair."""
    scheme = app_of(step).openapi()["components"]["securitySchemes"]
    assert list(scheme) == ["OAuth2PasswordBearer"]
    assert scheme["OAuth2PasswordBearer"]["type"] == "oauth2"
    (flow,) = scheme["OAuth2PasswordBearer"]["flows"].items()
    assert flow == ("password", {"scopes": ANY, "tokenUrl": "token"})


@pytest.mark.parametrize("step", WITH_A_DEFAULT, ids=lambda step: step.name)
def test_a_token_made_without_a_lifetime_lives_fifteen_minutes(step):
    with environment(settings(step)):
        main = importlib.import_module(f"steps.{step.name}.main")
    before = int(time.time())
    token = main.create_access_token({"sub": "johndoe"})
    after = time.time()
    _, claims = tokens.read(token)
    assert before <= claims["exp"] - 15 * 60 <= after


@pytest.mark.parametrize("step", WITH_HASHES, ids=lambda step: step.name)
def test_a_hash_for_the_table_is_one_that_a_login_accepts(step):
    with environment(settings(step)):
        main = importlib.import_module(f"steps.{step.name}.main")
    with bcrypt_cache():
        stored = main.get_password_hash("secret")
        assert stored.startswith("$2b$12$")
        assert main.verify_password("secret", stored)


def test_making_a_token_leaves_the_callers_data_alone():
    step05 = importlib.import_module("steps.step05_expiry.main")
    data = {"sub": "johndoe"}
    step05.create_access_token(data)
    assert data == {"sub": "johndoe"}


def test_shared_functions_keep_their_order_from_step_to_step():
    """A function that stays, stays where it was: the diff shows the idea alone."""
    for lower, upper in pairwise(steps()):
        below, above = definitions(lower.name), definitions(upper.name)
        assert [n for n in below if n in above] == [n for n in above if n in below]


def definitions(name: str) -> list[str]:
    """The names of functions and classes of a step, in the order of the file."""
    source = (ROOT / "steps" / name / "main.py").read_text("utf-8")
    return [
        line.split("(")[0].split(":")[0].split()[-1]
        for line in source.splitlines()
        if line.startswith(("def ", "async def ", "class "))
    ]
