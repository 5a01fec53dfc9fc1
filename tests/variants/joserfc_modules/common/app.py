"""An app factory with a lifespan, and paths whose functions depend on objects."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Annotated, Any

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from .guard import ActiveUser
from .login import Login
from .passwords import Passwords
from .tokens import Tokens
from .users import StoredUser, User, Users


async def hello() -> dict[str, str]:
    return {"docs": "/docs"}


async def health() -> dict[str, str]:
    return {"status": "ok"}


async def token(
    request: Request, user: Annotated[StoredUser, Depends(Login())]
) -> dict[str, str | int]:
    tokens = request.state.tokens
    answer = {"access_token": tokens.issue(user.username), "token_type": "bearer"}
    if tokens.lifetime is not None:
        answer["expires_in"] = tokens.lifetime
    return answer


async def me(user: Annotated[StoredUser, Depends(ActiveUser())]) -> StoredUser:
    return user


async def items(
    user: Annotated[StoredUser, Depends(ActiveUser())],
) -> list[dict[str, str]]:
    return [{"item_id": "Foo", "owner": user.username}]


async def malformed(_: Request, error: RequestValidationError) -> JSONResponse:
    """The 422 of a request, without what was in it."""
    reasons = [{"loc": e["loc"], "msg": e["msg"]} for e in error.errors()]
    return JSONResponse({"detail": reasons}, 422)


def create_app(
    passwords: Passwords,
    tokens: Tokens,
    *,
    record: type[User] = User,
    with_items: bool = True,
) -> FastAPI:
    """The app. The paths of users end in a slash where there are items among them."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        with closing(Users(passwords.stored)) as users:
            yield {"users": users, "passwords": passwords, "tokens": tokens}

    app = FastAPI(title="Accounts", lifespan=lifespan)
    app.add_api_route("/", hello)
    app.add_api_route("/health", health)
    app.add_api_route("/token", token, methods=["POST"])
    if with_items:
        app.add_api_route("/users/me/", me, response_model=record)
        app.add_api_route("/users/me/items/", items)
    else:
        app.add_api_route("/users/me", me, response_model=record)
    return app
