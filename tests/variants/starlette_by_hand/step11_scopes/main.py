"""Step 11 without FastAPI, SQLAlchemy and a JWT library. What each path needs is in one
table, and `/users/me/items/` needs two scopes."""

import re
import sqlite3
from typing import Any

from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import JSONResponse

from tests.variants.starlette_by_hand.common import access_tokens, settings
from tests.variants.starlette_by_hand.common.members import (
    SIGN_UP,
    STRING,
    MemberSite,
    fits,
    in_pool,
    public,
)
from tests.variants.starlette_by_hand.common.oauth import challenge, refused
from tests.variants.starlette_by_hand.common.passwords import pool
from tests.variants.starlette_by_hand.common.store import Store
from tests.variants.starlette_by_hand.common.web import GUARDED, NO_STORE

SCOPES = {"items": "Your items", "me": "Your record", "admin": "All records"}
NEEDED = {"/users/me/": "me", "/users/me/items/": "me items", "/users/": "admin"}
GRAMMAR = re.compile(r"[!#-[\]-~]+(?: [!#-[\]-~]+)*")
CLAIMS = access_tokens.CLAIMS | {
    "scope": lambda value, _: isinstance(value, str) and bool(GRAMMAR.fullmatch(value))
}


class ScopedStore(Store):
    columns = (*Store.columns, "scopes")

    def prepare(self, connection: sqlite3.Connection) -> None:
        known = connection.execute("PRAGMA table_info(users)").fetchall()
        if "scopes" not in (row["name"] for row in known):
            usual = "TEXT NOT NULL DEFAULT 'me items'"
            connection.execute(f"ALTER TABLE users ADD COLUMN scopes {usual}")


key, lifetime = settings.read()
store = ScopedStore(
    settings.read_config()("DATABASE_URL", default="sqlite:///users.db")
)


async def fits_in_pool(request: Request, username: str, password: str) -> bool:
    return bool(await in_pool(request, fits, store, username, password))


def owner_of(token: str) -> str | None:
    claims = access_tokens.claims_of(token, key, CLAIMS)
    return None if claims is None else claims["sub"].removeprefix("username:")


def rights_of(user: dict[str, Any]) -> list[str]:
    words = user["scopes"].split()
    return [scope for scope in SCOPES if scope in words]


class ScopedSite(MemberSite):
    def app(self) -> Starlette:
        app = super().app()
        app.add_route("/users/", self.show_all)
        return app

    def schema(self, guarded: list[str]) -> dict[str, Any]:
        found = super().schema([*guarded, "/users/"])
        for path, scope in NEEDED.items():
            security = [{"OAuth2PasswordBearer": scope.split()}]
            found["paths"][path] = {"get": GUARDED | {"security": security}}
        schemes = found["components"]["securitySchemes"]
        schemes["OAuth2PasswordBearer"]["flows"]["password"]["scopes"] = self.scopes
        fields = dict.fromkeys(("access_token", "token_type", "scope"), STRING)
        answer = {"schema": {"type": "object", "properties": fields}}
        found["paths"]["/token"]["post"]["responses"] |= {
            "200": {"description": "A token", "content": {"application/json": answer}}
        }
        return found

    def grant_to(self, user: dict[str, Any], form: FormData) -> JSONResponse:
        rights = rights_of(user)
        usual = [scope for scope in rights if scope != "admin"]
        asked = list(dict.fromkeys(str(form.get("scope") or "").split())) or usual
        if not asked or not set(asked) <= set(rights):
            return refused("invalid_scope")
        scope = " ".join(asked)
        answer = {
            "access_token": access_tokens.issue(
                user["username"], key, lifetime, scope=scope
            ),
            "token_type": "bearer",
            "expires_in": lifetime,
            "scope": scope,
        }
        return JSONResponse(answer, headers=NO_STORE)

    async def active_user(self, request: Request) -> dict[str, Any]:
        user = await super().active_user(request)
        claims = access_tokens.claims_of(request.state.token, key, CLAIMS) or {}
        needed = NEEDED[request.url.path]
        has = set(claims.get("scope", "").split(" ")) & set(rights_of(user))
        if not has.issuperset(needed.split()):
            raise challenge(403, "insufficient_scope", "Ask for more", scope=needed)
        return user

    async def show_all(self, request: Request) -> JSONResponse:
        await self.active_user(request)
        users = await run_in_threadpool(store.rows, "ORDER BY username")
        return JSONResponse([public(user) for user in users])


app = ScopedSite(
    fits_in_pool,
    token_for=lambda username: access_tokens.issue(username, key, lifetime),
    owner_of=owner_of,
    record=public,
    scopes=SCOPES,
    lifespan=pool,
    lifetime=lifetime,
    more_paths={"/users": {"post": SIGN_UP}},
    store=store,
).app()
