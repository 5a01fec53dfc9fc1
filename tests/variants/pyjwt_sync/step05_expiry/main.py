"""Step 5 in plain `def` functions: PyJWT, which is told that it needs an expiry."""

from datetime import timedelta
from functools import partial

from fastapi import FastAPI

from tests.variants.pyjwt_sync.common import paths, tokens
from tests.variants.pyjwt_sync.common.passwords import authenticate

KEY = b"09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"
LIFETIME = timedelta(minutes=30)

issue = partial(tokens.issue, key=KEY, lifetime=LIFETIME)
account_of = partial(tokens.account_of, key=KEY)

app = FastAPI()
app.include_router(paths.login(authenticate, issue))
app.include_router(paths.user_and_items(paths.active_account(account_of)))
