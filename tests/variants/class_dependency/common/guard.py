"""The guard is a class that reads the header itself. Its objects are dependencies."""

import time
from dataclasses import dataclass

import bcrypt
from fastapi import HTTPException, Request
from fastapi.security import OAuth2PasswordBearer
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

KEY = OctKey.import_key(
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"
)


@dataclass
class Member:
    username: str
    email: str
    full_name: str
    disabled: bool


class Members:
    """The table, and the only place where a password is compared."""

    def __init__(self) -> None:
        self._rows = {
            "johndoe": (
                Member("johndoe", "johndoe@example.com", "John Doe", disabled=False),
                b"$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
            ),
            "alice": (
                Member("alice", "alice@example.com", "Alice Wonderson", disabled=True),
                b"$2b$12$sUIdMeDwel2r3mlLDN5OeONUf7bueeCQ9RA6Xoxx8iYE7CcIVzSXq",
            ),
        }

    def named(self, username: str) -> Member | None:
        row = self._rows.get(username)
        return row and row[0]

    def authenticated(self, username: str, password: str) -> Member | None:
        member, hashed = self._rows.get(username, (None, b""))
        raw = password.encode("utf-8", "surrogatepass")
        # bcrypt repeats what comes before a NUL, and reads 72 bytes.
        if member is None or b"\0" in raw or len(raw) > 72:
            return None
        return member if bcrypt.checkpw(raw, hashed) else None


class Tokens:
    """Makes and reads tokens, with or without an end."""

    def __init__(self, seconds: int | None = None) -> None:
        self._seconds = seconds

    def issued_to(self, member: Member) -> str:
        claims: dict[str, object] = {"sub": member.username}
        if self._seconds is not None:
            claims["exp"] = int(time.time()) + self._seconds
        return jwt.encode({"alg": "HS256", "typ": "JWT"}, claims, KEY)

    def subject_of(self, token: str) -> str | None:
        try:
            claims = jwt.decode(token, KEY, algorithms=["HS256"]).claims
            jwt.JWTClaimsRegistry(leeway=0).validate(claims)
        except (JoseError, ValueError, RecursionError):
            return None
        subject = claims.get("sub")
        return subject if isinstance(subject, str) else None


class ActiveMember(OAuth2PasswordBearer):
    """A dependency: the member whose token comes with the request."""

    def __init__(self, members: Members, tokens: Tokens) -> None:
        super().__init__(tokenUrl="token")
        self._members = members
        self._tokens = tokens

    async def __call__(self, request: Request) -> Member:  # type: ignore[override]
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise _refused("Not authenticated")
        subject = self._tokens.subject_of(token.strip())
        member = self._members.named(subject) if subject else None
        if member is None:
            raise _refused("Could not validate credentials")
        if member.disabled:
            raise HTTPException(400, "Inactive user")
        request.state.member = member
        return member


def _refused(why: str) -> HTTPException:
    return HTTPException(401, why, {"WWW-Authenticate": "Bearer"})
