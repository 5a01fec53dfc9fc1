"""What a suite found: one `Result` a test, and for a failure the `Story` to tell."""

import re
from dataclasses import dataclass, field
from textwrap import indent
from typing import Literal

from workbook import tokens
from workbook.checking.exchange import compact, shorten

# Words that a test's name cannot spell.
SPELT = {
    word.lower(): word for word in ("GET", "HS256", "HTTP", "JSON", "JWT", "SQL", "URL")
}

Verdict = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True)
class Story:
    """A failed expectation. `asked` is a curl line, `wrong` the difference in words,
    `why` the reason it matters, `raised` the app's own traceback if it crashed."""

    asked: str
    came: str
    expected: str
    wrong: str
    why: str
    standards: list[str]
    raised: str = ""

    @property
    def token(self) -> str:
        """Header and payload of the token that was sent, where they can be read."""
        sent = re.search(r"Bearer ([\w.-]+)", self.asked)
        try:
            said = tokens.read(sent[1]) if sent else ()
        except (ValueError, RecursionError):
            return ""
        return shorten("  ".join(map(compact, said)))

    def __str__(self) -> str:
        parts = {
            "asked": self.asked,
            "token": self.token,
            "came": self.came,
            "expected": self.expected,
            "so": self.wrong,
            "why": self.why,
            "standard": "\n".join(self.standards),
            "raised": self.raised,
        }
        return "\n".join(
            _labelled(label, text) for label, text in parts.items() if text
        )


@dataclass(frozen=True)
class Result:
    """One test. `name` is its id without the file, `reason` why it was skipped, or
    what went wrong where there is no story to tell."""

    name: str
    verdict: Verdict
    story: Story | None = None
    reason: str = ""

    @property
    def sentence(self) -> str:
        """The name read aloud: `a wrong password is refused (secret2)`."""
        behaviour, _, case = self.name.partition("[")
        words = " ".join(
            SPELT.get(word, word) for word in behaviour.removeprefix("test_").split("_")
        )
        return f"{words} ({case.removesuffix(']')})" if case else words

    @property
    def behaviour(self) -> str:
        """The test function, without the case it was put to."""
        return self.name.partition("[")[0]


@dataclass(frozen=True)
class Outcome:
    """All results of one suite, in its own order. `problem` says why there are none or
    not all: the app could not be found, imported or started, or the check was stopped.
    `printed` is the end of what the app printed, where that was kept."""

    results: list[Result] = field(default_factory=list)
    problem: str = ""
    printed: str = ""

    @property
    def holds(self) -> bool:
        """Whether something was tested and nothing failed."""
        return bool(self.passed) and not self.failed and not self.problem

    @property
    def passed(self) -> list[Result]:
        return [result for result in self.results if result.verdict == "passed"]

    @property
    def failed(self) -> list[Result]:
        return [result for result in self.results if result.verdict == "failed"]

    @property
    def skipped(self) -> list[Result]:
        return [result for result in self.results if result.verdict == "skipped"]


def _labelled(label: str, text: str) -> str:
    return f"{label:<10}" + indent(text, " " * 10).removeprefix(" " * 10)
