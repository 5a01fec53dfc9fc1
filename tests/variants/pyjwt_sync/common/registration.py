"""What a registration is made of, and whose password it is."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException
from pydantic import AfterValidator, BaseModel, Field

from .accounts import Account, Profile
from .hashing import good, hash_password, must_be_renewed, verify
from .paths import turns
from .table import Accounts

Words = Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f]*$")]


class Registration(BaseModel, hide_input_in_errors=True):
    username: str = Field(pattern="^[a-z0-9_]{1,32}$")
    password: Annotated[str, AfterValidator(good)]
    email: Words | None = None
    full_name: Words | None = None


def registration(body: Registration) -> Registration:
    return body


Registered = Annotated[Registration, Depends(registration)]


def active(account: Account | None) -> Account | None:
    return None if account is None or account.profile.disabled else account


def authenticate(accounts: Accounts, username: str, password: str) -> Account | None:
    account = accounts.find(username)
    stored = account.hashed_password.decode() if account else ""
    fits = verify(password, stored)
    account = active(account) if fits else None
    if account and must_be_renewed(password, stored):
        accounts.replace_hash(account, hash_password(password))
    return account


def registrations(accounts: Accounts) -> APIRouter:
    """The path /users, for a POST."""
    router = APIRouter()

    @router.post("/users", status_code=201, dependencies=[turns(Registered)])
    def register(body: Registered) -> Profile:
        profile = Profile(body.username, body.email, body.full_name, disabled=False)
        if not accounts.add(Account(profile, hash_password(body.password).encode())):
            raise HTTPException(409, "There is an account of this name")
        return profile

    return router
