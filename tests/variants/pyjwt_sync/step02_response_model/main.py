"""Step 2 in plain `def` functions: what is sent is a dataclass without the hash."""

from fastapi import FastAPI

from tests.variants.pyjwt_sync.common import paths
from tests.variants.pyjwt_sync.common.accounts import find_fake
from tests.variants.pyjwt_sync.common.passwords import pretend_to_authenticate

active = paths.active_account(find_fake, bad_token="Invalid authentication credentials")

app = FastAPI()
app.include_router(
    paths.login(pretend_to_authenticate, paths.name_of, bad_login=400),
)
app.include_router(paths.user(active))
