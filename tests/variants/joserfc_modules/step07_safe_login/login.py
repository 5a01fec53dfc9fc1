"""From a form to a user, or to a refusal."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.security import OAuth2PasswordRequestForm

from .guard import unauthorized
from .passwords import is_password
from .users import StoredUser


class Login:
    async def __call__(
        self, request: Request, form: Annotated[OAuth2PasswordRequestForm, Depends()]
    ) -> StoredUser:
        user = request.state.users.find(form.username)
        hashed = None if user is None else user.hashed_password
        fits = await is_password(form.password, hashed)
        if user is None or not fits:
            raise unauthorized("Incorrect username or password")
        return user
