"""Tokens with an expiry, made and read with PyJWT."""

from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from .accounts import Account, find_account

# The end of the year 9999, in seconds since 1970.
END_OF_TIME = 253402300800


def issue(account: Account, key: bytes, lifetime: timedelta) -> str:
    claims = {"sub": account.profile.username, "exp": datetime.now(UTC) + lifetime}
    return jwt.encode(claims, key, algorithm="HS256")


def account_of(token: str, key: bytes) -> Account | None:
    """The account that a good token belongs to, and `None` for every other."""
    try:
        claims = jwt.decode(
            token, key, algorithms=["HS256"], options={"require": ["exp", "sub"]}
        )
    # PyJWT lets a payload of brackets without end out as it is.
    except (jwt.InvalidTokenError, RecursionError):
        return None
    return find_account(claims["sub"]) if has_dates(claims) else None


def has_dates(claims: dict[str, Any]) -> bool:
    """Whether its dates are numbers that a calendar has: PyJWT makes a number of
    "4102444800", and takes one of a thousand digits."""
    dates = [claims.get(name, 0) for name in ("exp", "nbf", "iat")]
    return all(type(it) in (int, float) and 0 <= it < END_OF_TIME for it in dates)
