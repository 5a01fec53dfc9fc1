"""Step 1 without FastAPI: a password is stored backwards, and goes out with the
record."""

from typing import Any

from tests.variants.starlette_by_hand.common.passwords import BACKWARDS, reads_backwards
from tests.variants.starlette_by_hand.common.web import Site


def whole_record(user: dict[str, Any]) -> dict[str, Any]:
    return user | {"hashed_password": BACKWARDS[user["username"]]}


app = Site(
    reads_backwards,
    token_for=str,
    owner_of=str,
    record=whole_record,
    bad_login=400,
    bad_token="Invalid authentication credentials",
    me="/users/me",
    items="",
).app()
