"""What a notebook prints: an exchange, a table, and a guess beside the answer."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

import httpx

from workbook.notebook.hiding import hide_the_rest

# The others say nothing about who may do what.
REQUEST_HEADERS = ("content-type", "authorization")
ANSWER_HEADERS = ("content-type", "www-authenticate", "location")

# A JWT, which begins with the encoding of `{"`. Its parts are as on the pages: red,
# magenta and cyan, as a terminal numbers them.
TOKEN = re.compile(r"\b(eyJ[\w-]+)\.([\w-]+)\.([\w-]*)")
COLOURS = (31, 35, 36)


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
    print(_marked(">", asked), end="\n\n")
    print(_marked("<", came))


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
    """Prints a guess beside what the cell found.

    While the guess is still `...`, the cell shows nothing that answers the question: so
    running all cells doesn't give it away.
    """
    if guess is ...:
        print(
            "○ No guess yet. Write yours in place of the ... in this cell, and run the "
            "cell again to see the answer."
        )
        hide_the_rest()
    elif guess == actual or str(guess) == str(actual):
        print(f"✓ You guessed {guess}, and that's right.\n")
    else:
        print(f"✗ You guessed {guess}. It's {actual}.\n")


def _marked(mark: str, lines: list[str]) -> str:
    """The lines of one side, with the parts of their tokens in colours."""
    text = "\n".join(f"{mark} {line}".rstrip() for line in lines)
    return TOKEN.sub(_coloured, text)


def _coloured(token: re.Match[str]) -> str:
    return ".".join(
        f"\x1b[{colour}m{part}\x1b[0m" if part else ""
        for colour, part in zip(COLOURS, token.groups(), strict=True)
    )


def _headers(headers: httpx.Headers, names: Sequence[str]) -> list[str]:
    return [f"{name}: {headers[name]}" for name in names if name in headers]


def _gist(body: Any) -> str | None:
    match body:
        case {"detail": str(detail)}:
            return detail
        case {"error": str(code)}:
            return code
        case {"access_token": _}:
            return "a token"
        case {"username": str(username)}:
            return f"{username}'s record"
    return None
