"""Access tokens: made here, and nothing that says otherwise of itself is taken for one.

The same key may sign other tokens, for other ends. What tells them apart is what they
say of themselves, so each access token says it in full, and each word is checked.
"""

import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from jose import JOSEError, jwk, jws
from jose.utils import base64url_decode, base64url_encode

from .settings import load_settings

# Not a setting: which algorithm a token may use is the verifier's own decision.
ALGORITHM = "HS256"
KEY = jwk.construct(load_settings().secret_key.get_secret_value(), ALGORITHM)

# RFC 9068, section 2.1: the media type of a JWT that is an access token.
TYPE = "at+jwt"
ISSUER = "https://login.example.com"
AUDIENCE = "https://api.example.com"
# Users are one kind of subject, and their names cannot be those of another kind.
SUBJECT_PREFIX = "username:"

# RFC 7515, section 7.1: three parts of base64url. Ours have some 300 characters.
COMPACT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
MAXIMUM_LENGTH = 1024
# The end of the year 9999: no date is later.
LATEST = 253402300800


class BadToken(Exception):
    """It is none of our access tokens. The message says why, and is not for clients."""


def create_access_token(username: str, expires_delta: timedelta) -> str:
    """An access token for this user, as a compact JWS (RFC 7515, section 3.1)."""
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": SUBJECT_PREFIX + username,
        "iat": int(now.timestamp()),
        "exp": int((now + expires_delta).timestamp()),
        "jti": str(uuid4()),
    }
    return jws.sign(claims, KEY, headers={"typ": TYPE}, algorithm=ALGORITHM)


def read_access_token(token: str) -> str:
    """The username that an access token speaks for. Raises `BadToken`."""
    if len(token) > MAXIMUM_LENGTH:
        raise BadToken("longer than any of ours")
    if not COMPACT.fullmatch(token):
        raise BadToken("not three parts of base64url")
    try:
        # RFC 8725, section 3.1: our algorithm, whatever the header names.
        payload = jws.verify(token, KEY, algorithms=[ALGORITHM])
        header = jws.get_unverified_header(token)
        # RFC 7519, section 7.2: the claims are UTF-8.
        claims = json.loads(payload.decode())
        # RFC 4648, section 3.5: the bits that the last letter has to spare are zero.
        signature = token.rpartition(".")[2].encode()
        is_to_the_letter = base64url_encode(base64url_decode(signature)) == signature
    except (JOSEError, ValueError, RecursionError):
        raise BadToken("not signed by us, or not JSON") from None
    if not is_to_the_letter:
        raise BadToken("spelt otherwise")
    # RFC 8725, section 3.11: what a token is for stands in its type.
    if header.get("typ") != TYPE:
        raise BadToken("of another type")
    # RFC 7515, section 4.1.11: what must be understood and is not, must be refused.
    if "crit" in header:
        raise BadToken("with extensions that we do not know")
    if not isinstance(claims, dict):
        raise BadToken("no set of claims")
    check_claims(claims)
    return claims["sub"].removeprefix(SUBJECT_PREFIX)


def check_claims(claims: dict[str, Any]) -> None:
    """Raises `BadToken` unless each claim is there, of its type, and ours."""
    # RFC 8725, section 3.8: made by the issuer whose key this is.
    if claims.get("iss") != ISSUER:
        raise BadToken("of another issuer")
    # RFC 8725, section 3.9: made for us.
    if claims.get("aud") != AUDIENCE:
        raise BadToken("for another audience")
    # RFC 8725, section 3.8: a subject of the kind that this issuer speaks for.
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject.startswith(SUBJECT_PREFIX):
        raise BadToken("about no user")
    # RFC 9068, section 2.2: when it was made, and a name of its own.
    if not is_date(claims.get("iat")):
        raise BadToken("made at no time")
    if not isinstance(claims.get("jti"), str):
        raise BadToken("without a name")
    now = datetime.now(UTC).timestamp()
    # RFC 7519, section 4.1.4: not to be accepted on or after its expiry.
    expires = claims.get("exp")
    if not is_date(expires) or now >= expires:
        raise BadToken("expired, or without an end")
    # RFC 7519, section 4.1.5: nor before its time. Ours have no `nbf`.
    not_before = claims.get("nbf", 0)
    if not is_date(not_before) or now < not_before:
        raise BadToken("not good yet")


def is_date(value: object) -> bool:
    """Whether it is a NumericDate as we make them: whole seconds since 1970."""
    # Not isinstance: to Python, True is an int.
    return type(value) is int and 0 <= value < LATEST
