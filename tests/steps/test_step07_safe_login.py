"""The contract of step 7: step 6, and only other logins wait for a login.

Every login costs one hash, beside the event loop, and malformed input is just wrong.
"""

from tests.steps.contract import RECORD, Contract
from tests.steps.contract.basics import *
from tests.steps.contract.record import *
from tests.steps.contract.served import *
from tests.steps.contract.safe_login import *
from tests.steps.contract.expiry import *
from tests.steps.contract.login import *
from tests.steps.contract.hashed import *
from tests.steps.contract.settings import *
from tests.steps.contract.jwt import *
from tests.steps.contract.bearer import *
from tests.steps.contract.leaks import *
from tests.steps.contract.documentation import *
from workbook.checking import Reply, refusal

CONTRACT = Contract(
    me="/users/me/",
    guarded={
        "/users/me/": Reply(200, RECORD),
        "/users/me/items/": Reply(200, [{"item_id": "Foo", "owner": "johndoe"}]),
    },
    stored_hash="$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
    required=("sub", "exp"),
    never_crashes=True,
    bad_login=refusal(401, "Incorrect username or password", challenge="Bearer"),
    no_token=refusal(401, "Not authenticated", challenge="Bearer"),
    bad_token=refusal(401, "Could not validate credentials", challenge="Bearer"),
    inactive=refusal(400, "Inactive user"),
)
