"""The contract of step 5: step 4, and a token dies; the complete documented app.

The paths end in a slash, as documented, and /users/me/items/ is new.
"""

from tests.steps.contract import RECORD, Contract
from tests.steps.contract.basics import *
from tests.steps.contract.record import *
from tests.steps.contract.served import *
from tests.steps.contract.expiry import *
from tests.steps.contract.login import *
from tests.steps.contract.hashed import *
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
    secret_key="09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    bad_login=refusal(401, "Incorrect username or password", challenge="Bearer"),
    no_token=refusal(401, "Not authenticated", challenge="Bearer"),
    bad_token=refusal(401, "Could not validate credentials", challenge="Bearer"),
    inactive=refusal(400, "Inactive user"),
)
