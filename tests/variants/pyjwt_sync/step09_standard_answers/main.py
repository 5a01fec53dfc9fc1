"""Step 9 in plain `def` functions: a route class answers logins as RFC 6749 has it
(common/login.py), and a security scheme of ours wants a token as RFC 6750 has it
(common/bearer.py).
"""

from functools import partial

from fastapi import FastAPI

from tests.variants.pyjwt_sync.common import access_tokens, paths
from tests.variants.pyjwt_sync.common.accounts import Account
from tests.variants.pyjwt_sync.common.bearer import INVALID_TOKEN, OneToken
from tests.variants.pyjwt_sync.common.login import Credentials, login
from tests.variants.pyjwt_sync.common.passwords import authenticate_at_one_cost
from tests.variants.pyjwt_sync.common.settings import read_settings

settings = read_settings()


def active(account: Account | None) -> Account | None:
    return None if account is None or account.profile.disabled else account


token_path = login(
    authenticate=lambda *credentials: active(authenticate_at_one_cost(*credentials)),
    issue=partial(access_tokens.issue, key=settings.key, lifetime=settings.lifetime),
    lifetime=settings.lifetime,
)
token_owner = paths.active_account(
    lambda token: active(access_tokens.account_of(token, settings.key)),
    scheme=OneToken(tokenUrl="/token"),
    challenge=INVALID_TOKEN,
)

app = FastAPI()
app.include_router(token_path, dependencies=[paths.turns(Credentials)])
app.include_router(
    paths.user_and_items(token_owner),
    responses={
        400: {"description": "More than one token, or what can't be one"},
        401: {"description": "A token is missing, or invalid"},
    },
)
