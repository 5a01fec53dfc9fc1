"""Tokens made and read with joserfc."""

import time

from joserfc import jwt
from joserfc.errors import InvalidClaimError, JoseError

from .config import Config

END_OF_TIME = 253402300800  # of the year 9999


class Rules(jwt.JWTClaimsRegistry):
    """joserfc's, and no token for longer than there are calendars."""

    def validate_exp(self, value: object) -> None:
        super().validate_exp(value)
        if value >= END_OF_TIME:
            raise InvalidClaimError("exp")


RULES = Rules(sub={"essential": True}, exp={"essential": True})


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
