"""Step 7 as today's tutorial would write it: PyJWT, and pwdlib with Argon2. What pwdlib
hashes is bytes of any length, so nothing about a password is checked before."""

import os
from datetime import UTC, datetime
from typing import Annotated

import jwt
from anyio import CapacityLimiter, to_thread
from fastapi import Depends, FastAPI, HTTPException
from fastapi.exceptions import RequestValidationError
from fastapi.security import OAuth2PasswordBearer, OAuth2PasswordRequestForm
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher
from pydantic import BaseModel

from tests.variants.pyjwt_sync.common.paths import say_what_is_wrong
from tests.variants.pyjwt_sync.common.settings import read_settings
from tests.variants.pyjwt_sync.common.tokens import has_dates

# The least that OWASP recommends: pwdlib's own choice costs eight times as much.
HASHER = Argon2Hasher(time_cost=2, memory_cost=19456, parallelism=1)
CHALLENGE = {"WWW-Authenticate": "Bearer"}


class User(BaseModel):
    username: str
    email: str
    full_name: str
    disabled: bool = False


class UserInDB(User):
    hashed_password: str


JOHNDOE = UserInDB(
    username="johndoe",
    email="johndoe@example.com",
    full_name="John Doe",
    hashed_password="$argon2id$v=19$m=19456,t=2,p=1$YllC3cJhQqRNxVtXAUPmAQ"
    "$KmHV2krbNHalPnQmW/II4KTziKZnCMb5gsIRuAbwJYU",
)
ALICE = UserInDB(
    username="alice",
    email="alice@example.com",
    full_name="Alice Wonderson",
    disabled=True,
    hashed_password="$argon2id$v=19$m=19456,t=2,p=1$c9a4vUoFDCKiPTMD7DpHKQ"
    "$E5DULmvIPKI6klVCNWlRch8P2XUjgv/jH3HusphJsPs",
)
USERS = {user.username: user for user in (JOHNDOE, ALICE)}
# Of a password that was thrown away: an unknown user costs what the others cost.
DUMMY_HASH = (
    "$argon2id$v=19$m=19456,t=2,p=1$lNG42MFG6KOeKDin+WKCHQ"
    "$YwXNFUpSjVwj4OVeJpoGxoG/bqwGYiyrB6hk97uaFFk"
)

settings = read_settings()
password_hash = PasswordHash((HASHER,))
cores = CapacityLimiter(os.cpu_count() or 1)
oauth2_scheme = OAuth2PasswordBearer(tokenUrl="token")

app = FastAPI()
app.add_exception_handler(RequestValidationError, say_what_is_wrong)


@app.post("/token")
async def login(
    form: Annotated[OAuth2PasswordRequestForm, Depends()],
) -> dict[str, str]:
    user = USERS.get(form.username)
    given = form.password.encode(errors="surrogatepass")
    stored = user.hashed_password if user else DUMMY_HASH
    fits = await to_thread.run_sync(password_hash.verify, given, stored, limiter=cores)
    if user is None or not fits:
        raise HTTPException(401, "Incorrect username or password", CHALLENGE)
    claims = {"sub": user.username, "exp": datetime.now(UTC) + settings.lifetime}
    return {
        "access_token": jwt.encode(claims, settings.key, algorithm="HS256"),
        "token_type": "bearer",
    }


async def get_current_user(token: Annotated[str, Depends(oauth2_scheme)]) -> UserInDB:
    bad_token = HTTPException(401, "Could not validate credentials", CHALLENGE)
    try:
        claims = jwt.decode(token, settings.key, algorithms=["HS256"])
    # PyJWT lets a payload of brackets without end out as it is.
    except (jwt.InvalidTokenError, RecursionError):
        raise bad_token from None
    user = USERS.get(claims.get("sub"))
    if user is None or not has_dates(claims):
        raise bad_token
    return user


async def get_active_user(
    user: Annotated[UserInDB, Depends(get_current_user)],
) -> UserInDB:
    if user.disabled:
        raise HTTPException(400, "Inactive user")
    return user


ActiveUser = Annotated[UserInDB, Depends(get_active_user)]


@app.get("/users/me/", response_model=User)
async def read_users_me(user: ActiveUser) -> UserInDB:
    return user


@app.get("/users/me/items/")
async def read_own_items(user: ActiveUser) -> list[dict[str, str]]:
    return [{"item_id": "Foo", "owner": user.username}]
