"""What an answer of the attacked server says."""

from collections.abc import Iterator
from typing import Any

import httpx

# RFC 6749, section 5.1, says `access_token`; apps that are no OAuth2 server don't.
TOKEN_NAMES = ("access_token", "accessToken", "token", "jwt", "id_token")


def body_of(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object in an answer, an empty one when there is none."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def token_in(answer: httpx.Response) -> str | None:
    """The token in the answer to a right login, under the standard's name or one that
    apps give it, on top or inside another object."""
    for fields in _objects(answer):
        for name in TOKEN_NAMES:
            if isinstance(token := fields.get(name), str) and token:
                return token
    return None


def is_record_of(username: str, answer: httpx.Response) -> bool:
    """Whether an answer shows this user's record: one of its values is the username,
    on top or inside another object."""
    return any(username in fields.values() for fields in _objects(answer))


def _objects(answer: httpx.Response) -> Iterator[dict[str, Any]]:
    """The JSON objects in an answer that went well, from the top down."""
    objects = [body_of(answer)] if answer.is_success else []
    for fields in objects:
        yield fields
        objects += [value for value in fields.values() if isinstance(value, dict)]


def summary(answer: httpx.Response) -> str:
    """An answer in a few words: 401 Not authenticated, 200 with johndoe@example.com."""
    body = body_of(answer)
    words = body.get("detail") or body.get("email")
    if not isinstance(words, str):
        return str(answer.status_code)
    return f"{answer.status_code} {'with ' if answer.is_success else ''}{words}"
