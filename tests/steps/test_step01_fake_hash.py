"""The contract of step 1: a password becomes a bearer token.

The "hash" is a prefix, the token is the username, and the record is sent whole.
"""

from tests.steps.contract import RECORD, Contract
from tests.steps.contract.basics import *
from tests.steps.contract.served import *
from tests.steps.contract.login import *
from tests.steps.contract.bearer import *
from tests.steps.contract.typed_token import *
from tests.steps.contract.leaks import *
from tests.steps.contract.documentation import *
from workbook.checking import SOME_TEXT, Reply, Server, refusal

CONTRACT = Contract(
    me="/users/me",
    guarded={"/users/me": Reply(200, RECORD | {"hashed_password": SOME_TEXT})},
    stored_hash="fakehashedsecret",
    bad_login=refusal(400, "Incorrect username or password"),
    no_token=refusal(401, "Not authenticated", challenge="Bearer"),
    bad_token=refusal(401, "Invalid authentication credentials", challenge="Bearer"),
    inactive=refusal(400, "Inactive user"),
)


def test_the_whole_record_is_sent_hash_included(
    server: Server, contract: Contract, johndoe_token: str
):
    """This is wrong on purpose: this step returns everything it has, and the next one
    fixes that."""
    answer = server.get(contract.me, token=johndoe_token)
    answer.must_be(contract.guarded[contract.me])


def test_the_stored_value_is_not_the_password(
    server: Server, contract: Contract, johndoe_token: str
):
    """Even a fake hash is made by a function: `hashed_password` differs from the
    password, so that the next steps need to change that function alone."""
    answer = server.get(contract.me, token=johndoe_token)
    answer.must(
        answer.fields().get("hashed_password") != "secret",
        expected='"hashed_password" is what fake_hash_password made of the password',
        difference="hashed_password is the password",
    )


def test_the_hash_in_the_record_is_not_a_password(
    server: Server, contract: Contract, johndoe_token: str
):
    """Anyone can read the hash in a record here. If it worked as a password, hashing
    would be pointless."""
    record = server.get(contract.me, token=johndoe_token)
    record.must_have_status(200)
    stolen = str(record.fields().get("hashed_password"))
    server.login("johndoe", stolen).must_be(contract.bad_login)
