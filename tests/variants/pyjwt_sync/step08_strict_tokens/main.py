"""Step 8 in plain `def` functions: PyJWT checks what a token must say."""

from functools import partial

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError

from tests.variants.pyjwt_sync.common import access_tokens, paths
from tests.variants.pyjwt_sync.common.passwords import authenticate_at_one_cost
from tests.variants.pyjwt_sync.common.settings import read_settings

settings = read_settings()
login = paths.login(
    authenticate_at_one_cost,
    issue=partial(access_tokens.issue, key=settings.key, lifetime=settings.lifetime),
)
active = paths.active_account(partial(access_tokens.account_of, key=settings.key))

app = FastAPI()
app.add_exception_handler(RequestValidationError, paths.say_what_is_wrong)
app.include_router(login, dependencies=[paths.turns()])
app.include_router(paths.user_and_items(active))
