"""Step 2 in plain `def` functions: accounts are dataclasses in a list, an APIRouter
has the paths, and what is sent is a dataclass without the hash."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm


@dataclass(frozen=True)
class Profile:
    username: str
    email: str
    full_name: str
    disabled: bool


@dataclass(frozen=True)
class Account:
    profile: Profile
    hashed_password: str


@dataclass(frozen=True)
class Grant:
    access_token: str
    token_type: str = "bearer"


ACCOUNTS = [
    Account(
        Profile("johndoe", "johndoe@example.com", "John Doe", disabled=False),
        "hash-of-secret",
    ),
    Account(
        Profile("alice", "alice@example.com", "Alice Wonderson", disabled=True),
        "hash-of-secret2",
    ),
]

router = APIRouter()
bearer = OAuth2PasswordBearer(tokenUrl="/token")


def pretend_to_hash(password: str) -> str:
    return f"hash-of-{password}"


def find_account(username: str) -> Account | None:
    return next((one for one in ACCOUNTS if one.profile.username == username), None)


def token_owner(token: Annotated[str, Depends(bearer)]) -> Profile:
    account = find_account(token)
    if account is None:
        challenge = {"WWW-Authenticate": "Bearer"}
        raise HTTPException(401, "Invalid authentication credentials", challenge)
    return account.profile


def active_owner(profile: Annotated[Profile, Depends(token_owner)]) -> Profile:
    if profile.disabled:
        raise HTTPException(400, "Inactive user")
    return profile


@router.post("/token")
def grant(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> Grant:
    account = find_account(form.username)
    if not account or account.hashed_password != pretend_to_hash(form.password):
        raise HTTPException(400, "Incorrect username or password")
    return Grant(account.profile.username)


@router.get("/users/me")
def who_am_i(profile: Annotated[Profile, Depends(active_owner)]) -> Profile:
    return profile


app = FastAPI()
app.include_router(router)
