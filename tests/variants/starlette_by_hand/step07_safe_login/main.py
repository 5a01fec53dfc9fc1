"""Step 7 without FastAPI and without a JWT library: Starlette routes, a pool of threads
that does nothing but bcrypt, and the rest with the standard library."""

import asyncio
import base64
import hashlib
import hmac
import json
import os
import re
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from typing import Any

import bcrypt
from starlette.applications import Starlette
from starlette.config import Config
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

# Config looks into the environment first, and warns of a file that is not there.
config = Config(".env" if os.path.exists(".env") else None, os.environ)


def secret(key: str) -> bytes:
    raw = os.fsencode(key)
    # SHA-256 of keys that are printed in tutorials: not printed once more.
    if hashlib.sha256(raw.lower()).hexdigest()[:16] in PUBLISHED:
        raise SystemExit(f"SECRET_KEY is printed in a tutorial. {ADVICE}")
    # One character, as often as you like.
    if len(raw) < 32 or re.fullmatch(r"(?s)(.)\1*", key):
        raise SystemExit(f"SECRET_KEY is empty, short, or of one character. {ADVICE}")
    return raw


def minutes(text: str) -> int:
    # Six digits of minutes are almost two years.
    if not re.fullmatch("0*[1-9][0-9]{0,5}", text):
        raise SystemExit("ACCESS_TOKEN_EXPIRE_MINUTES is a number of minutes.")
    return 60 * int(text)


PUBLISHED = {
    "570dad43de1af4c9",
    "2598f7d6adc142d8",
    "465d9ad5d5528ebe",
    "2b1fa627178e3424",
    "4c0bf08221f3d71e",
}
ADVICE = "Make one of your own: openssl rand -hex 32"
SECRET = config("SECRET_KEY", cast=secret, default="")
LIFETIME = config("ACCESS_TOKEN_EXPIRE_MINUTES", cast=minutes, default="30")
CHALLENGE = {"WWW-Authenticate": "Bearer"}
# The seconds of all years with four digits.
CALENDAR = 253402300800
# A token is not for caches (RFC 6749, section 5.1).
NO_STORE = {"Cache-Control": "no-store"}
USERS = {
    "johndoe": {
        "username": "johndoe",
        "email": "johndoe@example.com",
        "full_name": "John Doe",
        "disabled": False,
    },
    "alice": {
        "username": "alice",
        "email": "alice@example.com",
        "full_name": "Alice Wonderson",
        "disabled": True,
    },
}
# In the place of a hash that nobody has: no password is known that fits.
NO_HASH = b"$2b$12$QfdNaon2ibIpPGHeWLK1AOe3aPjoQNlwEHpgrcQ19GBxWviW2QDVe"
HASHES = {
    "johndoe": b"$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
    "alice": b"$2b$12$sUIdMeDwel2r3mlLDN5OeONUf7bueeCQ9RA6Xoxx8iYE7CcIVzSXq",
}


@asynccontextmanager
async def pool(_: Starlette) -> AsyncIterator[dict[str, ThreadPoolExecutor]]:
    """One thread a core: logins beyond wait in its queue, where they cost nothing."""
    with ThreadPoolExecutor(os.cpu_count(), "bcrypt") as hashing:
        yield {"hashing": hashing}


async def log_in(request: Request) -> JSONResponse:
    form = await request.form()
    username, password = form.get("username"), form.get("password")
    # A field can also be missing, or be a file.
    if not isinstance(username, str) or not isinstance(password, str):
        raise HTTPException(422, "username and password are form fields")
    if not username or not password:
        raise HTTPException(422, "username and password must not be empty")
    if form.get("grant_type", "") not in ("", "password"):
        raise HTTPException(422, "grant_type must be password")
    hashing = asyncio.get_running_loop().run_in_executor(
        request.state.hashing, fits, username, password
    )
    if not await hashing:
        raise HTTPException(401, "Incorrect username or password", CHALLENGE)
    return JSONResponse(
        {"access_token": sign_token(username), "token_type": "bearer"}, headers=NO_STORE
    )


def fits(username: str, password: str) -> bool:
    """Whether it is the password of that user. Always hashes once, and once only."""
    hashed = HASHES.get(username, NO_HASH)
    raw = password.encode(errors="surrogatepass")
    # bcrypt reads up to 72 bytes, and repeats what ends with a NUL.
    if not re.fullmatch(rb"[^\0]{1,72}", raw):
        raw, hashed = b"", NO_HASH
    try:
        return hmac.compare_digest(bcrypt.hashpw(raw, hashed), hashed)
    except ValueError:  # a stored hash that is none
        return bcrypt.checkpw(b"", NO_HASH)


