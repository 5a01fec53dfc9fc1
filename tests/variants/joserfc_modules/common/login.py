"""From a form to a user, or to a refusal: an object that FastAPI calls."""

from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import OAuth2PasswordRequestForm

from .guard import unauthorized
from .users import StoredUser


class Login:
    async def __call__(
        self, request: Request, form: Annotated[OAuth2PasswordRequestForm, Depends()]
    ) -> StoredUser:
        user = await request.state.users.find(form.username)
        passwords = request.state.passwords
        hashed = None if user is None else user.hashed_password
        # Also for an unknown user, so that the time of an answer says nothing.
        fits = await passwords.fits(form.password, hashed)
        if user is None or not fits:
            detail = "Incorrect username or password"
            if passwords.refusal == 401:
                raise unauthorized(detail)
            raise HTTPException(passwords.refusal, detail)
        await self.succeed(request, user, form.password)
        return user

    async def succeed(self, request: Request, user: StoredUser, password: str) -> None:
        """What a step does with a right password."""
