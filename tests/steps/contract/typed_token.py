"""Steps 1 to 3: the token is the username, and whoever can type it is that user."""

import pytest

from tests.steps.contract import ALICE, JOHNDOE, Contract, bad_or_no_token
from workbook.checking import Reply, Server


@pytest.mark.parametrize("user", [JOHNDOE, ALICE], ids=["johndoe", "alice"])
def test_the_token_is_the_username(server: Server, user: dict[str, str]):
    """Unsafe on purpose, and what a later step mends: a token that names the user and
    proves nothing."""
    token = {"access_token": user["username"], "token_type": "bearer"}
    server.login(**user).must_be(Reply(200, token))


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
        "%6Aohndoe",
        "secret",
        "null",
        "undefined",
    ],
)
def test_a_token_that_names_no_user_is_refused(
    server: Server, contract: Contract, path: str, token: str
):
    """A token names its user whole and to the letter. One that names nobody is a 401
    with a challenge, so that the client logs in again."""
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
        "'johndoe'",
        '"johndoe"',
        "*",
        "john%",
        "nobody' OR '1'='1",
    ],
)
@pytest.mark.standard("RFC 6750", "2.1")
def test_what_cannot_be_a_token_is_refused(
    server: Server, contract: Contract, path: str, token: str
):
    """A token is looked up as it is: it is no list, no pattern, no SQL, and nothing is
    peeled off it until it fits."""
    answer = server.get(path, token=token)
    answer.must_be(bad_or_no_token(contract, answer))


def test_the_stored_hash_is_no_token(server: Server, contract: Contract, path: str):
    """Whoever steals the user table must not hold tokens."""
    server.get(path, token=contract.stored_hash).must_be(contract.bad_token)
