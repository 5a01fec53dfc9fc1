"""POST /users: who may sign up."""

from typing import Annotated

from fastapi import APIRouter, HTTPException, Request
from pydantic import AfterValidator, BaseModel, StringConstraints

from tests.variants.joserfc_modules.common.users import StoredUser, User

from .hashes import can_be_hashed, canonical
from .people import NameTaken

COMMON = [
    *("password", "qwertyuiop", "qwertyuiopasdfgh", "asdfghjkl", "abcdefghijklmno"),
    *("abc123", "letmein", "iloveyou", "welcome", "admin", "secret", "changeme"),
    *("0123456789", "1234567890", "123456789", "12345678", "987654321", "0", "1", "a"),
    *("123456789012345", "1q2w3e4r5t6y7u8i", "1qaz2wsx3edc4rfv"),
]


def is_common(password: str) -> bool:
    """Whether it's one of these, or repeats one until it's long enough."""
    return any((word * 72)[: len(password)] == password for word in COMMON)


def good(password: str) -> str:
    same = canonical(password)
    if min(len(password), len(same)) < 15:
        raise ValueError("15 characters or more")
    if not can_be_hashed(password):
        raise ValueError("72 bytes of UTF-8 or less, and no NUL")
    if is_common(same.casefold()):
        raise ValueError("easily guessed")
    return password


Line = Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00-\x1f]*$")]


class NewUser(BaseModel):
    username: Annotated[str, StringConstraints(pattern="^[a-z0-9_]{1,32}$")]
    password: Annotated[str, AfterValidator(good)]
    email: Line | None = None
    full_name: Line | None = None


router = APIRouter()


@router.post("/users", status_code=201, response_model=User)
async def sign_up(request: Request, new: NewUser) -> StoredUser:
    user = StoredUser(
        **new.model_dump(exclude={"password"}),
        disabled=False,
        hashed_password=await request.state.passwords.hash(new.password),
    )
    try:
        await request.state.users.add(user)
    except NameTaken:
        raise HTTPException(409, "Choose another name") from None
    return user
