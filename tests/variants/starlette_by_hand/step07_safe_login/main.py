"""Step 7 without FastAPI and without a JWT library: a pool of threads does nothing but
bcrypt, and every date in a token is one that a calendar has."""

import time

from tests.variants.starlette_by_hand.common import settings, tokens
from tests.variants.starlette_by_hand.common.passwords import fits_in_pool, pool
from tests.variants.starlette_by_hand.common.web import Site

key, lifetime = settings.read()


def owner_of(token: str) -> str | None:
    try:
        _, claims = tokens.verified(token, key)
        begin = max(tokens.seconds(claims.get(name, 0)) for name in ("nbf", "iat"))
        end = tokens.seconds(claims["exp"])
    except (KeyError, ValueError):
        return None
    return tokens.subject_of(claims) if begin <= time.time() < end else None


app = Site(
    fits_in_pool,
    token_for=lambda username: tokens.issue(username, key, lifetime),
    owner_of=owner_of,
    lifespan=pool,
).app()
