"""In code, on every page: tokens in three colours, and options in one piece."""

import re

from markdown.postprocessors import Postprocessor

# A JWT begins with the encoding of `{"`. What's inside a tag is no text.
TOKEN = re.compile(
    r"(?<![\w-])(?P<header>eyJ[\w-]+)\.(?P<payload>[\w-]+)\.(?P<signature>[\w-]*)"
)
# Pygments puts blanks into a `<span>`, and leaves the option of a command as it is.
OPTION = re.compile(r"(?<=</span>)-\w(?=<span)")
CODE = re.compile(r"<code\b.*?</code>", re.DOTALL)


class MarkedCode(Postprocessor):
    """Puts a `<span>` around each part of a token that stands in code, and around an
    option such as `-H`, which a narrow screen would break behind its hyphen."""

    def run(self, text: str) -> str:
        return CODE.sub(lambda code: _marked(code[0]), text)


def _marked(code: str) -> str:
    whole = OPTION.sub(lambda option: f'<span class="option">{option[0]}</span>', code)
    return TOKEN.sub(_parts, whole)


def _parts(token: re.Match[str]) -> str:
    return ".".join(
        f'<span class="part{number}">{part}</span>' if part else ""
        for number, part in enumerate(token.groups(), 1)
    )
