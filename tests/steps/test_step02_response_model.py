"""The contract of step 2: step 1, and what leaves the server is declared."""

from tests.steps.contract import RECORD, Contract
from tests.steps.contract.basics import *
from tests.steps.contract.record import *
from tests.steps.contract.served import *
from tests.steps.contract.login import *
from tests.steps.contract.bearer import *
from tests.steps.contract.typed_token import *
from tests.steps.contract.leaks import *
from tests.steps.contract.documentation import *
from workbook.checking import Reply, refusal

CONTRACT = Contract(
    me="/users/me",
    guarded={"/users/me": Reply(200, RECORD)},
    stored_hash="fakehashedsecret",
    bad_login=refusal(400, "Incorrect username or password"),
    no_token=refusal(401, "Not authenticated", challenge="Bearer"),
    bad_token=refusal(401, "Invalid authentication credentials", challenge="Bearer"),
    inactive=refusal(400, "Inactive user"),
)
