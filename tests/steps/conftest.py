"""The vocabulary of the suites: the contract at hand, and a token for each user."""

from collections.abc import Callable, Mapping

import pytest

from tests.steps.contract import ALICE, JOHNDOE, Contract, token_of
from workbook import tokens
from workbook.checking import Server


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for `path` is put to every path that wants a token."""
    if "path" in metafunc.fixturenames:
        metafunc.parametrize("path", metafunc.module.CONTRACT.guarded)


@pytest.fixture(scope="module")
def contract(request: pytest.FixtureRequest) -> Contract:
    """What the step at hand promises."""
    return request.module.CONTRACT


@pytest.fixture(scope="module")
def johndoe_token(server: Server) -> str:
    """A token that johndoe got by logging in."""
    return server.login(**JOHNDOE).token


@pytest.fixture(scope="module")
def alice_token(server: Server, contract: Contract) -> str:
    """A token of alice, who is disabled."""
    return token_of(server, contract, ALICE)


@pytest.fixture(scope="module")
def secret_key(server: Server, contract: Contract) -> str:
    """The key that signs the server's tokens."""
    if server.secret_key:
        return server.secret_key
    if server.clock is None:
        pytest.skip(
            "needs the key that signs the server's tokens: add --secret-key KEY"
        )
    assert contract.secret_key
    return contract.secret_key


@pytest.fixture
def sign(secret_key: str, contract: Contract) -> Callable[..., str]:
    """Makes a token with the server's own key: `sign({"sub": "johndoe"})`."""

    def sign(
        claims: object, *, header: Mapping[str, object] | None = None, **how: object
    ) -> str:
        header = {"typ": contract.typ, **(header or {})}
        return tokens.sign(claims, secret_key, header=header, **how)

    return sign
