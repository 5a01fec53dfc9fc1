"""POST /token: its form is read without FastAPI, its refusals are made by its route."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated, Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute

from .accounts import Account
from .paths import Grant

FORM = "application/x-www-form-urlencoded"
FIELDS = {name: {"type": "string"} for name in ("grant_type", "username", "password")}
SCHEMA = {"type": "object", "required": list(FIELDS), "properties": FIELDS}
# FastAPI cannot know what a dependency reads from the body.
BODY = {"requestBody": {"required": True, "content": {FORM: {"schema": SCHEMA}}}}


class Refused(Exception):
    """There is no token: a code that programs read, and a text for people."""

    def __init__(self, error: str, description: str) -> None:
        self.answer = {"error": error, "error_description": description}


class TokenRoute(APIRoute):
    """No cache keeps what it answers, and what is refused has a code."""

    def get_route_handler(self) -> Callable[[Request], Any]:
        handle = super().get_route_handler()

        async def answer(request: Request) -> Response:
            try:
                response = await handle(request)
            except Refused as refused:
                response = JSONResponse(refused.answer, 400)
            response.headers["Cache-Control"] = "no-store"
            return response

        return answer


@dataclass(frozen=True, kw_only=True)
class TimedGrant(Grant):
    expires_in: int


async def token_request(request: Request) -> dict[str, str]:
    """The fields of a token request, which is a urlencoded form: the standard has no
    other."""
    kind = request.headers.get("Content-Type", "").partition(";")[0]
    if kind.strip().lower() != FORM:
        raise Refused("invalid_request", f"The body is not {FORM}")
    try:
        text = (await request.body()).decode()
        # Fields without a value are left out.
        fields = parse_qsl(text, errors="strict", max_num_fields=1000)
    except ValueError:  # of another encoding than UTF-8, or very many fields
        raise Refused("invalid_request", "The form cannot be read") from None
    form = dict(fields)
    if len(form) < len(fields):
        raise Refused("invalid_request", "A field is repeated")
    if form.get("grant_type", "password") != "password":
        raise Refused("unsupported_grant_type", "The grant_type is not password")
    if not form.keys() >= FIELDS.keys():
        raise Refused("invalid_request", f"Required: {', '.join(FIELDS)}")
    return form


Fields = Annotated[dict[str, str], Depends(token_request)]


def credentials(form: Fields) -> tuple[str, str]:
    """The username and the password."""
    if "scope" in form:
        raise Refused("invalid_scope", "Leave out the scope")
    return form["username"], form["password"]


Credentials = Annotated[tuple[str, str], Depends(credentials)]


def login(
    authenticate: Callable[[str, str], Account | None],
    issue: Callable[[Account], str],
    lifetime: timedelta,
) -> APIRouter:
    router = APIRouter(route_class=TokenRoute)
    refusals: dict[int | str, Any] = {400: {"description": "No token, and why"}}

    @router.post("/token", responses=refusals, openapi_extra=BODY)
    def grant(given: Credentials) -> TimedGrant:
        account = authenticate(*given)
        if account is None:
            raise Refused("invalid_grant", "Incorrect username or password")
        return TimedGrant(issue(account), expires_in=int(lifetime.total_seconds()))

    return router
