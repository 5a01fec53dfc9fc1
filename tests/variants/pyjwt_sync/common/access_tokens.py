"""Access tokens: PyJWT checks what one must say, and a few lines more check what PyJWT
does not look at."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import jwt

from .accounts import Account, find_account
from .tokens import has_dates

ISSUER = "https://login.example.com"
AUDIENCE = "https://api.example.com"
TYPE = "at+jwt"
KIND = "username:"
LONGEST_TOKEN = 2000


def issue(account: Account, key: bytes, lifetime: timedelta, **more: object) -> str:
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": KIND + account.profile.username,
        "iat": now,
        "exp": now + lifetime,
        "jti": uuid4().hex,
    }
    return jwt.encode(claims | more, key, "HS256", headers={"typ": TYPE})


def account_of(
    token: str,
    key: bytes,
    find: Callable[[str], Account | None] = find_account,
) -> Account | None:
    claims = claims_of(token, key)
    return None if claims is None else find(claims["sub"].removeprefix(KIND))


def claims_of(token: str, key: bytes) -> dict[str, Any] | None:
    # PyJWT reads a signature with padding, too: another spelling of the same token.
    if len(token) > LONGEST_TOKEN or "=" in token:
        return None
    try:
        read = jwt.decode_complete(
            token,
            key,
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
    if not has_dates(claims) or not claims["sub"].startswith(KIND):
        return None
    return dict(claims)
