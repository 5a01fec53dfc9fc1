"""Access tokens: each is compared with a table of what it must say."""

import secrets
import time
from collections.abc import Callable
from typing import Any

from .tokens import seconds, sign, verified

HEADER = {"alg": "HS256", "typ": "at+jwt"}
OURS = {"iss": "https://login.example.com", "aud": "https://api.example.com"}
Rules = dict[str, Callable[[Any, float], bool]]
CLAIMS: Rules = {
    "iss": lambda value, _: value == OURS["iss"],
    "aud": lambda value, _: value == OURS["aud"],
    "sub": lambda value, _: is_text(value) and value.startswith("username:"),
    "jti": lambda value, _: is_text(value),
    "iat": lambda value, now: seconds(value) <= now,
    "exp": lambda value, now: now < seconds(value),
}


def issue(username: str, key: bytes, lifetime: int, **more: object) -> str:
    now = int(time.time())
    claims = OURS | {
        "sub": f"username:{username}",
        "iat": now,
        "exp": now + lifetime,
        "jti": secrets.token_urlsafe(),
    }
    return sign(claims | more, key, HEADER)


def owner_of(token: str, key: bytes) -> str | None:
    claims = claims_of(token, key, CLAIMS)
    return None if claims is None else claims["sub"].removeprefix("username:")


def claims_of(token: str, key: bytes, rules: Rules) -> dict[str, Any] | None:
    # Ours are not half as long.
    if len(token) > 999:
        return None
    now = time.time()
    try:
        header, claims = verified(token, key)
        # All that is in ours, and no extension. What else is there says nothing.
        if header | HEADER != header or "crit" in header:
            return None
        if now < seconds(claims.get("nbf", 0)):
            return None
        if all(is_right(claims[name], now) for name, is_right in rules.items()):
            return claims
    except (KeyError, ValueError):
        pass
    return None


def is_text(value: object) -> bool:
    return isinstance(value, str) and value != ""
