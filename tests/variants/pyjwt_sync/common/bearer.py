"""The Authorization header: FastAPI's security scheme, and challenges of RFC 6750."""

from string import ascii_letters, digits

from fastapi import HTTPException, Request
from fastapi.security import OAuth2PasswordBearer

REALM = 'Bearer realm="users"'
CHARACTERS = frozenset(ascii_letters + digits + "-._~+/=")


def challenge(error: str, description: str, scope: str = "") -> dict[str, str]:
    why = f'error="{error}", error_description="{description}"'
    why += f', scope="{scope}"' if scope else ""
    return {"WWW-Authenticate": f"{REALM}, {why}"}


INVALID_TOKEN = challenge("invalid_token", "Could not validate credentials")


def malformed() -> HTTPException:
    why = "Send one token, in one header"
    return HTTPException(400, why, challenge("invalid_request", why))


class OneToken(OAuth2PasswordBearer):
    def make_not_authenticated_error(self) -> HTTPException:
        return HTTPException(401, "Not authenticated", {"WWW-Authenticate": REALM})

    async def __call__(self, request: Request) -> str:  # type: ignore[override]
        if len(request.headers.getlist("Authorization")) > 1:
            raise malformed()
        token = await super().__call__(request)
        if not token:
            raise self.make_not_authenticated_error()
        if not CHARACTERS.issuperset(token):
            raise malformed()
        return token
