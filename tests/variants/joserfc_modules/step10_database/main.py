"""Step 10 in modules: the users are in a database, by SQLModel (people.py), and their
hashes are of two kinds (hashes.py)."""

from functools import partial

from fastapi import Depends, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from sqlalchemy.exc import SQLAlchemyError
from starlette.exceptions import HTTPException

from tests.variants.joserfc_modules.common.access_tokens import AccessTokens
from tests.variants.joserfc_modules.common.answers import refuse_form, translate
from tests.variants.joserfc_modules.common.app import create_app, malformed
from tests.variants.joserfc_modules.common.checks import (
    each_field_once,
    grant_and_no_scope,
    one_token,
)
from tests.variants.joserfc_modules.common.config import read
from tests.variants.joserfc_modules.common.login import Login
from tests.variants.joserfc_modules.common.users import StoredUser

from .hashes import TwoKinds
from .people import DatabaseConfig, People
from .signup import router

config = read(DatabaseConfig)


class RenewingLogin(Login):
    async def succeed(self, request: Request, user: StoredUser, password: str) -> None:
        renewed = await request.state.passwords.renew(password, user.hashed_password)
        if renewed is not None:
            await request.state.users.replace_hash(user, renewed)


async def refuse(request: Request, error: HTTPException) -> Response:
    if request.url.path == "/users":
        return await http_exception_handler(request, error)
    return await translate(request, error)


async def refuse_fields(request: Request, error: RequestValidationError) -> Response:
    answer = malformed if request.url.path == "/users" else refuse_form
    return await answer(request, error)


async def unavailable(_: Request, error: SQLAlchemyError) -> Response:
    return JSONResponse({"detail": "Try again later"}, 503)


app = create_app(
    TwoKinds(),
    AccessTokens(config.key, config.lifetime),
    table=partial(People, config.database),
    login_with=RenewingLogin(),
    login_dependencies=[Depends(each_field_once), Depends(grant_and_no_scope)],
    user_dependencies=[Depends(one_token)],
    responses={"4XX": {"description": "A refusal"}},
)
app.include_router(router)
app.add_exception_handler(HTTPException, refuse)
app.add_exception_handler(RequestValidationError, refuse_fields)
app.add_exception_handler(SQLAlchemyError, unavailable)
