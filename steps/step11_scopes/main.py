"""Step 11: a token has scopes, and each path says which one it needs.

A client asks for scopes when it logs in, and gets only what its user may have. That is in
the table `users` (database.py), and it counts at each request. Nobody is an admin until
somebody writes it there.

Unsafe on purpose, never deploy it: anyone can sign up, and as often as they like. An
attacker can guess passwords as fast as the server computes hashes, you can't revoke a
token before it expires, and the password grant itself is out of date.

Run it:  export SECRET_KEY=$(openssl rand -hex 32)
         .venv/bin/uvicorn steps.step11_scopes.main:app --reload
"""

import re
from datetime import timedelta
from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, Response, Security
from fastapi.concurrency import run_in_threadpool
from fastapi.exceptions import RequestValidationError
from fastapi.security import (
    OAuth2PasswordBearer,
    OAuth2PasswordRequestFormStrict,
    SecurityScopes,
)
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from sqlalchemy.exc import SQLAlchemyError

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
    refuse_without_database,
)
from .database import (
    UserInDB,
    UsernameTaken,
    add_user,
    create_table,
    get_user,
    get_users,
    replace_hash,
)
from .passwords import get_password_hash, is_outdated, must_be_good, verify_password
from .settings import load_settings
from .tokens import BadToken, create_access_token, read_access_token

settings = load_settings()

create_table()


class Token(BaseModel):
    access_token: str
    token_type: str
    expires_in: int
    scope: str


class User(BaseModel):
    model_config = ConfigDict(from_attributes=True)

    username: str
    email: str | None = None
    full_name: str | None = None
    disabled: bool | None = None


# A text that every database can store.
Text = Annotated[str, Field(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")]


class NewUser(BaseModel):
    # So few characters that no two names look the same.
    username: str = Field(pattern="^[a-z0-9_]{1,32}$")
    password: Annotated[str, AfterValidator(must_be_good)]
    email: Text | None = None
    full_name: Text | None = None


# RFC 6750, section 2.1: what a token may consist of.
B64TOKEN = re.compile(r"[A-Za-z0-9._~+/-]+=*")

ADMIN = "admin"
SCOPES = {
    "me": "Read your own record",
    "items": "Read your own items",
    ADMIN: "Read the records of all users",
}

# It doesn't refuse by itself, so that we can do it in our own words.
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token", scopes=SCOPES, auto_error=False)

app = FastAPI()
app.add_exception_handler(TokenError, refuse_token_request)
app.add_exception_handler(BearerError, refuse_request)
app.add_exception_handler(RequestValidationError, refuse_malformed_request)
# FastAPI's own answer to a body that it can't read.
app.add_exception_handler(400, refuse_malformed_request)
app.add_exception_handler(SQLAlchemyError, refuse_without_database)


async def authenticate_user(username: str, password: str) -> UserInDB | None:
    user = await run_in_threadpool(get_user, username)
    hashed_password = None if user is None else user.hashed_password
    if not await verify_password(password, hashed_password):
        return None
    # After the hash, like every other refusal. Whose account is disabled isn't said.
    if user is None or user.disabled:
        return None
    # Now we know the password: an old hash can be replaced.
    if is_outdated(user.hashed_password, password):
        await run_in_threadpool(replace_hash, user, await get_password_hash(password))
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


def scopes_of(user: UserInDB) -> list[str]:
    """The scopes that the user may have now, by whole words."""
    return [scope for scope in SCOPES if scope in user.scopes.split()]


# No `async`: FastAPI calls it in a thread, and the event loop doesn't wait for the database.
def get_current_user(
    security_scopes: SecurityScopes, token: Annotated[str, Depends(get_token)]
) -> UserInDB:
    invalid_token = BearerError(401, "invalid_token", "Could not validate credentials")
    try:
        access_token = read_access_token(token)
    except BadToken:
        raise invalid_token
    user = get_user(access_token.username)
    # A token of a disabled account is worth as much as one of an account that is gone.
    if user is None or user.disabled:
        raise invalid_token
    # Both count: a right that was withdrawn since is still in the token, and what the
    # token wasn't asked for isn't in it.
    granted = set(access_token.scopes) & set(scopes_of(user))
    if not granted.issuperset(security_scopes.scopes):
        raise BearerError(
            403,
            "insufficient_scope",
            "The token or its user may not do this",
            scope=security_scopes.scope_str,
        )
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
    user = await authenticate_user(form_data.username, form_data.password)
    if user is None:
        raise TokenError("invalid_grant", "Incorrect username or password")
    # Only now: which scopes a user may have is for those who know the password.
    allowed = scopes_of(user)
    # Nobody is an admin by accident: a client has to ask for it.
    asked = form_data.scopes or [scope for scope in allowed if scope != ADMIN]
    granted = [scope for scope in allowed if scope in asked]
    if not granted or not set(granted).issuperset(asked):
        raise TokenError("invalid_scope", "Ask for scopes that you may have")
    scope = " ".join(granted)
    lifetime = timedelta(minutes=settings.access_token_expire_minutes)
    response.headers.update(NO_STORE)
    return Token(
        access_token=create_access_token(user.username, scope, expires_delta=lifetime),
        token_type="bearer",
        expires_in=int(lifetime.total_seconds()),
        scope=scope,
    )


@app.post(
    "/users",
    response_model=User,
    status_code=201,
    responses={409: {"description": "The username is taken"}},
)
async def register(new_user: NewUser):
    user = UserInDB(
        username=new_user.username,
        hashed_password=await get_password_hash(new_user.password),
        email=new_user.email,
        full_name=new_user.full_name,
    )
    try:
        await run_in_threadpool(add_user, user)
    except UsernameTaken:
        raise HTTPException(409, "This username is taken")
    return user


@app.get(
    "/users/",
    response_model=list[User],
    responses=REFUSALS,
    dependencies=[Security(get_current_user, scopes=[ADMIN])],
)
def read_users():
    return get_users()


@app.get("/users/me/", response_model=User, responses=REFUSALS)
async def read_users_me(
    current_user: Annotated[UserInDB, Security(get_current_user, scopes=["me"])],
):
    return current_user


@app.get("/users/me/items/", responses=REFUSALS)
async def read_own_items(
    current_user: Annotated[UserInDB, Security(get_current_user, scopes=["items"])],
):
    return [{"item_id": "Foo", "owner": current_user.username}]
