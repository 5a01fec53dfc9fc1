"""Step 2 without FastAPI: the passwords are in a table of their own, and stay there."""

from tests.variants.starlette_by_hand.common.passwords import reads_backwards
from tests.variants.starlette_by_hand.common.web import Site

app = Site(
    reads_backwards,
    token_for=str,
    owner_of=str,
    bad_login=400,
    bad_token="Invalid authentication credentials",
    me="/users/me",
    items="",
).app()
