"""Tokens in code, each of their three parts in a colour of its own, on every page."""

import re

from markdown.postprocessors import Postprocessor

# A JWT begins with the encoding of `{"`. What's inside a tag is no text.
TOKEN = re.compile(
    r"(?<![\w-])(?P<header>eyJ[\w-]+)\.(?P<payload>[\w-]+)\.(?P<signature>[\w-]*)"
)
CODE = re.compile(r"<code\b.*?</code>", re.DOTALL)


class ColouredTokens(Postprocessor):
    """Puts a `<span>` around each part of a token that stands in code."""

    def run(self, text: str) -> str:
        return CODE.sub(lambda code: TOKEN.sub(_parts, code[0]), text)


def _parts(token: re.Match[str]) -> str:
    return ".".join(
        f'<span class="part{number}">{part}</span>' if part else ""
        for number, part in enumerate(token.groups(), 1)
    )
