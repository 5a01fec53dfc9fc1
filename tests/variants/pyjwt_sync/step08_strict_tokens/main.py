"""Step 8 in plain `def` functions: PyJWT, and bcrypt without passlib. What a token must
say, PyJWT checks; what it does not look at, the few lines after it do."""

import os
import sys
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Annotated
from uuid import uuid4

import anyio
import bcrypt
import jwt
from dotenv import dotenv_values
from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm

CHALLENGE = {"WWW-Authenticate": "Bearer"}
# Of FastAPI, Flask, jwt.io and Spring: whoever reads their pages can sign with them.
KNOWN_KEYS = [
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
    "a-string-secret-at-least-256-bits-long",
    "404e635266556a586e3272357538782f413f4428472b4b6250645367566b5970",
    "5367566b59703373367639792f423f4528482b4d6251655468576d5a71347437",
]


@dataclass(frozen=True)
class Settings:
    key: bytes = field(repr=False)
    lifetime: timedelta


def read_settings(variables: Mapping[str, str | None]) -> Settings:
    key = os.fsencode(variables.get("SECRET_KEY") or "")
    minutes = variables.get("ACCESS_TOKEN_EXPIRE_MINUTES", "30") or ""
    reasons = [
        reason
        for reason, holds in {
            "SECRET_KEY is not set": not key,
            "SECRET_KEY is shorter than 32 bytes": 0 < len(key) < 32,
            "SECRET_KEY repeats one character": len(key) > 1 and len(set(key)) == 1,
            "SECRET_KEY is printed in a tutorial": key.decode(errors="replace").lower()
            in KNOWN_KEYS,
            # More than seven digits of minutes are years, and soon no date any more.
            "ACCESS_TOKEN_EXPIRE_MINUTES is no number of minutes": not (
                minutes.isascii()
                and minutes.isdecimal()
                and 0 < int(minutes[:8]) < 10**7
            ),
        }.items()
        if holds
    ]
    if reasons:
        print(*reasons, "A good key: openssl rand -hex 32", sep="\n", file=sys.stderr)
        sys.exit(2)
    return Settings(key, timedelta(minutes=int(minutes)))


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
class Item:
    item_id: str
    owner: str


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

# Of a password that was thrown away, at the cost of the others.
HASH_OF_NOBODY = b"$2b$12$K2pVmauasfUEjEyQLYmACutpOC857u/0eCqO4WmX8OAxWC1IsUei."
ISSUER = "https://login.example.com"
AUDIENCE = "https://api.example.com"
TYPE = "at+jwt"
KIND = "username:"
LONGEST_TOKEN = 2000
# The end of the year 9999, in seconds since 1970.
END_OF_TIME = 253402300800

settings = read_settings({**dotenv_values(".env", interpolate=False), **os.environ})
users = APIRouter(prefix="/users/me", tags=["users"])
bearer = OAuth2PasswordBearer(tokenUrl="/token")
free_cores = anyio.Semaphore(os.cpu_count() or 1)
app = FastAPI()


@app.exception_handler(RequestValidationError)
def say_what_is_wrong(_: Request, error: RequestValidationError) -> JSONResponse:
    told = [{k: e[k] for k in ("type", "loc", "msg")} for e in error.errors()]
    return JSONResponse({"detail": told}, 422)


async def turn(
    _: Annotated[OAuth2PasswordRequestForm, Depends()],
) -> AsyncIterator[None]:
    """Waits for a core, without a thread. An incomplete form does not even wait."""
    async with free_cores:
        yield


def is_password_of(account: Account | None, password: str) -> bool:
    """Whether it is, in the time of one hash, for nobody's account too."""
    given = password.encode(errors="surrogatepass")
    # bcrypt reads 72 bytes and no more, and to it secret and secret, NUL, secret are
    # the same password.
    is_whole = len(given) <= 72 and b"\0" not in given
    hashed = account.hashed_password if account else HASH_OF_NOBODY
    try:
        fits = bcrypt.checkpw(given if is_whole else b"", hashed)
    except ValueError:  # what is stored is no hash
        fits = bcrypt.checkpw(b"", HASH_OF_NOBODY)
    return is_whole and fits


def find_account(username: str) -> Account | None:
    return next((one for one in ACCOUNTS if one.profile.username == username), None)


def issue_token(profile: Profile) -> str:
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": KIND + profile.username,
        "iat": now,
        "exp": now + settings.lifetime,
        "jti": uuid4().hex,
    }
    return jwt.encode(claims, settings.key, "HS256", headers={"typ": TYPE})


def account_of(token: str) -> Account | None:
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        read = jwt.decode_complete(
            token,
            settings.key,
            algorithms=["HS256"],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": ["iss", "aud", "sub", "iat", "exp", "jti"]},
        )
    # PyJWT lets a payload of brackets without end out as it is.
    except (jwt.InvalidTokenError, RecursionError):
        return None
    header, claims = read["header"], read["payload"]
    # PyJWT knows b64, and we do not: no extension is understood here.
    if header.get("typ") != TYPE or "crit" in header:
        return None
    # PyJWT makes a number of "4102444800", and takes one of a thousand digits.
    if not all(is_date(claims.get(name, 0)) for name in ("exp", "nbf", "iat")):
        return None
    if not claims["sub"].startswith(KIND):
        return None
    return find_account(claims["sub"].removeprefix(KIND))


def is_date(value: object) -> bool:
    return type(value) in (int, float) and 0 <= value < END_OF_TIME


def token_owner(token: Annotated[str, Depends(bearer)]) -> Profile:
    account = account_of(token)
    if account is None:
        raise HTTPException(401, "Could not validate credentials", CHALLENGE)
    return account.profile


def active_owner(profile: Annotated[Profile, Depends(token_owner)]) -> Profile:
    if profile.disabled:
        raise HTTPException(400, "Inactive user")
    return profile


# In the scope of the function, the core is free before the answer is sent.
@app.post("/token", dependencies=[Depends(turn, scope="function")])
def grant(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> Grant:
    account = find_account(form.username)
    if not is_password_of(account, form.password) or account is None:
        raise HTTPException(401, "Incorrect username or password", CHALLENGE)
    return Grant(issue_token(account.profile))


@users.get("/")
def who_am_i(profile: Annotated[Profile, Depends(active_owner)]) -> Profile:
    return profile


@users.get("/items/")
def my_items(profile: Annotated[Profile, Depends(active_owner)]) -> list[Item]:
    return [Item("Foo", profile.username)]


app.include_router(users)
