"""Step 1, for you to write: a password becomes a bearer token.

Each place that is yours answers 501 until you have written it. The suite tells you what
is still missing; begin with `login`.

Run it:  uvicorn answers.step01_fake_hash.main:app --reload
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

not_written_yet = HTTPException(
    status_code=status.HTTP_501_NOT_IMPLEMENTED, detail="This is yours to write"
)


def fake_hash_password(password: str) -> str:
    """What `hashed_password` in the table is made from: look there for the pattern."""
    raise not_written_yet


def get_user(db: dict, username: str) -> UserInDB | None:
    """The user of that name, or None."""
    raise not_written_yet


def fake_decode_token(token: str) -> UserInDB | None:
    """The user that a token stands for, or None. In this step the token is the name."""
    raise not_written_yet


async def get_current_user(token: Annotated[str, Depends(oauth2_scheme)]) -> User:
    """The user whose token it is; 401 with a challenge when it is nobody's."""
    raise not_written_yet


async def get_current_active_user(
    current_user: Annotated[User, Depends(get_current_user)],
) -> User:
    """The same user; 400 when the account is disabled."""
    raise not_written_yet


@app.post("/token")
async def login(form_data: Annotated[OAuth2PasswordRequestForm, Depends()]):
    """A token for the right password; 400 for all else."""
    raise not_written_yet


@app.get("/users/me")
async def read_users_me(
    current_user: Annotated[User, Depends(get_current_active_user)],
):
    """The record of whoever asks."""
    raise not_written_yet
