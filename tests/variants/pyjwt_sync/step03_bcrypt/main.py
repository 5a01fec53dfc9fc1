"""Step 3 in plain `def` functions: the bcrypt package, without passlib."""

from fastapi import FastAPI

from tests.variants.pyjwt_sync.common import paths
from tests.variants.pyjwt_sync.common.accounts import find_account
from tests.variants.pyjwt_sync.common.passwords import authenticate

active = paths.active_account(
    find_account, bad_token="Invalid authentication credentials"
)

app = FastAPI()
app.include_router(paths.login(authenticate, paths.name_of))
app.include_router(paths.user(active))
