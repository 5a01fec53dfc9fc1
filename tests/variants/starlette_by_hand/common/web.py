"""Starlette routes, and forms, headers and OpenAPI by hand: what no step changes."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

CHALLENGE = {"WWW-Authenticate": "Bearer"}
REQUIRED = ("username", "password")
# A token is not for caches (RFC 6749, section 5.1).
NO_STORE = {"Cache-Control": "no-store"}
USERS: dict[str, dict[str, Any]] = {
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


@dataclass(frozen=True)
class Site:
    """An app, once a step has said how it checks a password, makes a token, finds the
    username in one, and what differs from the later steps besides."""

    is_password: Callable[[Request, str, str], Awaitable[bool]]
    token_for: Callable[[str], str]
    owner_of: Callable[[str], str | None]
    record: Callable[[dict[str, Any]], dict[str, Any]] = dict
    bad_login: int = 401
    bad_token: str = "Could not validate credentials"
    me: str = "/users/me/"
    items: str = "/users/me/items/"
    lifespan: Any = None
    required: tuple[str, ...] = REQUIRED
    # Each with what it's for.
    scopes: dict[str, str] = field(default_factory=dict)
    # What OpenAPI says of the paths that a step adds.
    more_paths: dict[str, Any] = field(default_factory=dict)

    def app(self) -> Starlette:
        guarded = {self.me: self.show_me}
        if self.items:
            guarded[self.items] = self.show_items
        schema = self.schema(list(guarded))

        async def describe(_: Request) -> JSONResponse:
            return JSONResponse(schema)

        return Starlette(
            routes=[
                Route("/token", self.log_in, methods=["POST"]),
                *(Route(path, answer) for path, answer in guarded.items()),
                Route("/openapi.json", describe),
                Route("/docs", docs),
            ],
            lifespan=self.lifespan,
            exception_handlers={HTTPException: refuse},
        )

    def schema(self, guarded: list[str]) -> dict[str, Any]:
        found = openapi(guarded, self.required)
        found["paths"] |= self.more_paths
        return found

    async def log_in(self, request: Request) -> JSONResponse:
        form = await request.form()
        username, password = form.get("username"), form.get("password")
        wrong = [
            f"{name} must be text, and not empty"
            for name, value in {"username": username, "password": password}.items()
            # A field can also be missing, or be a file.
            if not isinstance(value, str) or not value
        ]
        if form.get("grant_type", "") not in ("", "password"):
            wrong.append("grant_type must be password")
        if wrong:
            raise HTTPException(422, "; ".join(wrong))
        if not await self.is_password(request, username, password):
            headers = CHALLENGE if self.bad_login == 401 else None
            raise HTTPException(
                self.bad_login, "Incorrect username or password", headers
            )
        return self.grant(username)

    def grant(self, username: str, **others: Any) -> JSONResponse:
        answer = {"access_token": self.token_for(username), "token_type": "bearer"}
        return JSONResponse(answer | others, headers=NO_STORE)

    async def find(self, request: Request, username: str) -> dict[str, Any] | None:
        """The user of this name."""
        return USERS.get(username)

    async def active_user(self, request: Request) -> dict[str, Any]:
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise HTTPException(401, "Not authenticated", CHALLENGE)
        username = self.owner_of(token)
        user = None if username is None else await self.find(request, username)
        if user is None:
            raise HTTPException(401, self.bad_token, CHALLENGE)
        if user["disabled"]:
            raise HTTPException(400, "Inactive user")
        return user

    async def show_me(self, request: Request) -> JSONResponse:
        return JSONResponse(self.record(await self.active_user(request)))

    async def show_items(self, request: Request) -> JSONResponse:
        user = await self.active_user(request)
        return JSONResponse([{"item_id": "Foo", "owner": user["username"]}])


async def docs(_: Request) -> HTMLResponse:
    return HTMLResponse(SWAGGER_UI)


async def refuse(_: Request, error: Exception) -> JSONResponse:
    """Starlette says it as text, the contract as JSON."""
    assert isinstance(error, HTTPException)
    return JSONResponse({"detail": error.detail}, error.status_code, error.headers)


def openapi(guarded: list[str], required: Sequence[str] = REQUIRED) -> dict[str, Any]:
    """The description of an app with a login, whose form needs these fields, and with
    these paths, which need a token."""
    form = {"schema": {"type": "object", "required": [*required], "properties": FIELDS}}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Accounts", "version": "1"},
        "paths": {
            "/token": {
                "post": {
                    "requestBody": {"required": True, "content": {FORM: form}},
                    "responses": {"200": {"description": "A token"}, **REFUSAL},
                }
            },
            **{path: {"get": GUARDED} for path in guarded},
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


FORM = "application/x-www-form-urlencoded"
FIELDS = {
    "grant_type": {"type": "string", "pattern": "^password$"},
    "username": {"type": "string"},
    "password": {"type": "string", "format": "password"},
}
REFUSAL = {"default": {"description": "A refusal"}}
GUARDED = {
    "security": [{"OAuth2PasswordBearer": []}],
    "responses": {"200": {"description": "What is the user's"}, **REFUSAL},
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
