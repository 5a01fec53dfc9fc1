"""The whole chain once, for every path that wants a token."""

from tests.steps.contract import Contract
from workbook.checking import Server


def test_johndoe_is_served(
    server: Server, contract: Contract, path: str, johndoe_token: str
):
    """The whole chain once: a password became a token, the token becomes a user."""
    server.get(path, token=johndoe_token).must_be(contract.guarded[path])
