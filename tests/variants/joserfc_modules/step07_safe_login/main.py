"""Step 7 in modules: an app factory with a lifespan, dependencies that are objects,
users in SQLite, joserfc for the tokens, and passwords behind a semaphore."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Annotated

from fastapi import Depends, FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse

from . import tokens
from .config import Config, get_config
from .guard import ActiveUser
from .login import Login
from .users import StoredUser, User, Users


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Users]]:
    with closing(Users()) as users:
        yield {"users": users}


async def hello() -> dict[str, str]:
    return {"docs": "/docs"}


async def health() -> dict[str, str]:
    return {"status": "ok"}


async def token(
    user: Annotated[StoredUser, Depends(Login())],
    config: Annotated[Config, Depends(get_config)],
) -> dict[str, str | int]:
    return {
        "access_token": tokens.issue(user.username, config),
        "token_type": "bearer",
        "expires_in": config.lifetime,
    }


async def me(user: Annotated[User, Depends(ActiveUser())]) -> User:
    return user


async def items(user: Annotated[User, Depends(ActiveUser())]) -> list[dict[str, str]]:
    return [{"item_id": "Foo", "owner": user.username}]


async def malformed(_: Request, error: RequestValidationError) -> JSONResponse:
    reasons = [{"loc": e["loc"], "msg": e["msg"]} for e in error.errors()]
    return JSONResponse({"detail": reasons}, 422)


def create_app() -> FastAPI:
    get_config()  # now or never: not at the first request
    app = FastAPI(title="Accounts", lifespan=lifespan)
    app.add_exception_handler(RequestValidationError, malformed)
    app.add_api_route("/", hello)
    app.add_api_route("/health", health)
    app.add_api_route("/token", token, methods=["POST"])
    app.add_api_route("/users/me/", me)
    app.add_api_route("/users/me/items/", items)
    return app


app = create_app()
