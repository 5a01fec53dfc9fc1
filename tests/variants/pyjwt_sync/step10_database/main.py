"""Step 10 in plain `def` functions: each begins and ends its transactions itself
(table.py), and hashes with bcrypt and hashlib (hashing.py)."""

from functools import partial
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, BaseModel, Field
from sqlalchemy.exc import SQLAlchemyError

from tests.variants.pyjwt_sync.common import access_tokens, paths
from tests.variants.pyjwt_sync.common.accounts import Account, Profile
from tests.variants.pyjwt_sync.common.bearer import INVALID_TOKEN, OneToken
from tests.variants.pyjwt_sync.common.login import Credentials, login
from tests.variants.pyjwt_sync.common.settings import read_settings, read_variables

from .hashing import good, hash_password, must_be_renewed, verify
from .table import Accounts

settings = read_settings()
accounts = Accounts(read_variables().get("DATABASE_URL", "sqlite:///users.db") or "")


def active(account: Account | None) -> Account | None:
    return None if account is None or account.profile.disabled else account


def authenticate(username: str, password: str) -> Account | None:
    account = accounts.find(username)
    stored = account.hashed_password.decode() if account else ""
    fits = verify(password, stored)
    account = active(account) if fits else None
    if account and must_be_renewed(password, stored):
        accounts.replace_hash(account, hash_password(password))
    return account


Words = Annotated[str, Field(max_length=80, pattern=r"^[^\x00-\x1f]*$")]


class Registration(BaseModel, hide_input_in_errors=True):
    username: str = Field(pattern="^[a-z0-9_]{1,32}$")
    password: Annotated[str, AfterValidator(good)]
    email: Words | None = None
    full_name: Words | None = None


def registration(body: Registration) -> Registration:
    return body


Registered = Annotated[Registration, Depends(registration)]

token_path = login(
    authenticate,
    issue=partial(access_tokens.issue, key=settings.key, lifetime=settings.lifetime),
    lifetime=settings.lifetime,
)
token_owner = paths.active_account(
    lambda token: active(
        access_tokens.account_of(token, settings.key, find=accounts.find)
    ),
    scheme=OneToken(tokenUrl="/token"),
    challenge=INVALID_TOKEN,
)

app = FastAPI()
app.include_router(token_path, dependencies=[paths.turns(Credentials)])
app.include_router(
    paths.user_and_items(token_owner),
    responses={
        400: {"description": "More than one token, or what can't be one"},
        401: {"description": "A token is missing, or invalid"},
    },
)
app.add_exception_handler(RequestValidationError, paths.say_what_is_wrong)


@app.post("/users", status_code=201, dependencies=[paths.turns(Registered)])
def register(body: Registered) -> Profile:
    profile = Profile(body.username, body.email, body.full_name, disabled=False)
    if not accounts.add(Account(profile, hash_password(body.password).encode())):
        raise HTTPException(409, "There is an account of this name")
    return profile


@app.exception_handler(SQLAlchemyError)
def say_that_it_is_down(_: Request, error: SQLAlchemyError) -> JSONResponse:
    return JSONResponse({"detail": "Down for a moment"}, 503)
