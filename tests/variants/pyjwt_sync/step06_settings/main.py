"""Step 6 in plain `def` functions: the settings are a dataclass, read at the start."""

from functools import partial

from fastapi import FastAPI

from tests.variants.pyjwt_sync.common import paths, tokens
from tests.variants.pyjwt_sync.common.passwords import authenticate
from tests.variants.pyjwt_sync.common.settings import read_settings

settings = read_settings()
issue = partial(tokens.issue, key=settings.key, lifetime=settings.lifetime)
account_of = partial(tokens.account_of, key=settings.key)

app = FastAPI()
app.include_router(paths.login(authenticate, issue))
app.include_router(paths.user_and_items(paths.active_account(account_of)))
