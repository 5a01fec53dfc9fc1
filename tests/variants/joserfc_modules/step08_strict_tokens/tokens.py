"""Access tokens made and read with joserfc. Its registries know most of the rules:
that of headers, and that of claims; ours say which, and add what they lack."""

import time
import uuid

from joserfc import jwt
from joserfc.errors import InvalidClaimError, InvalidHeaderValueError, JoseError
from joserfc.jws import JWSRegistry

from .config import Config

ISSUER = "https://login.example.com"
AUDIENCE = "https://api.example.com"
KIND = "username:"
END_OF_TIME = 253402300800  # of the year 9999


class Headers(JWSRegistry):
    """Of access tokens alone, without extensions, and short ones."""

    max_payload_length = 800

    def check_header(self, header: dict[str, object]) -> None:
        super().check_header(header)
        if header.get("typ") != "at+jwt":
            raise InvalidHeaderValueError("typ")
        if "crit" in header:
            raise InvalidHeaderValueError("crit")


class Claims(jwt.JWTClaimsRegistry):
    """Of users alone, and within the calendar."""

    def validate_sub(self, value: object) -> None:
        super().validate_sub(value)
        if not value.startswith(KIND):
            raise InvalidClaimError("sub")

    def validate_aud(self, value: object) -> None:
        # A list of several is good JWT, and none of ours.
        if value != AUDIENCE:
            raise InvalidClaimError("aud")

    def validate_exp(self, value: object) -> None:
        super().validate_exp(value)
        if value >= END_OF_TIME:
            raise InvalidClaimError("exp")


HEADERS = Headers(algorithms=["HS256"])
CLAIMS = Claims(
    iss={"essential": True, "value": ISSUER},
    aud={"essential": True},
    sub={"essential": True},
    iat={"essential": True},
    exp={"essential": True},
    jti={"essential": True},
)


class BadToken(Exception):
    pass


def issue(username: str, config: Config) -> str:
    now = int(time.time())
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": KIND + username,
        "iat": now,
        "exp": now + config.lifetime,
        "jti": uuid.uuid4().urn,
    }
    header = {"alg": "HS256", "typ": "at+jwt"}
    return jwt.encode(header, claims, config.key, registry=HEADERS)


def subject_of(token: str, config: Config) -> str:
    """The username in a good access token; raises `BadToken` for every other."""
    try:
        claims = jwt.decode(token, config.key, registry=HEADERS).claims
        CLAIMS.validate(claims)
    # joserfc lets these two out: a header that is no object, brackets without end.
    except (JoseError, TypeError, RecursionError):
        raise BadToken from None
    return claims["sub"].removeprefix(KIND)
