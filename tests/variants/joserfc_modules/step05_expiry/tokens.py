"""Tokens made and read with joserfc."""

import time

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

KEY = OctKey.import_key(
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"
)
LIFETIME = 30 * 60
RULES = jwt.JWTClaimsRegistry(sub={"essential": True}, exp={"essential": True})


class BadToken(Exception):
    pass


def issue(username: str) -> str:
    claims = {"sub": username, "exp": int(time.time()) + LIFETIME}
    return jwt.encode({"alg": "HS256"}, claims, KEY)


def subject_of(token: str) -> str:
    """The username in a good token; raises `BadToken` for every other."""
    try:
        claims = jwt.decode(token, KEY, algorithms=["HS256"]).claims
        RULES.validate(claims)
    # joserfc lets these two out: a header that is no object, brackets without end.
    except (JoseError, TypeError, RecursionError):
        raise BadToken from None
    return claims["sub"]
