"""Step 3 without FastAPI: passlib's bcrypt in a thread."""

from tests.variants.starlette_by_hand.common.passwords import fits_in_threadpool
from tests.variants.starlette_by_hand.common.web import Site

app = Site(
    fits_in_threadpool,
    token_for=str,
    owner_of=str,
    bad_token="Invalid authentication credentials",
    me="/users/me",
    items="",
).app()
