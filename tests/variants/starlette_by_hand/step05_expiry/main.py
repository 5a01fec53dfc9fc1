"""Step 5 without FastAPI and without a JWT library: a token must have an expiry."""

from tests.variants.starlette_by_hand.common import tokens
from tests.variants.starlette_by_hand.common.passwords import fits_in_threadpool
from tests.variants.starlette_by_hand.common.web import Site

KEY = b"09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"

app = Site(
    fits_in_threadpool,
    token_for=lambda username: tokens.issue(username, KEY, 30 * 60),
    owner_of=lambda token: tokens.living_subject_of(token, KEY),
).app()
