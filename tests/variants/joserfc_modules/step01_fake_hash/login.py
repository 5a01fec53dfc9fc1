"""From a form to a user, or to a refusal."""

from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import OAuth2PasswordRequestForm

from .users import StoredUser


class Login:
    async def __call__(
        self, request: Request, form: Annotated[OAuth2PasswordRequestForm, Depends()]
    ) -> StoredUser:
        user = request.state.users.find(form.username)
        if user is None or user.hashed_password != fake_hash(form.password):
            raise HTTPException(400, "Incorrect username or password")
        return user


def fake_hash(password: str) -> str:
    return f"fakehashed:{password}"
