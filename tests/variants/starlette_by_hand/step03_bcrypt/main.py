"""Step 3 without FastAPI: Starlette routes, and forms, headers and OpenAPI by hand."""

from passlib.hash import bcrypt
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse
from starlette.routing import Route

CHALLENGE = {"WWW-Authenticate": "Bearer"}
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
HASHES = {
    "johndoe": "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
    "alice": "$2b$12$sUIdMeDwel2r3mlLDN5OeONUf7bueeCQ9RA6Xoxx8iYE7CcIVzSXq",
}


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
    if not await run_in_threadpool(fits, username, password):
        raise HTTPException(401, "Incorrect username or password", CHALLENGE)
    return JSONResponse(
        {"access_token": username, "token_type": "bearer"}, headers=NO_STORE
    )


def fits(username: str, password: str) -> bool:
    try:
        return username in USERS and bcrypt.verify(password, HASHES[username])
    except ValueError:  # a NUL byte, or more than 4096 bytes
        return False


def active_user(request: Request) -> dict[str, object]:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise HTTPException(401, "Not authenticated", CHALLENGE)
    if token not in USERS:
        raise HTTPException(401, "Invalid authentication credentials", CHALLENGE)
    user = USERS[token]
    if user["disabled"]:
        raise HTTPException(400, "Inactive user")
    return user


async def show_me(request: Request) -> JSONResponse:
    return JSONResponse(active_user(request))


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
        "/users/me": {"get": GUARDED},
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
        Route("/users/me", show_me),
        Route("/openapi.json", openapi),
        Route("/docs", docs),
    ],
    exception_handlers={HTTPException: refuse},
)
