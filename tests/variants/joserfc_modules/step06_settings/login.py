"""From a form to a user, or to a refusal. bcrypt works in a thread, and works for
unknown users too, so that the time it takes does not tell who is known."""

from typing import Annotated

from fastapi import Depends, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.security import OAuth2PasswordRequestForm
from passlib.context import CryptContext

from .guard import unauthorized
from .users import StoredUser

HASHES = CryptContext(schemes=["bcrypt"])
# Of a password that was thrown away: nobody logs in with it.
HASH_OF_NOBODY = "$2b$12$Jdhz6M7Ub094yVG/xg48R.RW33RP9ETAREeJa6sGEp5bct829IEZC"


class Login:
    async def __call__(
        self, request: Request, form: Annotated[OAuth2PasswordRequestForm, Depends()]
    ) -> StoredUser:
        user = request.state.users.find(form.username)
        hashed = HASH_OF_NOBODY if user is None else user.hashed_password
        fits = await run_in_threadpool(is_password, form.password, hashed)
        if user is None or not fits:
            raise unauthorized("Incorrect username or password")
        return user


def is_password(password: str, hashed: str) -> bool:
    try:
        return HASHES.verify(password, hashed)
    except ValueError:  # a NUL byte, or more than 4096 bytes
        return False
