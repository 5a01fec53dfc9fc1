"""Answers that OAuth clients understand.

A client reads the codes, and leaves the descriptions to people. They're our own words:
nothing that came with the request is in them, so they stay in the characters that the
standards allow there.
"""

import logging

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError

from .database import reason

REALM = "users"

# RFC 6749, section 5.1: what a token endpoint says is stored by nobody on the way.
NO_STORE = {"Cache-Control": "no-store", "Pragma": "no-cache"}


# What /docs says of the paths that want a token.
REFUSALS = {
    400: {"description": "More than one token, or none that could be one"},
    401: {"description": "No token, or one that isn't valid"},
    403: {"description": "A token without the scope that is needed here"},
}


class TokenErrorAnswer(BaseModel):
    """The body of a refused token request (RFC 6749, section 5.2)."""

    error: str
    error_description: str


class TokenError(Exception):
    """The token request is refused."""

    def __init__(self, error: str, description: str):
        self.body = {"error": error, "error_description": description}


class BearerError(Exception):
    """The request for a resource is refused (RFC 6750, section 3.1)."""

    def __init__(self, status_code: int, error: str, description: str, scope: str = ""):
        self.status_code = status_code
        self.detail = description
        self.challenge = f'Bearer realm="{REALM}", error="{error}", error_description="{description}"'
        # What the client has to ask for.
        if scope:
            self.challenge += f', scope="{scope}"'


class NotAuthenticated(BearerError):
    """There's no token. The challenge has no code: nothing was wrong with one."""

    def __init__(self):
        self.status_code = 401
        self.detail = "Not authenticated"
        self.challenge = f'Bearer realm="{REALM}"'


async def refuse_token_request(request: Request, error: TokenError):
    return JSONResponse(error.body, status_code=400, headers=NO_STORE)


async def refuse_malformed_request(request: Request, error: Exception):
    """FastAPI found no form, or not the fields that `login` asks for."""
    if request.url.path != "/token":
        return refuse_registration(error)
    wrong = {}
    if isinstance(error, RequestValidationError):
        wrong = {one["loc"][-1]: one["type"] for one in error.errors()}
    if wrong.get("grant_type") == "string_pattern_mismatch":
        refused = TokenError(
            "unsupported_grant_type", "The only grant_type here is password"
        )
    else:
        refused = TokenError(
            "invalid_request",
            "Send grant_type, username and password in a form, each of them once",
        )
    return await refuse_token_request(request, refused)


def refuse_registration(error: Exception):
    """What is wrong with which field, without what was in it."""
    errors = error.errors() if isinstance(error, RequestValidationError) else []
    told = [{key: one[key] for key in ("loc", "msg", "type")} for one in errors]
    return JSONResponse({"detail": told or "This can't be read"}, status_code=422)


async def refuse_without_database(request: Request, error: SQLAlchemyError):
    """The database is down, locked, full or of another version."""
    logging.getLogger("uvicorn.error").error("Database: %s", reason(error))
    return JSONResponse(
        {"detail": "The database can't be used now"},
        status_code=503,
        headers=NO_STORE | {"Retry-After": "5"},
    )


async def refuse_request(request: Request, error: BearerError):
    return JSONResponse(
        {"detail": error.detail},
        status_code=error.status_code,
        headers={"WWW-Authenticate": error.challenge},
    )
