"""An app that does nothing, and the parts of a step's /users/me put on one by one.

What a request costs before any of our code runs is the measure for what ours costs.
"""

from typing import Annotated

from fastapi import Depends, FastAPI
from fastapi.security import OAuth2PasswordBearer
from pydantic import BaseModel


class User(BaseModel):
    username: str
    email: str | None = None
    full_name: str | None = None
    disabled: bool | None = None


JOHN = User(
    username="johndoe",
    full_name="John Doe",
    email="johndoe@example.com",
    disabled=False,
)

app = FastAPI()
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")


async def get_current_user(token: Annotated[str, Depends(oauth2_scheme)]) -> User:
    return JOHN


async def get_current_active_user(
    current_user: Annotated[User, Depends(get_current_user)],
) -> User:
    return current_user


@app.get("/empty")
async def empty() -> dict[str, str]:
    return {}


@app.get("/scheme")
async def scheme(token: Annotated[str, Depends(oauth2_scheme)]) -> dict[str, str]:
    return {}


@app.get("/chain")
async def chain(
    current_user: Annotated[User, Depends(get_current_active_user)],
) -> dict[str, str]:
    return {}


@app.get("/record", response_model=User)
async def record(
    current_user: Annotated[User, Depends(get_current_active_user)],
) -> User:
    return current_user
