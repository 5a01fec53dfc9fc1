"""Step 10 without FastAPI, SQLAlchemy and a JWT library: SQLite by its own statements,
and two kinds of hashes (common/members.py)."""

from starlette.requests import Request

from tests.variants.starlette_by_hand.common import access_tokens, settings
from tests.variants.starlette_by_hand.common.members import (
    SIGN_UP,
    MemberSite,
    fits,
    in_pool,
    public,
)
from tests.variants.starlette_by_hand.common.passwords import pool
from tests.variants.starlette_by_hand.common.store import Store

key, lifetime = settings.read()
store = Store(settings.read_config()("DATABASE_URL", default="sqlite:///users.db"))


async def fits_in_pool(request: Request, username: str, password: str) -> bool:
    return bool(await in_pool(request, fits, store, username, password))


app = MemberSite(
    fits_in_pool,
    token_for=lambda username: access_tokens.issue(username, key, lifetime),
    owner_of=lambda token: access_tokens.owner_of(token, key),
    record=public,
    lifespan=pool,
    lifetime=lifetime,
    more_paths={"/users": {"post": SIGN_UP}},
    store=store,
).app()
