"""The paths. The routers are guarded where they're included, and a path finds its
member in the state of the request."""

from typing import Annotated

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi.security import OAuth2PasswordRequestForm

from .guard import Member, Members, Tokens


def login(members: Members, tokens: Tokens) -> APIRouter:
    router = APIRouter()

    @router.post("/token")
    def log_in(form: Annotated[OAuth2PasswordRequestForm, Depends()]) -> dict[str, str]:
        member = members.authenticated(form.username, form.password)
        if member is None:
            headers = {"WWW-Authenticate": "Bearer"}
            raise HTTPException(401, "Incorrect username or password", headers)
        return {"access_token": tokens.issued_to(member), "token_type": "bearer"}

    return router


def record(path: str) -> APIRouter:
    router = APIRouter()

    @router.get(path)
    def read(request: Request) -> Member:
        return request.state.member

    return router


def items(path: str) -> APIRouter:
    router = APIRouter()

    @router.get(path)
    def read(request: Request) -> list[dict[str, str]]:
        return [{"item_id": "Foo", "owner": request.state.member.username}]

    return router
