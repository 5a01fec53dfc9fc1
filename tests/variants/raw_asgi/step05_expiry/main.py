"""Step 5 without a framework: the app is one ASGI function, and a form stays the bytes
that it is."""

import json
import time
from typing import Any
from urllib.parse import unquote_to_bytes

import bcrypt
from jose import jwt

from tests.variants.starlette_by_hand.common.web import SWAGGER_UI, USERS, openapi

KEY = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"
HALF_AN_HOUR = 30 * 60
CHALLENGE = (b"www-authenticate", b"Bearer")
HASHES = {
    b"johndoe": b"$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
    b"alice": b"$2b$12$sUIdMeDwel2r3mlLDN5OeONUf7bueeCQ9RA6Xoxx8iYE7CcIVzSXq",
}


class Refused(Exception):
    """The status, what it's for, and the headers besides."""


async def app(scope: Any, receive: Any, send: Any) -> None:
    # A server that asks for a lifespan takes the exception for "there is none".
    assert scope["type"] == "http"
    status, headers, kind = 200, [], b"application/json"
    try:
        said = await answer(scope, receive)
    except Refused as refusal:
        status, detail, *headers = refusal.args
        said = {"detail": detail}
    if isinstance(said, str):
        kind, body = b"text/html", said.encode()
    else:
        body = json.dumps(said).encode()
    headers = [(b"content-type", kind), *headers]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


async def answer(scope: Any, receive: Any) -> Any:
    headers = dict(scope["headers"])
    match scope["method"], scope["path"]:
        case "POST", "/token":
            return log_in(form_of(headers, await body_of(receive)))
        case "GET", "/users/me/":
            return USERS[active_user(headers)]
        case "GET", "/users/me/items/":
            return [{"item_id": "Foo", "owner": active_user(headers)}]
        case "GET", "/openapi.json":
            return openapi(["/users/me/", "/users/me/items/"])
        case "GET", "/docs":
            return SWAGGER_UI
    raise Refused(404, "Not Found")


async def body_of(receive: Any) -> bytes:
    body = b""
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


def form_of(headers: dict[bytes, bytes], body: bytes) -> dict[bytes, bytes]:
    kind, _, _ = headers.get(b"content-type", b"").partition(b";")
    if kind.strip().lower() != b"application/x-www-form-urlencoded":
        raise Refused(422, "The body is not a form")
    fields = [field.partition(b"=") for field in body.split(b"&")]
    return {
        name: unquote_to_bytes(value.replace(b"+", b" ")) for name, _, value in fields
    }


def log_in(form: dict[bytes, bytes]) -> dict[str, str]:
    username, password = form.get(b"username"), form.get(b"password")
    if not username or not password:
        raise Refused(422, "username and password are required")
    if form.get(b"grant_type", b"") not in (b"", b"password"):
        raise Refused(422, "grant_type is password")
    hashed = HASHES.get(username)
    # bcrypt repeats what comes before a NUL.
    if hashed is None or b"\0" in password or not bcrypt.checkpw(password, hashed):
        raise Refused(401, "Incorrect username or password", CHALLENGE)
    claims = {"sub": username.decode(), "exp": int(time.time()) + HALF_AN_HOUR}
    return {"access_token": jwt.encode(claims, KEY), "token_type": "bearer"}


def active_user(headers: dict[bytes, bytes]) -> str:
    scheme, _, token = headers.get(b"authorization", b"").partition(b" ")
    if scheme.lower() != b"bearer" or not token:
        raise Refused(401, "Not authenticated", CHALLENGE)
    try:
        username = jwt.decode(token.decode("ascii"), KEY, ["HS256"])["sub"]
        user = USERS[username]
    # Whatever goes wrong, the token isn't one of ours.
    except Exception:
        raise Refused(401, "Could not validate credentials", CHALLENGE) from None
    if user["disabled"]:
        raise Refused(400, "Inactive user")
    return username
