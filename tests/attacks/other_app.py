"""An app of another shape than the steps: it logs in with an e-mail address, by JSON,
and its tokens, paths and records have other names."""

import time
from collections.abc import Callable
from typing import Annotated, Any

from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPBearer
from jose import JWTError, jwk, jwt
from pydantic import BaseModel

from workbook import tokens
from workbook.attacks import Api

KEY = "a key that is on no list, and as long as HS256 wants it"
API = Api(
    token_path="/auth/login",
    me_path="/api/profile",
    login_field="email",
    json_login=True,
    username="jo@example.com",
    password="correct horse",
)
OPTIONS = [
    *("--token-path", API.token_path, "--me-path", API.me_path or ""),
    *("--login-field", API.login_field, "--json-login"),
    *("--username", API.username, "--password", API.password),
]
PROFILE = {"data": {"id": 7, "contact": {"email": API.username}}}


class Credentials(BaseModel):
    email: str
    password: str


def issue() -> str:
    claims = {"sub": "7", "role": "user", "exp": int(time.time()) + 15 * 60}
    return jwt.encode(claims, KEY, algorithm="HS256")


def read(token: str) -> dict[str, object]:
    return jwt.decode(token, KEY, algorithms=["HS256"])


def other_app(
    *,
    issue: Callable[[], str] = issue,
    read: Callable[[str], dict[str, object]] = read,
    profile: object = PROFILE,
) -> FastAPI:
    """The app, with another way to make and to read its tokens where one is given."""
    app = FastAPI()

    @app.post("/auth/login")
    def log_in(sent: Credentials) -> dict[str, object]:
        if (sent.email, sent.password) != (API.username, API.password):
            raise HTTPException(401, "Wrong e-mail address or password")
        return {"result": {"token": issue()}}

    @app.get("/api/profile")
    def show_profile(sent: Annotated[object, Depends(HTTPBearer())]) -> object:
        try:
            claims = read(sent.credentials)  # type: ignore[attr-defined]
        except (JWTError, ValueError, RecursionError):
            raise HTTPException(401, "Who are you?") from None
        if claims.get("sub") != "7":
            raise HTTPException(401, "Who are you?")
        return profile

    return app


class KeyPair:
    """An RSA key, for an app that signs with RS256 and publishes the public half."""

    def __init__(self) -> None:
        key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._private = key.private_bytes(
            Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
        ).decode()
        self.public = (
            key.public_key()
            .public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
            .decode()
        )

    def jwk(self) -> dict[str, Any]:
        return jwk.construct(self.public, "RS256").to_dict()

    def issue(self) -> str:
        return jwt.encode({"sub": "7"}, self._private, algorithm="RS256")

    def read(self, token: str) -> dict[str, object]:
        return jwt.decode(token, self.public, algorithms=["RS256"])

    def read_as_the_header_says(self, token: str) -> dict[str, object]:
        """The public key is a shared secret where the header says HS256."""
        header, claims = tokens.read(token)
        if header["alg"] == "HS256" and tokens.is_signed_with(token, self.public):
            return claims
        return self.read(token)
