"""A site whose refusals are those of RFC 6749 and RFC 6750: a login returns its own, a
bad token raises one, as on any site."""

import re
from dataclasses import dataclass
from typing import Any

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse

from .web import NO_STORE, Site

REALM = 'Bearer realm="accounts"'
B64TOKEN = re.compile(r"[\w.~+/-]+=*", re.ASCII)
FOR_PEOPLE = {
    "invalid_request": "Fill in grant_type, username and password, in a form, once",
    "unsupported_grant_type": "No other grant than password",
    "invalid_scope": "This site does not divide its data into scopes",
    "invalid_grant": "This login is not known here",
}


@dataclass(frozen=True)
class OAuthSite(Site):
    required: tuple[str, ...] = ("grant_type", "username", "password")
    lifetime: int = 0

    async def log_in(self, request: Request) -> JSONResponse:
        try:
            form = await request.form()
        except HTTPException:  # parts that cannot be taken apart
            return refused("invalid_request")
        fault = self.fault_of(form)
        if fault is not None:
            return refused(fault)
        username = form["username"]
        fits = await self.is_password(request, username, form["password"])
        user = await self.find(request, username) if fits else None
        if user is None or user["disabled"]:
            return refused("invalid_grant")
        return self.grant_to(user, form)

    def grant_to(self, user: dict[str, Any], form: FormData) -> JSONResponse:
        return self.grant(user["username"], expires_in=self.lifetime)

    def fault_of(self, form: FormData) -> str | None:
        if len(form) < len(form.multi_items()):
            return "invalid_request"
        # The rest is files, and fields without a value.
        texts = {name for name in form if isinstance(form[name], str) and form[name]}
        if "grant_type" in texts and form["grant_type"] != "password":
            return "unsupported_grant_type"
        if not texts.issuperset(self.required):
            return "invalid_request"
        return "invalid_scope" if form.get("scope") and not self.scopes else None

    async def active_user(self, request: Request) -> dict[str, Any]:
        headers = request.headers.getlist("Authorization")
        scheme, _, rest = "".join(headers).partition(" ")
        # There may be several blanks (RFC 6750, section 2.1).
        token = rest.lstrip(" ")
        is_sent = scheme.lower() == "bearer" and token != ""
        if len(headers) > 1 or (is_sent and not B64TOKEN.fullmatch(token)):
            raise challenge(400, "invalid_request", "Which token counts?")
        if not is_sent:
            raise HTTPException(401, "Not authenticated", {"WWW-Authenticate": REALM})
        request.state.token = token
        username = self.owner_of(token)
        user = None if username is None else await self.find(request, username)
        if user is None or user["disabled"]:
            raise challenge(401, "invalid_token", "Expired, or not ours")
        return user


def refused(code: str) -> JSONResponse:
    answer = {"error": code, "error_description": FOR_PEOPLE[code]}
    return JSONResponse(answer, 400, NO_STORE)


def challenge(status: int, code: str, why: str, **more: str) -> HTTPException:
    value = f'{REALM}, error="{code}", error_description="{why}"'
    value += "".join(f', {name}="{text}"' for name, text in more.items())
    detail = "Could not validate credentials" if status == 401 else "Bad request"
    return HTTPException(status, detail, {"WWW-Authenticate": value})
