"""From the Authorization header to a user: objects that FastAPI calls."""

from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import OAuth2

from .tokens import BadToken
from .users import StoredUser


class BearerToken(OAuth2):
    def __init__(self) -> None:
        super().__init__(flows={"password": {"tokenUrl": "token", "scopes": {}}})

    async def __call__(self, request: Request) -> str:
        header = request.headers.get("Authorization", "")
        scheme, _, rest = header.partition(" ")
        token = rest.lstrip(" ")
        if scheme.lower() != "bearer" or not token:
            raise unauthorized("Not authenticated")
        return token


class CurrentUser:
    async def __call__(
        self, request: Request, token: Annotated[str, Depends(BearerToken())]
    ) -> StoredUser:
        tokens = request.state.tokens
        try:
            user = await request.state.users.find(tokens.subject_of(token))
        except BadToken:
            user = None
        if user is None:
            raise unauthorized(tokens.refusal)
        return user


class ActiveUser:
    async def __call__(
        self, user: Annotated[StoredUser, Depends(CurrentUser())]
    ) -> StoredUser:
        if user.disabled:
            raise HTTPException(400, "Inactive user")
        return user


def unauthorized(detail: str) -> HTTPException:
    return HTTPException(401, detail, {"WWW-Authenticate": "Bearer"})
