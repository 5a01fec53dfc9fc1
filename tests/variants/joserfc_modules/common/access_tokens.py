"""Access tokens made and read with joserfc. Its registries know most of the rules, for
headers and for claims; ours choose among them, and add what is missing."""

import time
import uuid
from typing import Any

from joserfc.errors import InvalidClaimError, InvalidHeaderValueError
from joserfc.jws import JWSRegistry

from .tokens import ExpiringTokens, WithinTheCalendar

ISSUER = "https://login.example.com"
AUDIENCE = "https://api.example.com"
KIND = "username:"
HEADER = {"alg": "HS256", "typ": "at+jwt"}


class Headers(JWSRegistry):
    """Those of short access tokens without extensions."""

    max_payload_length = 1200

    def check_header(self, header: dict[str, Any]) -> None:
        super().check_header(header)
        if header.get("typ") != "at+jwt":
            raise InvalidHeaderValueError("typ")
        if "crit" in header:
            raise InvalidHeaderValueError("crit")


class Claims(WithinTheCalendar):
    """Those about users, for one audience."""

    def validate_sub(self, value: Any) -> None:
        super().validate_sub(value)
        if not value.startswith(KIND):
            raise InvalidClaimError("sub")

    def validate_aud(self, value: Any) -> None:
        # A list of several is a good JWT, and not one of ours.
        if value != AUDIENCE:
            raise InvalidClaimError("aud")


class AccessTokens(ExpiringTokens):
    header = HEADER
    headers = Headers(algorithms=["HS256"])
    rules = Claims(
        iss={"essential": True, "value": ISSUER},
        aud={"essential": True},
        sub={"essential": True},
        iat={"essential": True},
        exp={"essential": True},
        jti={"essential": True},
    )

    def claims(self, username: str) -> dict[str, Any]:
        now = int(time.time())
        return {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": KIND + username,
            "iat": now,
            "exp": now + self.lifetime,
            "jti": uuid.uuid4().urn,
        }

    def subject_of(self, token: str) -> str:
        return super().subject_of(token).removeprefix(KIND)
