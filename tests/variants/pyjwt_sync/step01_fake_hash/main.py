"""Step 1 in plain `def` functions: accounts are dataclasses in a list, an APIRouter
has the paths, and return annotations say what is sent."""

from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm


@dataclass(frozen=True)
class Account:
    username: str
    email: str
    full_name: str
    disabled: bool
    hashed_password: str


@dataclass(frozen=True)
class Grant:
    access_token: str
    token_type: str = "bearer"


ACCOUNTS = [
    Account("johndoe", "johndoe@example.com", "John Doe", False, "hash-of-secret"),
    Account("alice", "alice@example.com", "Alice Wonderson", True, "hash-of-secret2"),
]

router = APIRouter()
bearer = OAuth2PasswordBearer(tokenUrl="/token")


def pretend_to_hash(password: str) -> str:
    return f"hash-of-{password}"


def find_account(username: str) -> Account | None:
    return next((one for one in ACCOUNTS if one.username == username), None)


def token_owner(token: Annotated[str, Depends(bearer)]) -> Account:
    account = find_account(token)
    if account is None:
        challenge = {"WWW-Authenticate": "Bearer"}
        raise HTTPException(401, "Invalid authentication credentials", challenge)
    return account


def active_owner(account: Annotated[Account, Depends(token_owner)]) -> Account:
    if account.disabled:
        raise HTTPException(400, "Inactive user")
    return account


@router.post("/token")
def grant(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> Grant:
    account = find_account(form.username)
    if not account or account.hashed_password != pretend_to_hash(form.password):
        raise HTTPException(400, "Incorrect username or password")
    return Grant(account.username)


@router.get("/users/me")
def who_am_i(account: Annotated[Account, Depends(active_owner)]) -> Account:
    return account


app = FastAPI()
app.include_router(router)
