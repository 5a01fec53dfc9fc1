"""The record of a user: what /users/me says, and what it keeps to itself."""

import pytest

from tests.steps.contract import RECORD, Contract
from workbook.checking import Server


def test_the_record_holds_the_four_public_fields(
    server: Server, contract: Contract, johndoe_token: str
):
    """A client shows the user their own record: name, e-mail, full name, and whether
    the account is disabled, as JSON of the right types."""
    answer = server.get(contract.me, token=johndoe_token)
    answer.must_have_status(200)
    body = answer.fields()
    wrong = [f"the record lacks {field}" for field in RECORD if field not in body]
    wrong += [
        f"{field} is {body[field]!r}, not {value!r}"
        for field, value in RECORD.items()
        if field in body and body[field] != value
    ]
    answer.must(
        not wrong,
        expected=str(contract.guarded[contract.me]),
        difference="; ".join(wrong),
    )


@pytest.mark.standard("OWASP API Security Top 10", "API3:2023")
def test_the_record_holds_nothing_else(
    server: Server, contract: Contract, johndoe_token: str
):
    """A hash in an answer ends up in browsers, proxies and logs, where others can
    attack it."""
    answer = server.get(contract.me, token=johndoe_token)
    answer.must_have_status(200)
    extra = set(answer.fields()) - set(RECORD)
    answer.must(
        not extra,
        expected=str(contract.guarded[contract.me]),
        difference=f"the record also holds {', '.join(sorted(extra))}",
    )


@pytest.mark.standard("OWASP API Security Top 10", "API3:2023")
def test_the_documented_record_has_no_hash(server: Server):
    """/openapi.json describes what leaves. A field that is named there is one that
    clients expect, and that a later change sends."""
    answer = server.get("/openapi.json")
    answer.must(
        "hashed_password" not in answer.text,
        expected="an /openapi.json in which no hashed_password occurs",
        difference="it names hashed_password",
    )
