"""Step 8 in plain `def` functions: PyJWT checks what a token must say, and a few lines
more check what PyJWT does not look at."""

from datetime import UTC, datetime
from uuid import uuid4

import jwt
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError

from tests.variants.pyjwt_sync.common import paths, tokens
from tests.variants.pyjwt_sync.common.accounts import Account, find_account
from tests.variants.pyjwt_sync.common.passwords import authenticate_at_one_cost
from tests.variants.pyjwt_sync.common.settings import read_settings

ISSUER = "https://login.example.com"
AUDIENCE = "https://api.example.com"
TYPE = "at+jwt"
KIND = "username:"
LONGEST_TOKEN = 2000

settings = read_settings()


def issue(account: Account) -> str:
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": KIND + account.profile.username,
        "iat": now,
        "exp": now + settings.lifetime,
        "jti": uuid4().hex,
    }
    return jwt.encode(claims, settings.key, "HS256", headers={"typ": TYPE})


def account_of(token: str) -> Account | None:
    # PyJWT reads a signature with padding, too: another spelling of the same token.
    if len(token) > LONGEST_TOKEN or "=" in token:
        return None
    try:
        read = jwt.decode_complete(
            token,
            settings.key,
            algorithms=["HS256"],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={
                "require": ["iss", "aud", "sub", "iat", "exp", "jti"],
                "strict_aud": True,
            },
        )
    # PyJWT lets a payload of brackets without end out as it is.
    except (jwt.InvalidTokenError, RecursionError):
        return None
    header, claims = read["header"], read["payload"]
    # PyJWT knows b64, and we do not: no extension is understood here.
    if header.get("typ") != TYPE or "crit" in header:
        return None
    if not tokens.has_dates(claims) or not claims["sub"].startswith(KIND):
        return None
    return find_account(claims["sub"].removeprefix(KIND))


app = FastAPI()
app.add_exception_handler(RequestValidationError, paths.say_what_is_wrong)
app.include_router(
    paths.login(authenticate_at_one_cost, issue), dependencies=[paths.turns()]
)
app.include_router(paths.user_and_items(paths.active_account(account_of)))
