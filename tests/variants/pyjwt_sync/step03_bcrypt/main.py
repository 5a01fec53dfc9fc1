"""Step 3 in plain `def` functions: the bcrypt package without passlib; accounts are
dataclasses in a list, and an APIRouter has the paths."""

from dataclasses import dataclass
from typing import Annotated

import bcrypt
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm

CHALLENGE = {"WWW-Authenticate": "Bearer"}


@dataclass(frozen=True)
class Profile:
    username: str
    email: str
    full_name: str
    disabled: bool


@dataclass(frozen=True)
class Account:
    profile: Profile
    hashed_password: bytes


@dataclass(frozen=True)
class Grant:
    access_token: str
    token_type: str = "bearer"


ACCOUNTS = [
    Account(
        Profile("johndoe", "johndoe@example.com", "John Doe", disabled=False),
        b"$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
    ),
    Account(
        Profile("alice", "alice@example.com", "Alice Wonderson", disabled=True),
        b"$2b$12$sUIdMeDwel2r3mlLDN5OeONUf7bueeCQ9RA6Xoxx8iYE7CcIVzSXq",
    ),
]

router = APIRouter()
bearer = OAuth2PasswordBearer(tokenUrl="/token")


def is_password_of(account: Account, password: str) -> bool:
    # To bcrypt, secret and secret, NUL, secret are the same password.
    if "\0" in password:
        return False
    return bcrypt.checkpw(password.encode(), account.hashed_password)


def find_account(username: str) -> Account | None:
    return next((one for one in ACCOUNTS if one.profile.username == username), None)


def token_owner(token: Annotated[str, Depends(bearer)]) -> Profile:
    account = find_account(token)
    if account is None:
        raise HTTPException(401, "Invalid authentication credentials", CHALLENGE)
    return account.profile


def active_owner(profile: Annotated[Profile, Depends(token_owner)]) -> Profile:
    if profile.disabled:
        raise HTTPException(400, "Inactive user")
    return profile


@router.post("/token")
def grant(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> Grant:
    account = find_account(form.username)
    if not account or not is_password_of(account, form.password):
        raise HTTPException(401, "Incorrect username or password", CHALLENGE)
    return Grant(account.profile.username)


@router.get("/users/me")
def who_am_i(profile: Annotated[Profile, Depends(active_owner)]) -> Profile:
    return profile


app = FastAPI()
app.include_router(router)
