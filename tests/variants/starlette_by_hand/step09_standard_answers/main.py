"""Step 9 without FastAPI and without a JWT library: a site that refuses in another way
than those of the earlier steps (common/oauth.py)."""

from tests.variants.starlette_by_hand.common import access_tokens, settings
from tests.variants.starlette_by_hand.common.oauth import OAuthSite
from tests.variants.starlette_by_hand.common.passwords import fits_in_pool, pool

key, lifetime = settings.read()

app = OAuthSite(
    fits_in_pool,
    token_for=lambda username: access_tokens.issue(username, key, lifetime),
    owner_of=lambda token: access_tokens.owner_of(token, key),
    lifespan=pool,
    lifetime=lifetime,
).app()