def active_user(request: Request) -> dict[str, object]:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise HTTPException(401, "Not authenticated", CHALLENGE)
    username = subject_of(token)
    if username not in USERS:
        raise HTTPException(401, "Could not validate credentials", CHALLENGE)
    user = USERS[username]
    if user["disabled"]:
        raise HTTPException(400, "Inactive user")
    return user


def sign_token(username: str) -> str:
    header = encode(json.dumps({"alg": "HS256", "typ": "JWT"}).encode())
    expiry = int(time.time()) + LIFETIME
    claims = encode(json.dumps({"sub": username, "exp": expiry}).encode())
    return f"{header}.{claims}.{signature_of(f'{header}.{claims}')}"


def subject_of(token: str) -> str | None:
    """The username in a good token, and `None` for every other."""
    signed, _, signature = token.rpartition(".")
    # Not ==, which takes longer the more characters are right.
    if not hmac.compare_digest(signature_of(signed).encode(), signature.encode()):
        return None
    try:
        header, claims = (decode(part) for part in signed.split("."))
    except ValueError:
        return None
    # `crit` lists what a reader must understand, and nothing is understood here.
    if header.get("alg") != "HS256" or "crit" in header:
        return None
    try:
        begin = max(seconds(claims.get(name, 0)) for name in ("nbf", "iat"))
        end = seconds(claims["exp"])
    except (KeyError, ValueError):
        return None
    if not begin <= time.time() < end:
        return None
    subject = claims.get("sub")
    return subject if isinstance(subject, str) else None


def seconds(date: object) -> float:
    """Since 1970, as in a NumericDate; raises `ValueError` for what is none."""
    # JSON's true is an int to Python, and its parser reads NaN and Infinity.
    if isinstance(date, bool) or not isinstance(date, int | float):
        raise ValueError("no number")
    if not 0 <= date < CALENDAR:
        raise ValueError("in no calendar")
    return float(date)


def signature_of(text: str) -> str:
    return encode(hmac.digest(SECRET, text.encode(), hashlib.sha256))


def encode(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(part: str) -> dict[str, Any]:
    """The JSON object in a part of a token; raises `ValueError`."""
    raw = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    try:
        value = json.loads(raw)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    return value


async def show_me(request: Request) -> JSONResponse:
    return JSONResponse(active_user(request))


async def show_items(request: Request) -> JSONResponse:
    owner = active_user(request)["username"]
    return JSONResponse([{"item_id": "Foo", "owner": owner}])


async def openapi(_: Request) -> JSONResponse:
    return JSONResponse(OPENAPI)


async def docs(_: Request) -> HTMLResponse:
    return HTMLResponse(SWAGGER_UI)


async def refuse(_: Request, error: Exception) -> JSONResponse:
    """Starlette says it as text, the contract as JSON."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"detail": error.detail}, error.status_code, error.headers)


FIELDS = {
    "type": "object",
    "required": ["username", "password"],
    "properties": {
        "grant_type": {"type": "string", "pattern": "^password$"},
        "username": {"type": "string"},
        "password": {"type": "string", "format": "password"},
    },
}
LOGIN = {
    "requestBody": {
        "required": True,
        "content": {"application/x-www-form-urlencoded": {"schema": FIELDS}},
    },
    "responses": {"200": {"description": "A token"}},
}
GUARDED = {
    "security": [{"OAuth2PasswordBearer": []}],
    "responses": {"200": {"description": "What is the user's"}},
}
OPENAPI = {
    "openapi": "3.1.0",
    "info": {"title": "Accounts", "version": "1"},
    "paths": {
        "/token": {"post": LOGIN},
        "/users/me/": {"get": GUARDED},
        "/users/me/items/": {"get": GUARDED},
    },
    "components": {
        "securitySchemes": {
            "OAuth2PasswordBearer": {
                "type": "oauth2",
                "flows": {"password": {"tokenUrl": "token", "scopes": {}}},
            }
        }
    },
}
SWAGGER_UI = """<!doctype html>
<title>Accounts</title>
<link rel="stylesheet"
      href="https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/swagger-ui.css">
<div id="ui"></div>
<script src="https://cdn.jsdelivr.net/npm/swagger-ui-dist@5/swagger-ui-bundle.js">
</script>
<script>SwaggerUIBundle({ url: "/openapi.json", dom_id: "#ui" })</script>
"""

app = Starlette(
    routes=[
        Route("/token", log_in, methods=["POST"]),
        Route("/users/me/", show_me),
        Route("/users/me/items/", show_items),
        Route("/openapi.json", openapi),
        Route("/docs", docs),
    ],
    lifespan=pool,
    exception_handlers={HTTPException: refuse},
)
