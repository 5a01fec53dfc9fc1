"""Access tokens: how they're made, and how other tokens are told apart from them.

The same key may sign other tokens, for other purposes. An access token therefore says
in full what it is, and each of its claims is checked.
"""

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from jose import JOSEError, jwk, jws
from jose.utils import base64url_decode, base64url_encode

from .settings import load_settings

# Not a setting: the verifier alone decides which algorithm a token may use.
ALGORITHM = "HS256"
KEY = jwk.construct(load_settings().secret_key.get_secret_value(), ALGORITHM)

# RFC 9068, section 2.1: the media type of a JWT that is an access token.
TYPE = "at+jwt"
ISSUER = "https://login.example.com"
AUDIENCE = "https://api.example.com"
# With it, nothing else that we issue tokens for has the same subject as a user.
SUBJECT_PREFIX = "username:"

# RFC 7515, section 7.1: three parts of base64url. Ours have about 300 characters.
COMPACT = re.compile(r"[\w-]+\.[\w-]+\.[\w-]+", re.ASCII)
MAXIMUM_LENGTH = 1024
# RFC 6749, section 3.3: words with one blank between them.
SCOPE = re.compile(r"[!#-\[\]-~]+( [!#-\[\]-~]+)*")
# The end of the year 9999: no date is later.
LATEST = 253402300800


class BadToken(Exception):
    """The token isn't one of our access tokens. The reason is not meant for clients."""


@dataclass
class AccessToken:
    """What an access token says: who it's for, and what it may be used for."""

    username: str
    scopes: list[str]


def create_access_token(username: str, scope: str, expires_delta: timedelta) -> str:
    """An access token for this user, as a compact JWS (RFC 7515, section 3.1)."""
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": SUBJECT_PREFIX + username,
        "iat": int(now.timestamp()),
        "exp": int((now + expires_delta).timestamp()),
        "jti": str(uuid4()),
        # RFC 9068, section 2.2.3: what it may be used for, as one string.
        "scope": scope,
    }
    return jws.sign(claims, KEY, headers={"typ": TYPE}, algorithm=ALGORITHM)


def read_access_token(token: str) -> AccessToken:
    """What an access token says. Raises `BadToken`."""
    if len(token) > MAXIMUM_LENGTH:
        raise BadToken("longer than any of ours")
    if not COMPACT.fullmatch(token):
        raise BadToken("not three parts of base64url")
    try:
        # RFC 8725, section 3.1: only our algorithm, no matter what the header says.
        payload = jws.verify(token, KEY, algorithms=[ALGORITHM])
        header = jws.get_unverified_header(token)
        # RFC 7519, section 7.2: the claims are UTF-8.
        claims = json.loads(payload.decode())
        # RFC 4648, section 3.5: the unused bits of the last character are zero.
        signature = token.rpartition(".")[2].encode()
        is_canonical = base64url_encode(base64url_decode(signature)) == signature
    except (JOSEError, ValueError, RecursionError):
        raise BadToken("not signed by us, or not JSON") from None
    if not is_canonical:
        raise BadToken("not in canonical base64url")
    # RFC 8725, section 3.11: the type says what the token is for.
    if header.get("typ") != TYPE:
        raise BadToken("of another type")
    # RFC 7515, section 4.1.11: we know no extensions, and these must be understood.
    if "crit" in header:
        raise BadToken("with unknown extensions")
    if not isinstance(claims, dict):
        raise BadToken("not a set of claims")
    check_claims(claims)
    return AccessToken(
        username=claims["sub"].removeprefix(SUBJECT_PREFIX),
        scopes=claims["scope"].split(" "),
    )


def check_claims(claims: dict[str, Any]) -> None:
    """Raises `BadToken` unless each claim is present, well typed, and right for us."""
    # RFC 8725, section 3.8: issued by the issuer that we trust.
    if claims.get("iss") != ISSUER:
        raise BadToken("of another issuer")
    # RFC 8725, section 3.9: made for us.
    if claims.get("aud") != AUDIENCE:
        raise BadToken("for another audience")
    # RFC 8725, section 3.8: a subject that this issuer can vouch for.
    subject = claims.get("sub")
    if not isinstance(subject, str) or not subject.startswith(SUBJECT_PREFIX):
        raise BadToken("not about a user")
    # RFC 9068, section 2.2: when it was issued, and its own identifier.
    if not is_date(claims.get("iat")):
        raise BadToken("without a date of issue")
    if not isinstance(claims.get("jti"), str):
        raise BadToken("without an identifier")
    # RFC 8693, section 4.2: a string. A list of words isn't one.
    scope = claims.get("scope")
    if not isinstance(scope, str) or not SCOPE.fullmatch(scope):
        raise BadToken("without scopes")
    now = datetime.now(UTC).timestamp()
    # RFC 7519, section 4.1.4: not to be accepted on or after its expiry.
    expires = claims.get("exp")
    if not is_date(expires) or now >= expires:
        raise BadToken("expired, or without an expiry")
    # RFC 7519, section 4.1.5: not to be accepted before this. Ours have no `nbf`.
    not_before = claims.get("nbf", 0)
    if not is_date(not_before) or now < not_before:
        raise BadToken("not valid yet")


def is_date(value: object) -> bool:
    """Whether it is a NumericDate as we issue them: whole seconds since 1970."""
    # Not isinstance: to Python, True is an int.
    return type(value) is int and 0 <= value < LATEST
