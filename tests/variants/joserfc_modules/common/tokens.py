"""Tokens, as objects: a username, and JWTs made and read with joserfc."""

import time
from typing import Any, Protocol

from joserfc import jwt
from joserfc.errors import InvalidClaimError, JoseError
from joserfc.jwk import OctKey
from joserfc.jws import JWSRegistry

HEADER = {"alg": "HS256"}
END_OF_TIME = 253402300800  # of the year 9999


class BadToken(Exception):
    pass


class Tokens(Protocol):
    """`refusal` is the detail for a bad token, `lifetime` a number of seconds, or
    `None` where a token does not expire."""

    refusal: str
    lifetime: int | None

    def issue(self, username: str) -> str: ...

    def subject_of(self, token: str) -> str:
        """The username in a good token; raises `BadToken` for every other."""


class Usernames:
    refusal = "Invalid authentication credentials"
    lifetime = None

    def issue(self, username: str) -> str:
        return username

    def subject_of(self, token: str) -> str:
        return token


class SignedTokens:
    """JWTs that the key has signed. `headers` and `rules` are joserfc's registries:
    they say what a header and claims must be like."""

    refusal = "Could not validate credentials"
    lifetime: int | None = None
    header = HEADER
    headers = JWSRegistry(algorithms=["HS256"])
    rules = jwt.JWTClaimsRegistry(sub={"essential": True})

    def __init__(self, key: OctKey) -> None:
        self._key = key

    def claims(self, username: str) -> dict[str, Any]:
        return {"sub": username}

    def issue(self, username: str) -> str:
        claims = self.claims(username)
        return jwt.encode(self.header, claims, self._key, registry=self.headers)

    def subject_of(self, token: str) -> str:
        try:
            claims = jwt.decode(token, self._key, registry=self.headers).claims
            self.rules.validate(claims)
        # joserfc lets these two out: a header that is no object, brackets without end.
        except (JoseError, TypeError, RecursionError):
            raise BadToken from None
        return claims["sub"]


class WithinTheCalendar(jwt.JWTClaimsRegistry):
    def validate_exp(self, value: Any) -> None:
        super().validate_exp(value)
        if value >= END_OF_TIME:
            raise InvalidClaimError("exp")


class ExpiringTokens(SignedTokens):
    rules = WithinTheCalendar(sub={"essential": True}, exp={"essential": True})

    def __init__(self, key: OctKey, lifetime: int) -> None:
        super().__init__(key)
        self.lifetime = lifetime

    def claims(self, username: str) -> dict[str, Any]:
        return {"sub": username, "exp": int(time.time()) + self.lifetime}
