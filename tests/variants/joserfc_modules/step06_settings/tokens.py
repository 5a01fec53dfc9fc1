"""Tokens made and read with joserfc."""

import time

from joserfc import jwt
from joserfc.errors import JoseError

from .config import Config

RULES = jwt.JWTClaimsRegistry(sub={"essential": True}, exp={"essential": True})


class BadToken(Exception):
    pass


def issue(username: str, config: Config) -> str:
    claims = {"sub": username, "exp": int(time.time()) + config.lifetime}
    return jwt.encode({"alg": "HS256"}, claims, config.key)


def subject_of(token: str, config: Config) -> str:
    """The username in a good token; raises `BadToken` for every other."""
    try:
        claims = jwt.decode(token, config.key, algorithms=["HS256"]).claims
        RULES.validate(claims)
    # joserfc lets these two out: a header that is no object, brackets without end.
    except (JoseError, TypeError, RecursionError):
        raise BadToken from None
    return claims["sub"]
