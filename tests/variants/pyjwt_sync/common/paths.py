"""The paths as plain `def` functions, which FastAPI runs in threads of its own; a step
passes in what they need."""

import os
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from typing import Annotated, Any

import anyio
from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm

from .accounts import Account, Profile

CHALLENGE = {"WWW-Authenticate": "Bearer"}
Form = Annotated[OAuth2PasswordRequestForm, Depends()]
bearer = OAuth2PasswordBearer(tokenUrl="/token")


@dataclass(frozen=True)
class Grant:
    access_token: str
    token_type: str = "bearer"


@dataclass(frozen=True)
class Item:
    item_id: str
    owner: str


def login(
    authenticate: Callable[[str, str], Account | None],
    issue: Callable[[Account], str],
    *,
    bad_login: int = 401,
) -> APIRouter:
    """The path /token."""
    router = APIRouter()

    @router.post("/token")
    def grant(form: Form) -> Grant:
        account = authenticate(form.username, form.password)
        if account is None:
            headers = CHALLENGE if bad_login == 401 else None
            raise HTTPException(bad_login, "Incorrect username or password", headers)
        return Grant(issue(account))

    return router


def name_of(account: Account) -> str:
    """The token of the first steps: it is the username."""
    return account.profile.username


def active_account(
    account_of: Callable[[str], Account | None],
    *,
    bad_token: str = "Could not validate credentials",
    scheme: OAuth2PasswordBearer = bearer,
    challenge: dict[str, str] = CHALLENGE,
) -> Any:
    """A dependency: the account that a token belongs to, if it is not disabled."""

    def token_owner(token: Annotated[str, Depends(scheme)]) -> Account:
        account = account_of(token)
        if account is None:
            raise HTTPException(401, bad_token, challenge)
        return account

    def active_owner(account: Annotated[Account, Depends(token_owner)]) -> Account:
        if account.profile.disabled:
            raise HTTPException(400, "Inactive user")
        return account

    return Depends(active_owner)


def user(active: Any) -> APIRouter:
    """The path /users/me, without a slash at its end."""
    users = APIRouter()

    @users.get("/users/me")
    def who_am_i(account: Annotated[Account, active]) -> Profile:
        return account.profile

    return users


def user_and_items(active: Any) -> APIRouter:
    """The paths /users/me/ and /users/me/items/."""
    users = APIRouter(prefix="/users/me", tags=["users"])

    @users.get("/")
    def who_am_i(account: Annotated[Account, active]) -> Profile:
        return account.profile

    @users.get("/items/")
    def my_items(account: Annotated[Account, active]) -> list[Item]:
        return [Item("Foo", account.profile.username)]

    return users


def turns(form: Any = Form) -> Any:
    """A dependency that lets as many logins in as there are cores. It depends on the
    form of the login."""
    free_cores = anyio.Semaphore(os.cpu_count() or 1)

    async def turn(_: form) -> AsyncIterator[None]:
        """Waits for a core, without a thread. An incomplete form does not even wait."""
        async with free_cores:
            yield

    # In the scope of the function, the core is free before the answer is sent.
    return Depends(turn, scope="function")


def say_what_is_wrong(_: Request, error: RequestValidationError) -> JSONResponse:
    """The 422 of an incomplete form, without what was in it."""
    reasons = [{k: e[k] for k in ("type", "loc", "msg")} for e in error.errors()]
    return JSONResponse({"detail": reasons}, 422)
