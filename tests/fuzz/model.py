"""What a good token is, written from the contract and the standards, and from no step.

It says who may come in with a token. A step may refuse more, and never less.
"""

import base64
import binascii
import hashlib
import hmac
import json
import re
from collections.abc import Callable
from typing import Any

from tests.steps.contract import ALICE, JOHNDOE

USERS = (JOHNDOE["username"], ALICE["username"])
# RFC 7515, section 3.1, with the encoding of section 2: no padding, no blanks.
COMPACT = re.compile(r"[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+")
# What goes far beyond any of ours, and is refused by its length alone.
FAR_TOO_LONG = 5000


class Bad(ValueError):
    """No good token; the message says why."""


def user_of(token: str, key: str, now: float, *, ours: Any, strict: bool) -> str | None:
    """The username that the token speaks for, `None` when it is no good token.

    `strict` is what a step with strict tokens promises, and `ours` are the claims of a
    token that it made. Otherwise only signature, algorithm, `sub` and dates count, and
    the text is read as python-jose reads it, which passes over what is no base64.
    """
    try:
        header, claims = _opened(token, key, strict)
        _must(header.get("alg") == "HS256", "another algorithm")
        if strict:
            _must(len(token) < FAR_TOO_LONG, "too long")
            _must_be_an_access_token(header, claims, ours)
        _must_be_in_time(claims, now, is_date=_is_int if strict else _is_number)
        return _user(claims.get("sub"), "username:" if strict else "")
    except (ValueError, RecursionError):
        return None


def _opened(
    token: str, key: str, strict: bool
) -> tuple[dict[str, Any], dict[str, Any]]:
    decode = _decode if strict else _decode_loosely
    _must(COMPACT.fullmatch(token) or not strict, "no compact JWS")
    signing_input, _, signature = token.rpartition(".")
    first, dot, second = signing_input.partition(".")
    _must(dot, "no three parts")
    digest = hmac.digest(key.encode(), signing_input.encode(), hashlib.sha256)
    _must(hmac.compare_digest(decode(signature), digest), "another signature")
    claims = _object(decode(second), strict)
    return _object(decode(first), strict), claims


def _decode(part: str) -> bytes:
    raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    # One text for the same bytes, and no other: RFC 4648, section 3.5.
    _must(base64.urlsafe_b64encode(raw).rstrip(b"=") == part.encode(), "no base64url")
    return raw


def _decode_loosely(part: str) -> bytes:
    raw = part.encode()
    try:
        return base64.urlsafe_b64decode(raw + b"=" * (-len(raw) % 4))
    except binascii.Error as error:
        raise Bad(str(error)) from None


def _object(raw: bytes, strict: bool) -> dict[str, Any]:
    """RFC 7519, section 7.2: a JSON object in UTF-8. NaN is let pass, where it is the
    value of something that nobody reads."""
    value = json.loads(raw.decode("utf-8") if strict else raw)
    _must(isinstance(value, dict), "no object")
    return value


def _must_be_an_access_token(
    header: dict[str, Any], claims: dict[str, Any], ours: dict[str, Any]
) -> None:
    _must(header.get("typ") == "at+jwt", "another type")
    _must("crit" not in header, "something critical")
    _must(claims.get("iss") == ours["iss"], "another issuer")
    _must(claims.get("aud") == ours["aud"], "another audience")
    _must(isinstance(claims.get("jti"), str), "no name of its own")
    _must("exp" in claims and "iat" in claims, "a date is missing")


def _must_be_in_time(
    claims: dict[str, Any], now: float, is_date: Callable[[object], bool]
) -> None:
    dates = {name: claims[name] for name in ("exp", "nbf", "iat") if name in claims}
    _must(all(map(is_date, dates.values())), "a date that is none")
    # The contract is silent on the second itself, unless tokens are strict.
    leeway = 0 if is_date is _is_int else 1
    _must(dates.get("exp", now + 1) > now - leeway, "expired")
    _must(dates.get("nbf", 0) <= now + 1, "not good yet")


def _is_int(value: object) -> bool:
    return type(value) is int and 0 <= value < 10**12


def _is_number(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value < 10**12  # type: ignore[operator]


def _user(subject: object, prefix: str) -> str:
    for user in USERS:
        if subject == prefix + user:
            return user
    raise Bad("about no user")


def _must(holds: object, why: str) -> None:
    if not holds:
        raise Bad(why)
