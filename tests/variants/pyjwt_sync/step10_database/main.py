"""Step 10 in plain `def` functions: each begins and ends its transactions itself
(common/table.py), and hashes with bcrypt and hashlib (common/hashing.py)."""

from functools import partial

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError

from tests.variants.pyjwt_sync.common import access_tokens, paths
from tests.variants.pyjwt_sync.common.bearer import INVALID_TOKEN, OneToken
from tests.variants.pyjwt_sync.common.login import Credentials, login
from tests.variants.pyjwt_sync.common.registration import (
    active,
    authenticate,
    registrations,
)
from tests.variants.pyjwt_sync.common.settings import read_settings, read_variables
from tests.variants.pyjwt_sync.common.table import Accounts

settings = read_settings()
accounts = Accounts(read_variables().get("DATABASE_URL", "sqlite:///users.db") or "")

token_path = login(
    partial(authenticate, accounts),
    issue=partial(access_tokens.issue, key=settings.key, lifetime=settings.lifetime),
    lifetime=settings.lifetime,
)
token_owner = paths.active_account(
    lambda token: active(
        access_tokens.account_of(token, settings.key, find=accounts.find)
    ),
    scheme=OneToken(tokenUrl="/token"),
    challenge=INVALID_TOKEN,
)

app = FastAPI()
app.include_router(token_path, dependencies=[paths.turns(Credentials)])
app.include_router(
    paths.user_and_items(token_owner),
    responses={
        400: {"description": "More than one token, or what can't be one"},
        401: {"description": "A token is missing, or invalid"},
    },
)
app.include_router(registrations(accounts))
app.add_exception_handler(RequestValidationError, paths.say_what_is_wrong)


@app.exception_handler(SQLAlchemyError)
def say_that_it_is_down(_: Request, error: SQLAlchemyError) -> JSONResponse:
    return JSONResponse({"detail": "Down for a moment"}, 503)
