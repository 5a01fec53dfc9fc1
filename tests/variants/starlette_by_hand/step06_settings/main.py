"""Step 6 without FastAPI and without a JWT library: Starlette's Config has the key."""

from tests.variants.starlette_by_hand.common import settings, tokens
from tests.variants.starlette_by_hand.common.passwords import fits_in_threadpool
from tests.variants.starlette_by_hand.common.web import Site

key, lifetime = settings.read()

app = Site(
    fits_in_threadpool,
    token_for=lambda username: tokens.issue(username, key, lifetime),
    owner_of=lambda token: tokens.living_subject_of(token, key),
).app()
