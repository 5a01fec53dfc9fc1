"""Step 4 without FastAPI and without a JWT library."""

from tests.variants.starlette_by_hand.common import tokens
from tests.variants.starlette_by_hand.common.passwords import fits_in_threadpool
from tests.variants.starlette_by_hand.common.web import Site

KEY = b"09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"


def owner_of(token: str) -> str | None:
    try:
        _, claims = tokens.verified(token, KEY)
    except ValueError:
        return None
    return tokens.subject_of(claims)


app = Site(
    fits_in_threadpool,
    token_for=lambda username: tokens.sign({"sub": username}, KEY),
    owner_of=owner_of,
    me="/users/me",
    items="",
).app()
