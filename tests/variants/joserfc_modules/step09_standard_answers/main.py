"""Step 9 in modules: what the others raise is translated into the words of OAuth, for
clients that log in and for clients that have a token (common/answers.py)."""

from fastapi import Depends
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from tests.variants.joserfc_modules.common.access_tokens import AccessTokens
from tests.variants.joserfc_modules.common.answers import refuse_form, translate
from tests.variants.joserfc_modules.common.app import create_app
from tests.variants.joserfc_modules.common.checks import (
    each_field_once,
    grant_and_no_scope,
    one_token,
)
from tests.variants.joserfc_modules.common.config import read_config
from tests.variants.joserfc_modules.common.passwords import BcryptOnEachCore
from tests.variants.joserfc_modules.common.users import StoredUser, Users

config = read_config()


class ActiveUsers(Users):
    """Those whose accounts are disabled are not found."""

    async def find(self, username: str) -> StoredUser | None:
        user = await super().find(username)
        return None if user is None or user.disabled else user


app = create_app(
    BcryptOnEachCore(),
    AccessTokens(config.key, config.lifetime),
    table=ActiveUsers,
    login_dependencies=[Depends(each_field_once), Depends(grant_and_no_scope)],
    user_dependencies=[Depends(one_token)],
    responses={"4XX": {"description": "A refusal"}},
)
app.add_exception_handler(HTTPException, translate)
app.add_exception_handler(RequestValidationError, refuse_form)
