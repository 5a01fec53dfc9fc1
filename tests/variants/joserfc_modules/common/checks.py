"""What a request must be like: dependencies that run before those of a path."""

from typing import Annotated

from fastapi import Depends, HTTPException, Request
from fastapi.security import OAuth2PasswordRequestFormStrict


async def each_field_once(request: Request) -> None:
    names = [name for name, _ in (await request.form()).multi_items()]
    if len(set(names)) < len(names):
        raise HTTPException(400, "invalid_request")


async def grant_and_no_scope(
    form: Annotated[OAuth2PasswordRequestFormStrict, Depends()],
) -> None:
    if form.scopes:
        raise HTTPException(400, "invalid_scope")


async def one_token(request: Request) -> None:
    headers = request.headers.getlist("Authorization")
    # Two tokens may also be in one header, with a blank or a comma between them.
    scheme, *tokens = " ".join(headers).replace(",", " ").split() or [""]
    if len(headers) > 1 or (scheme.lower() == "bearer" and len(tokens) > 1):
        raise HTTPException(400, "Send one token, in one header")
