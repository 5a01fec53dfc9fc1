"""The token is the username, and anyone who can type it is that user."""

import time

import pytest

from tests.steps.contract import (
    ALICE,
    JOHNDOE,
    OF_A_TOKEN_ANSWER,
    Contract,
    bad_or_no_token,
)
from workbook.checking import Reply, Server

A_YEAR = 365 * 24 * 3600


@pytest.mark.parametrize("user", [JOHNDOE, ALICE], ids=["johndoe", "alice"])
def test_the_token_is_the_username(
    server: Server, contract: Contract, user: dict[str, str]
):
    """This is unsafe on purpose, and later steps fix it. The token names the user,
    proves nothing, and never expires."""
    answer = server.login(**user)
    answer.must_have_status(200)
    body = answer.fields()
    token = {"access_token": user["username"], "token_type": "bearer"}
    # RFC 6749, section 5.1, has these, and an answer may have them.
    optional = {name: body[name] for name in OF_A_TOKEN_ANSWER & body.keys()}
    answer.must_be(Reply(200, optional | token))
    expected = contract.guarded[contract.me] if user is JOHNDOE else contract.inactive
    if server.clock is not None:
        with server.clock.at(time.time() + A_YEAR):
            server.get(contract.me, token=user["username"]).must_be(expected)


@pytest.mark.standard("RFC 9110", "15.5.2")
@pytest.mark.parametrize(
    "token",
    [
        "nobody",
        "JohnDoe",
        "JOHNDOE",
        "john",
        "johndoe2",
        "xjohndoe",
        "johndoe.x",
        "am9obmRvZQ==",
        "6a6f686e646f65",
        "secret",
        "null",
        "undefined",
        *("0", "1", "-1", "true", "me", "self", "admin", "root", "johndo_"),
        pytest.param("j" * 2000, id="2,000 letters"),
    ],
)
def test_a_token_that_names_no_user_is_rejected(
    server: Server, contract: Contract, path: str, token: str
):
    """A token names its user whole and exactly. If it isn't a username, the answer is a
    401 with a challenge, so that the client logs in again."""
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.parametrize(
    "token",
    [
        "johndoe johndoe",
        "johndoe,alice",
        "johndoe:secret",
        "johndoe@example.com",
        "John Doe",
        "Bearer johndoe",
        'token="johndoe"',
        "johndoe;",
        "nobody|johndoe",
        "'johndoe'",
        '"johndoe"',
        "*",
        "john%",
        "%6Aohndoe",
        "nobody' OR '1'='1",
    ],
)
@pytest.mark.standard("RFC 6750", "2.1")
def test_text_that_cannot_be_a_token_is_rejected(
    server: Server, contract: Contract, path: str, token: str
):
    """Look up a token as it is. It isn't a list, a pattern or SQL, and you don't strip
    anything until it fits."""
    answer = server.get(path, token=token)
    answer.must_be(bad_or_no_token(contract, answer))


@pytest.mark.parametrize("token", ["jöhn", "johndoe\xff", "\xe9"])
def test_a_token_with_an_accent_is_rejected(
    server: Server, contract: Contract, path: str, token: str
):
    """A header is bytes, and a server reads each as a letter. Some functions take no
    letters but English ones, and raise an error for these: a 500, not a 401."""
    headers = {"Authorization": f"Bearer {token}".encode("latin-1")}
    answer = server.get(path, headers=headers)
    answer.must_be(bad_or_no_token(contract, answer))


def test_the_stored_hash_is_not_a_token(server: Server, contract: Contract, path: str):
    """A thief who has the user table must not have tokens."""
    answer = server.get(path, token=contract.stored_hash)
    answer.must_be(bad_or_no_token(contract, answer))
