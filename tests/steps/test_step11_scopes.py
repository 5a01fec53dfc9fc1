"""The contract of step 11: step 10, and a token has scopes.

What a user may do is in the column `scopes` of the table `users`, as one text with
blanks in it. A login asks for some of it, the token has it in its claim `scope`, and
each path wants one of them.
"""

from tests.steps.contract import RECORD, Contract
from tests.steps.contract.basics import *
from tests.steps.contract.record import *
from tests.steps.contract.served import *
from tests.steps.contract.scopes import *
from tests.steps.contract.database import *
from tests.steps.contract.standard_answers import *
from tests.steps.contract.strict_tokens import *
from tests.steps.contract.expiry import *
from tests.steps.contract.login import *
from tests.steps.contract.hashed import *
from tests.steps.contract.safe_login import *
from tests.steps.contract.settings import *
from tests.steps.contract.jwt import *
from tests.steps.contract.bearer import *
from tests.steps.contract.leaks import *
from tests.steps.contract.documentation import *
from workbook.checking import Reply, refusal

# What earlier steps allow: a disabled user's login, an incomplete one, and any scope.
# And what steps 9 and 10 refuse: every scope.
for name in (
    "test_a_disabled_user_gets_a_token_too",
    "test_a_login_is_for_the_user_who_asks",
    "test_alice_is_inactive",
    "test_the_grant_type_may_be_left_out",
    "test_a_login_may_ask_for_scopes",
    "test_a_422_names_the_missing_field",
    "test_a_scope_is_invalid",
):
    del globals()[name]

CONTRACT = Contract(
    me="/users/me/",
    guarded={
        "/users/me/": Reply(200, RECORD),
        "/users/me/items/": Reply(200, [{"item_id": "Foo", "owner": "johndoe"}]),
    },
    stored_hash="$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
    typ="at+jwt",
    subject="username:{username}",
    required=("iss", "aud", "sub", "iat", "exp", "jti", "scope"),
    never_crashes=True,
    standard_answers=True,
    normalizes=True,
    malformed_token=MALFORMED_TOKEN,
    bad_login=token_error("invalid_grant", "Incorrect username or password"),
    no_token=refusal(401, "Not authenticated", challenge='Bearer realm="users"'),
    bad_token=INVALID_TOKEN,
    inactive=INVALID_TOKEN,
)
