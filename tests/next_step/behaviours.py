"""An answer is what its Content-Type says, and no browser may guess another type."""

import pytest

from tests.steps.contract import JOHNDOE
from workbook.checking import Answer, Server


def must_forbid_sniffing(answer: Answer) -> None:
    header = answer.headers.get("X-Content-Type-Options", "")
    answer.must(
        header.lower() == "nosniff",
        expected="X-Content-Type-Options: nosniff",
        difference=f"the header X-Content-Type-Options is {header!r}",
    )


@pytest.mark.standard("Fetch", "3.6")
def test_a_token_may_not_be_taken_for_another_type(server: Server):
    """A browser that guesses can take an answer for a script or a page, and run what a
    stranger has put into it."""
    must_forbid_sniffing(server.login(**JOHNDOE))


@pytest.mark.standard("Fetch", "3.6")
def test_a_refusal_may_not_be_taken_for_another_type_either(server: Server):
    """A refusal often repeats what came with the request, so it is the answer that a
    stranger can choose the words of."""
    must_forbid_sniffing(server.get("/users/me/"))
