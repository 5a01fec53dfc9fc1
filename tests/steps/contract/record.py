"""From step 2 on: what /users/me says of a user, and what it keeps to itself."""

import pytest

from tests.steps.contract import RECORD, Contract
from workbook.checking import Server


def test_the_record_holds_the_four_public_fields(
    server: Server, contract: Contract, johndoe_token: str
):
    """A client shows the user their own record: name, e-mail, full name, and whether
    the account is disabled, as JSON of the right types."""
    answer = server.get(contract.me, token=johndoe_token)
    body = answer.fields()
    wrong = [
        f"{field} is {body.get(field, 'missing')!r}, not {value!r}"
        for field, value in RECORD.items()
        if field not in body or body[field] != value
    ]
    answer.must(
        not wrong,
        expected=str(contract.guarded[contract.me]),
        wrong="; ".join(wrong),
    )


@pytest.mark.standard("OWASP API Security Top 10", "API3:2023")
def test_the_record_holds_nothing_else(
    server: Server, contract: Contract, johndoe_token: str
):
    """What is not declared does not leave: a hash in an answer ends up in browsers,
    proxies and logs, and can be attacked there in peace."""
    answer = server.get(contract.me, token=johndoe_token)
    extra = set(answer.fields()) - set(RECORD)
    answer.must(
        not extra,
        expected=str(contract.guarded[contract.me]),
        wrong=f"the record also holds {', '.join(sorted(extra))}",
    )
