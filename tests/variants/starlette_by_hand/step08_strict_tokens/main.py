"""Step 8 without FastAPI and without a JWT library: a token is compared with a table of
what it must say."""

from tests.variants.starlette_by_hand.common import access_tokens, settings
from tests.variants.starlette_by_hand.common.passwords import fits_in_pool, pool
from tests.variants.starlette_by_hand.common.web import Site

key, lifetime = settings.read()

app = Site(
    fits_in_pool,
    token_for=lambda username: access_tokens.issue(username, key, lifetime),
    owner_of=lambda token: access_tokens.owner_of(token, key),
    lifespan=pool,
).app()
