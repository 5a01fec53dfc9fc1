"""What a notebook prints: an exchange, a table, and a guess beside what came."""

from collections.abc import Iterable, Sequence
from typing import Any

import httpx

# The others say nothing about who may do what.
REQUEST_HEADERS = ("content-type", "authorization")
ANSWER_HEADERS = ("content-type", "www-authenticate", "location")


def show(answer: httpx.Response) -> None:
    """Prints an exchange: what was asked behind `>`, what came behind `<`."""
    request = answer.request
    asked = [f"{request.method} {request.url.raw_path.decode()}"]
    asked += _headers(request.headers, REQUEST_HEADERS)
    if request.content:
        asked += ["", request.content.decode(errors="replace")]
    came = [f"{answer.status_code} {answer.reason_phrase}"]
    came += _headers(answer.headers, ANSWER_HEADERS)
    came += ["", answer.text]
    print("\n".join(f"> {line}".rstrip() for line in asked), end="\n\n")
    print("\n".join(f"< {line}".rstrip() for line in came))


def brief(answer: httpx.Response) -> str:
    """An answer in a few words: `401 Not authenticated`, `200 johndoe's record`."""
    try:
        body = answer.json()
    except ValueError:
        body = None
    return f"{answer.status_code} {_gist(body) or answer.reason_phrase}"


def table(heads: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Prints rows under their heads, each column as wide as its widest cell."""
    lines = [list(heads), *([str(cell) for cell in row] for row in rows)]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    lines.insert(1, ["─" * width for width in widths])
    for line in lines:
        padded = (cell.ljust(width) for cell, width in zip(line, widths, strict=True))
        print("  ".join(padded).rstrip())


def predicted(guess: object, actual: object) -> None:
    """Prints a guess beside what came; `...` is no guess."""
    if guess is ...:
        print(f"You made no guess. It is {actual}.\n")
    elif guess == actual or str(guess) == str(actual):
        print(f"You said {guess}, and {actual} it is.\n")
    else:
        print(f"You said {guess}. It is {actual}.\n")


def _headers(headers: httpx.Headers, names: Sequence[str]) -> list[str]:
    return [f"{name}: {headers[name]}" for name in names if name in headers]


def _gist(body: Any) -> str | None:
    match body:
        case {"detail": str(detail)}:
            return detail
        case {"access_token": _}:
            return "a token"
        case {"username": str(username)}:
            return f"{username}'s record"
    return None
