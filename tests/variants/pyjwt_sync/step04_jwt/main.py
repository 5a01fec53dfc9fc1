"""Step 4 in plain `def` functions: PyJWT, and bcrypt without passlib; accounts are
dataclasses in a list, and an APIRouter has the paths."""

from dataclasses import dataclass
from typing import Annotated

import bcrypt
import jwt
from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm

KEY = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"
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


def issue_token(profile: Profile) -> str:
    return jwt.encode({"sub": profile.username}, KEY, algorithm="HS256")


def account_of(token: str) -> Account | None:
    try:
        claims = jwt.decode(
            token, KEY, algorithms=["HS256"], options={"require": ["sub"]}
        )
    except jwt.InvalidTokenError:
        return None
    return find_account(claims["sub"])


def token_owner(token: Annotated[str, Depends(bearer)]) -> Profile:
    account = account_of(token)
    if account is None:
        raise HTTPException(401, "Could not validate credentials", CHALLENGE)
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
    return Grant(issue_token(account.profile))


@router.get("/users/me")
def who_am_i(profile: Annotated[Profile, Depends(active_owner)]) -> Profile:
    return profile


app = FastAPI()
app.include_router(router)
