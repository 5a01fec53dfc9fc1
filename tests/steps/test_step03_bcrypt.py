"""The contract of step 3: step 2, with bcrypt, and 401 for a bad login."""

from tests.steps.contract import RECORD, Contract
from tests.steps.contract.basics import *
from tests.steps.contract.record import *
from tests.steps.contract.served import *
from tests.steps.contract.login import *
from tests.steps.contract.hashed import *
from tests.steps.contract.bearer import *
from tests.steps.contract.typed_token import *
from tests.steps.contract.leaks import *
from tests.steps.contract.documentation import *
from workbook.checking import Reply, refusal

CONTRACT = Contract(
    me="/users/me",
    guarded={"/users/me": Reply(200, RECORD)},
    stored_hash="$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
    bad_login=refusal(401, "Incorrect username or password", challenge="Bearer"),
    no_token=refusal(401, "Not authenticated", challenge="Bearer"),
    bad_token=refusal(401, "Invalid authentication credentials", challenge="Bearer"),
    inactive=refusal(400, "Inactive user"),
)
