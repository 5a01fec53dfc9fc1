"""A site whose users are in a table of SQLite, and can sign up."""

import asyncio
import json
import re
import sqlite3
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse

from . import hashes
from .oauth import OAuthSite
from .store import Store
from .web import REFUSAL

PUBLIC = ("username", "email", "full_name", "disabled")
NAME = re.compile("[a-z0-9_]{1,32}")
STRING = {"type": "string"}
SIGN_UP = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {
                "schema": {
                    "type": "object",
                    "required": ["username", "password"],
                    "properties": {
                        "username": STRING | {"pattern": f"^{NAME.pattern}$"},
                        "password": STRING | {"minLength": 15},
                        "email": STRING,
                        "full_name": STRING,
                    },
                }
            }
        },
    },
    "responses": {"201": {"description": "The new user"}, **REFUSAL},
}


def public(user: dict[str, Any]) -> dict[str, Any]:
    return {name: user[name] for name in PUBLIC}


def fits(store: Store, username: str, password: str) -> bool:
    """Whether it's the password of this user, who may log in. It's done in the pool for
    hashes from the first look into the table to the last, with one connection for each
    look."""
    user = store.find(username)
    stored = user["hashed_password"] if user else ""
    if not hashes.fits(password, stored) or user is None or user["disabled"]:
        return False
    if hashes.is_old(stored) and hashes.can_be_bcrypted(password):
        store.replace_hash(username, stored, hashes.make(password))
    return True


async def in_pool(request: Request, function: Any, *args: Any) -> Any:
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(request.state.hashing, function, *args)


def faults(user: Any) -> list[str]:
    """What is wrong with a registration, without what is in it."""
    if not isinstance(user, dict):
        return ["Send a JSON object"]
    name, password = user.get("username"), user.get("password")
    wrong = []
    if not isinstance(name, str) or not NAME.fullmatch(name):
        wrong.append("username: 1 to 32 of a to z, 0 to 9 and _")
    if not isinstance(password, str):
        wrong.append("password: missing")
    elif why := hashes.weakness(password):
        wrong.append(f"password: {why}")
    for field in ("email", "full_name"):
        value = user.get(field)
        if value is not None and not is_line(value):
            wrong.append(f"{field}: a line of up to 100 characters")
    return wrong


def is_line(value: object) -> bool:
    return isinstance(value, str) and len(value) <= 100 and value.isprintable()


@dataclass(frozen=True)
class MemberSite(OAuthSite):
    store: Any = None

    def app(self) -> Starlette:
        app = super().app()
        app.add_route("/users", self.sign_up, methods=["POST"])
        app.add_exception_handler(sqlite3.Error, unavailable)
        return app

    async def find(self, request: Request, username: str) -> dict[str, Any] | None:
        return await run_in_threadpool(self.store.find, username)

    async def sign_up(self, request: Request) -> JSONResponse:
        try:
            user = json.loads(await request.body())
        except (ValueError, RecursionError):
            user = None
        if wrong := faults(user):
            return JSONResponse({"detail": wrong}, 422)
        new = {name: user.get(name) for name in PUBLIC} | {"disabled": False}
        hashed = await in_pool(request, hashes.make, user["password"])
        row = new | {"hashed_password": hashed}
        if not await run_in_threadpool(self.store.add, row):
            return JSONResponse({"detail": "Someone else has this name"}, 409)
        return JSONResponse(new, 201)


async def unavailable(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"detail": "No database"}, 503, {"Retry-After": "3"})
