"""Step 1, for you to write: a password becomes a bearer token.

Each function that you have to write answers 501 until you've written it. The check
tells you what is still missing. Begin with `login`.

Run it:  .venv/bin/uvicorn answers.step01_fake_hash.main:app --reload
"""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, status
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pydantic import BaseModel

fake_users_db = {
    "johndoe": {
        "username": "johndoe",
        "full_name": "John Doe",
        "email": "johndoe@example.com",
        "hashed_password": "fakehashedsecret",
        "disabled": False,
    },
    "alice": {
        "username": "alice",
        "full_name": "Alice Wonderson",
        "email": "alice@example.com",
        "hashed_password": "fakehashedsecret2",
        "disabled": True,
    },
}


class User(BaseModel):
    username: str
    email: str | None = None
    full_name: str | None = None
    disabled: bool | None = None


class UserInDB(User):
    hashed_password: str


oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")

app = FastAPI()


def not_written_yet(name: str) -> HTTPException:
    """What a function answers until you have written it."""
    return HTTPException(
        status_code=status.HTTP_501_NOT_IMPLEMENTED, detail=f"Not written yet: {name}"
    )


def fake_hash_password(password: str) -> str:
    """What `hashed_password` in the table is made from: look there for the pattern."""
    raise not_written_yet("fake_hash_password")


def get_user(db: dict, username: str) -> UserInDB | None:
    """The user of that name, or None."""
    raise not_written_yet("get_user")


def fake_decode_token(token: str) -> UserInDB | None:
    """The user that a token stands for, or None. In this step the token is the name."""
    raise not_written_yet("fake_decode_token")


async def get_current_user(token: Annotated[str, Depends(oauth2_scheme)]) -> User:
    """The user that the token stands for; 401 with a challenge for a bad token."""
    raise not_written_yet("get_current_user")


async def get_current_active_user(
    current_user: Annotated[User, Depends(get_current_user)],
) -> User:
    """The same user; 400 when the account is disabled."""
    raise not_written_yet("get_current_active_user")


@app.post("/token")
async def login(form_data: Annotated[OAuth2PasswordRequestForm, Depends()]):
    """A token for the right password, 400 otherwise."""
    raise not_written_yet("login")


@app.get("/users/me")
async def read_users_me(
    current_user: Annotated[User, Depends(get_current_active_user)],
):
    """The record of the current user."""
    raise not_written_yet("read_users_me")
