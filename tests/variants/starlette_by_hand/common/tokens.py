"""JWTs without a JWT library: made and verified with the standard library."""

import base64
import hashlib
import hmac
import json
import math
import re
import time
from typing import Any

HEADER = {"alg": "HS256", "typ": "JWT"}
# The seconds of all years with four digits.
CALENDAR = 253402300800


def sign(claims: dict[str, Any], key: bytes, header: dict[str, str] = HEADER) -> str:
    signed = ".".join(encode(json.dumps(part).encode()) for part in (header, claims))
    return f"{signed}.{signature_of(signed, key)}"


def verified(token: str, key: bytes) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header and the claims of a token that the key has signed; raises
    `ValueError` for every other."""
    signed, _, signature = token.rpartition(".")
    # Not ==, which takes longer the more characters are right.
    if not hmac.compare_digest(signature_of(signed, key).encode(), signature.encode()):
        raise ValueError("another signature")
    header, claims = (decode(part) for part in signed.split("."))
    # `crit` lists what a reader must understand, and nothing is understood here.
    if header.get("alg") != "HS256" or "crit" in header:
        raise ValueError("another algorithm, or an extension")
    return header, claims


def subject_of(claims: dict[str, Any]) -> str | None:
    subject = claims.get("sub")
    return subject if isinstance(subject, str) else None


def issue(username: str, key: bytes, lifetime: int) -> str:
    """A token for that user which expires after so many seconds."""
    return sign({"sub": username, "exp": int(time.time()) + lifetime}, key)


def living_subject_of(token: str, key: bytes) -> str | None:
    """The username in a token that has not expired, and `None` for every other."""
    try:
        _, claims = verified(token, key)
    except ValueError:
        return None
    expiry = claims.get("exp")
    # JSON's true is an int to Python, and its parser reads NaN and Infinity.
    if isinstance(expiry, bool) or not isinstance(expiry, int | float):
        return None
    return subject_of(claims) if time.time() < expiry < math.inf else None


def seconds(date: object) -> float:
    """Since 1970, as in a NumericDate; raises `ValueError` where it is not one."""
    if isinstance(date, bool) or not isinstance(date, int | float):
        raise ValueError("not a number")
    if not 0 <= date < CALENDAR:
        raise ValueError("in no calendar")
    return float(date)


def signature_of(text: str, key: bytes) -> str:
    return encode(hmac.digest(key, text.encode(), hashlib.sha256))


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(part: str) -> dict[str, Any]:
    """The JSON object in a part of a token; raises `ValueError`."""
    # Python's base64 skips what it doesn't know, and reads no further than a =.
    if not re.fullmatch(r"[\w-]+", part, re.ASCII):
        raise ValueError("not base64url")
    raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    try:
        value = json.loads(raw)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("not a JSON object")
    return value
