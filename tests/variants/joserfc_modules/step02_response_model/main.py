"""Step 2 in modules: an app factory with a lifespan, dependencies that are objects,
users in SQLite."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from typing import Annotated

from fastapi import Depends, FastAPI

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


async def token(user: Annotated[StoredUser, Depends(Login())]) -> dict[str, str]:
    return {"access_token": user.username, "token_type": "bearer"}


async def me(user: Annotated[StoredUser, Depends(ActiveUser())]) -> StoredUser:
    return user


def create_app() -> FastAPI:
    app = FastAPI(title="Accounts", lifespan=lifespan)
    app.add_api_route("/", hello)
    app.add_api_route("/health", health)
    app.add_api_route("/token", token, methods=["POST"])
    app.add_api_route("/users/me", me, response_model=User)
    return app


app = create_app()
