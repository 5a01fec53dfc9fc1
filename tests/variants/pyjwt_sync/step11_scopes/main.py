"""Step 11 in plain `def` functions. What a user may do is asked of the database in a
statement of its own, and every path wants `me` as well."""

import re
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Security
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.security import SecurityScopes
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from tests.variants.pyjwt_sync.common import access_tokens, paths
from tests.variants.pyjwt_sync.common.accounts import Account, Profile
from tests.variants.pyjwt_sync.common.bearer import (
    INVALID_TOKEN,
    OneToken,
    challenge,
)
from tests.variants.pyjwt_sync.common.login import (
    BODY,
    Fields,
    Refused,
    TimedGrant,
    TokenRoute,
)
from tests.variants.pyjwt_sync.common.registration import (
    active,
    authenticate,
    registrations,
)
from tests.variants.pyjwt_sync.common.settings import read_settings, read_variables
from tests.variants.pyjwt_sync.common.table import Accounts, account_of, users

SCOPES = {"admin": "Everybody's record", "items": "Items", "me": "The own record"}
ONE = r"[\x21\x23-\x5b\x5d-\x7e]+"
HAS_SCOPES = text("SELECT scopes FROM users WHERE username = :name")
ADD_COLUMN = "ALTER TABLE users ADD scopes VARCHAR(500) DEFAULT 'me items' NOT NULL"


class ScopedAccounts(Accounts):
    def add_columns(self) -> None:
        if not self._has_scopes():
            try:
                with self.engine.begin() as connection:
                    connection.execute(text(ADD_COLUMN))
            except DBAPIError:
                # Another process was faster.
                if not self._has_scopes():
                    raise

    def _has_scopes(self) -> bool:
        columns = inspect(self.engine).get_columns("users")
        return "scopes" in {column["name"] for column in columns}

    def scopes_of(self, account: Account) -> set[str]:
        with self.engine.connect() as connection:
            name = {"name": account.profile.username}
            found = connection.execute(HAS_SCOPES, name).scalar() or ""
        return set(found.split()) & SCOPES.keys()

    def everybody(self) -> list[Profile]:
        with self.engine.connect() as connection:
            rows = connection.execute(users.select().order_by(users.c.username)).all()
        return [account_of(row).profile for row in rows]


settings = read_settings()
accounts = ScopedAccounts(
    read_variables().get("DATABASE_URL", "sqlite:///users.db") or ""
)


@dataclass(frozen=True, kw_only=True)
class ScopedGrant(TimedGrant):
    scope: str


login = APIRouter(route_class=TokenRoute)
refusals: dict[int | str, Any] = {400: {"description": "No token, and why"}}


@login.post("/token", responses=refusals, openapi_extra=BODY)
def grant(form: Fields) -> ScopedGrant:
    account = authenticate(accounts, form["username"], form["password"])
    if account is None:
        raise Refused("invalid_grant", "Incorrect username or password")
    may = accounts.scopes_of(account)
    asked = set(form.get("scope", "").split()) or may - {"admin"}
    if not asked or asked - may:
        raise Refused("invalid_scope", "Not all of these are yours")
    scope = " ".join(sorted(asked))
    token = access_tokens.issue(account, settings.key, settings.lifetime, scope=scope)
    seconds = int(settings.lifetime.total_seconds())
    return ScopedGrant(token, expires_in=seconds, scope=scope)


def token_owner(
    needed: SecurityScopes,
    token: Annotated[str, Depends(OneToken(tokenUrl="/token", scopes=SCOPES))],
) -> Account:
    claims = access_tokens.claims_of(token, settings.key) or {}
    scope = claims.get("scope")
    name = str(claims.get("sub", "")).removeprefix(access_tokens.KIND)
    is_ours = isinstance(scope, str) and re.fullmatch(f"{ONE}( {ONE})*", scope)
    account = active(accounts.find(name)) if is_ours else None
    if account is None:
        raise HTTPException(401, "Could not validate credentials", INVALID_TOKEN)
    granted = set(str(scope).split(" ")) & accounts.scopes_of(account)
    if set(needed.scopes) - granted:
        why = challenge("insufficient_scope", "Not with this", needed.scope_str)
        raise HTTPException(403, "Not with this", why)
    return account


def owner(*scopes: str) -> Any:
    return Security(token_owner, scopes=list(scopes))


app = FastAPI()
app.include_router(login, dependencies=[paths.turns(Fields)])
app.include_router(registrations(accounts))
app.add_exception_handler(RequestValidationError, paths.say_what_is_wrong)
guarded = APIRouter(
    responses={
        400: {"description": "More than one token, or what can't be one"},
        401: {"description": "A token is missing, or invalid"},
        403: {"description": "The token is for something else"},
    }
)


@guarded.get("/users/me/")
def who_am_i(account: Annotated[Account, owner("me")]) -> Profile:
    return account.profile


@guarded.get("/users/me/items/")
def my_items(account: Annotated[Account, owner("me", "items")]) -> list[paths.Item]:
    return [paths.Item("Foo", account.profile.username)]


@guarded.get("/users/", dependencies=[owner("admin")])
def everybody() -> list[Profile]:
    return accounts.everybody()


app.include_router(guarded)


@app.exception_handler(SQLAlchemyError)
def say_that_it_is_down(_: Request, error: SQLAlchemyError) -> JSONResponse:
    return JSONResponse({"detail": "Down for a moment"}, 503)
