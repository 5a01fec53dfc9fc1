"""The guarded paths in three plain cases: a good token, no token, and a bad one."""

import pytest

from tests.steps.contract import Contract
from tests.steps.contract.bearer import test_a_request_without_a_token_is_rejected
from workbook.checking import Server

# In the order in which a suite collects them.
__all__ = [  # noqa: RUF022
    "test_the_token_of_a_login_is_accepted",
    "test_a_request_without_a_token_is_rejected",
    "test_a_bad_token_is_rejected",
]


def test_the_token_of_a_login_is_accepted(
    server: Server, contract: Contract, path: str, johndoe_token: str
):
    """The whole chain once: a password became a token, the token becomes a user."""
    server.get(path, token=johndoe_token).must_be(contract.guarded[path])


@pytest.mark.standard("RFC 6750", "3.1")
def test_a_bad_token_is_rejected(server: Server, contract: Contract, path: str):
    """A client that gets this 401 knows that it has to log in again."""
    server.get(path, token="nonsense").must_be(contract.bad_token)
