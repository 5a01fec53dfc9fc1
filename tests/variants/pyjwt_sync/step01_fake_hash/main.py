"""Step 1 in plain `def` functions: a return annotation says that the hash is sent."""

from dataclasses import asdict, dataclass
from typing import Annotated

from fastapi import FastAPI

from tests.variants.pyjwt_sync.common import paths
from tests.variants.pyjwt_sync.common.accounts import Account, Profile, find_fake
from tests.variants.pyjwt_sync.common.passwords import pretend_to_authenticate


@dataclass(frozen=True)
class Record(Profile):
    hashed_password: str


active = paths.active_account(find_fake, bad_token="Invalid authentication credentials")

app = FastAPI()
app.include_router(
    paths.login(pretend_to_authenticate, paths.name_of, bad_login=400),
)


@app.get("/users/me")
def who_am_i(account: Annotated[Account, active]) -> Record:
    hashed_password = account.hashed_password.decode()
    return Record(**asdict(account.profile), hashed_password=hashed_password)
