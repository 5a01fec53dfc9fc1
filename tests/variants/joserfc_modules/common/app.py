"""An app factory with a lifespan, and paths whose functions depend on objects."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, closing
from typing import Annotated, Any

from fastapi import APIRouter, Depends, FastAPI, Request, Response
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


def token_path(login: Login) -> Callable[..., Any]:
    async def token(
        request: Request,
        response: Response,
        user: Annotated[StoredUser, Depends(login)],
    ) -> dict[str, str | int]:
        tokens = request.state.tokens
        response.headers["Cache-Control"] = "no-store"
        answer = {"access_token": tokens.issue(user.username), "token_type": "bearer"}
        if tokens.lifetime is not None:
            answer["expires_in"] = tokens.lifetime
        return answer

    return token


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
    table: Callable[[dict[str, str]], Users] = Users,
    login_with: Login | None = None,
    login_dependencies: Sequence[Any] = (),
    user_dependencies: Sequence[Any] = (),
    responses: dict[int | str, Any] | None = None,
) -> FastAPI:
    """The app. The paths of users end in a slash where there are items among them.
    The dependencies come before those of the paths, at /token and at the paths of
    users. The responses are what these document besides."""

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[dict[str, Any]]:
        with closing(table(passwords.stored)) as known:
            yield {"users": known, "passwords": passwords, "tokens": tokens}

    app = FastAPI(title="Accounts", lifespan=lifespan)
    app.add_api_route("/", hello)
    app.add_api_route("/health", health)
    login = APIRouter(dependencies=login_dependencies, responses=responses)
    login.add_api_route("/token", token_path(login_with or Login()), methods=["POST"])
    users = APIRouter(dependencies=user_dependencies, responses=responses)
    if with_items:
        users.add_api_route("/users/me/", me, response_model=record)
        users.add_api_route("/users/me/items/", items)
    else:
        users.add_api_route("/users/me", me, response_model=record)
    app.include_router(login)
    app.include_router(users)
    return app
