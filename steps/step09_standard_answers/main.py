"""Step 9: the app answers in the words of the standards, which every client knows.

The token endpoint refuses by RFC 6749, section 5.2, and says how long a token is good.
The other paths refuse by RFC 6750, section 3 (answers.py). Nobody gets a token for a
disabled account.

Unsafe on purpose, never deploy it: an attacker can guess passwords as fast as the
server computes hashes, you can't revoke a token before it expires, and the password
grant itself is out of date.

Run it:  export SECRET_KEY=$(openssl rand -hex 32)
         .venv/bin/uvicorn steps.step09_standard_answers.main:app --reload
"""

import re
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestFormStrict
from pydantic import BaseModel

from .answers import (
    NO_STORE,
    REFUSALS,
    BearerError,
    NotAuthenticated,
    TokenError,
    TokenErrorAnswer,
    refuse_malformed_request,
    refuse_request,
    refuse_token_request,
)
from .passwords import DUMMY_HASH, verify_password
from .settings import load_settings
from .tokens import BadToken, create_access_token, read_access_token

settings = load_settings()

# Each hashed_password was made with get_password_hash(password).
fake_users_db = {
    "johndoe": {
        "username": "johndoe",
        "full_name": "John Doe",
        "email": "johndoe@example.com",
        "hashed_password": "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
        "disabled": False,
    },
    "alice": {
        "username": "alice",
        "full_name": "Alice Wonderson",
        "email": "alice@example.com",
        "hashed_password": "$2b$12$sUIdMeDwel2r3mlLDN5OeONUf7bueeCQ9RA6Xoxx8iYE7CcIVzSXq",
        "disabled": True,
    },
}


class Token(BaseModel):
    access_token: str
    token_type: str
    expires_in: int


class User(BaseModel):
    username: str
    email: str | None = None
    full_name: str | None = None
    disabled: bool | None = None


class UserInDB(User):
    hashed_password: str


# RFC 6750, section 2.1: what a token may consist of.
B64TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")

# It doesn't refuse by itself, so that we can do it in our own words.
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token", auto_error=False)

app = FastAPI()
app.add_exception_handler(TokenError, refuse_token_request)
app.add_exception_handler(BearerError, refuse_request)
app.add_exception_handler(RequestValidationError, refuse_malformed_request)
# FastAPI's own answer to a body that it can't read.
app.add_exception_handler(400, refuse_malformed_request)


def get_user(db: dict, username: str) -> UserInDB | None:
    if username in db:
        return UserInDB(**db[username])
    return None


async def authenticate_user(db: dict, username: str, password: str) -> UserInDB | None:
    user = get_user(db, username)
    hashed_password = DUMMY_HASH if user is None else user.hashed_password
    if not await verify_password(password, hashed_password):
        return None
    # After the hash, like every other refusal. Whose account is disabled isn't said.
    if user is None or user.disabled:
        return None
    return user


async def get_token(
    request: Request, token: Annotated[str | None, Depends(oauth2_scheme)]
) -> str:
    sent = request.headers.getlist("Authorization")
    if len(sent) > 1 or (token is not None and not B64TOKEN.fullmatch(token)):
        raise BearerError(400, "invalid_request", "Send one token, in one header")
    if token is None:
        raise NotAuthenticated
    return token


async def get_current_user(token: Annotated[str, Depends(get_token)]) -> User:
    invalid_token = BearerError(401, "invalid_token", "Could not validate credentials")
    try:
        username = read_access_token(token)
    except BadToken:
        raise invalid_token
    user = get_user(fake_users_db, username)
    # A token of a disabled account is worth as much as one of an account that is gone.
    if user is None or user.disabled:
        raise invalid_token
    return user


async def forbid_repeated_fields(request: Request):
    # RFC 6749, section 3.2: servers may read different ones of two equal names.
    form = await request.form()
    if len(form) != len(form.multi_items()):
        raise TokenError("invalid_request", "Send each field once")


@app.post(
    "/token",
    response_model=Token,
    responses={"4XX": {"model": TokenErrorAnswer, "description": "Refused"}},
    dependencies=[Depends(forbid_repeated_fields)],
)
async def login_for_access_token(
    form_data: Annotated[OAuth2PasswordRequestFormStrict, Depends()],
    response: Response,
):
    if form_data.scopes:
        raise TokenError("invalid_scope", "There are no scopes here")
    user = await authenticate_user(
        fake_users_db, form_data.username, form_data.password
    )
    if user is None:
        raise TokenError("invalid_grant", "Incorrect username or password")
    lifetime = timedelta(minutes=settings.access_token_expire_minutes)
    response.headers.update(NO_STORE)
    return Token(
        access_token=create_access_token(user.username, expires_delta=lifetime),
        token_type="bearer",
        expires_in=int(lifetime.total_seconds()),
    )


@app.get("/users/me/", response_model=User, responses=REFUSALS)
async def read_users_me(
    current_user: Annotated[User, Depends(get_current_user)],
):
    return current_user


@app.get("/users/me/items/", responses=REFUSALS)
async def read_own_items(
    current_user: Annotated[User, Depends(get_current_user)],
):
    return [{"item_id": "Foo", "owner": current_user.username}]
