"""Step 4 in plain `def` functions: PyJWT, which is told that it needs a subject."""

import jwt
from fastapi import FastAPI

from tests.variants.pyjwt_sync.common import paths
from tests.variants.pyjwt_sync.common.accounts import Account, find_account
from tests.variants.pyjwt_sync.common.passwords import authenticate

KEY = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"


def issue(account: Account) -> str:
    return jwt.encode({"sub": account.profile.username}, KEY, algorithm="HS256")


def account_of(token: str) -> Account | None:
    try:
        claims = jwt.decode(
            token, KEY, algorithms=["HS256"], options={"require": ["sub"]}
        )
    except jwt.InvalidTokenError:
        return None
    return find_account(claims["sub"])


app = FastAPI()
app.include_router(paths.login(authenticate, issue))
app.include_router(paths.user(paths.active_account(account_of)))
