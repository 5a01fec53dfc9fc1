"""What a suite found: one `Result` a test, with the `Failure` where it failed."""

import re
from dataclasses import dataclass, field
from textwrap import TextWrapper, indent
from typing import Any, Literal

from workbook import tokens
from workbook.checking.exchange import (
    NO_EVIDENCE,
    Evidence,
    compact,
    shorten,
    shorten_command,
)

# Words that a test's name cannot spell.
SPELT = {
    word.lower(): word for word in ("GET", "HS256", "HTTP", "JSON", "JWT", "SQL", "URL")
}

# Of a terminal that nobody has made wider, in columns, and of a label with its blanks.
WIDTH = 80
LABEL = 12

# Before a line that the app printed, where a failure is about that.
PRINTS = "it prints: "

Verdict = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True)
class Failure:
    """A failed expectation. `request` is a curl line, below the line that starts the
    app where the suite started it once more for this, or that line alone. `difference`
    says in words where `actual` and `expected` differ, `why` is the reason it matters,
    `raised` the app's own traceback if it crashed, `evidence` what else the answer
    tells a diagnosis."""

    request: str
    actual: str
    expected: str
    difference: str
    why: str
    standards: list[str]
    raised: str = ""
    evidence: Evidence = NO_EVIDENCE

    @property
    def commands(self) -> list[str]:
        """The lines of the request, in order: one that starts the app, if it was
        started once more for this, and one that asks it."""
        start, curl, words = self.request.rpartition("\ncurl ")
        return [start, f"{curl[1:]}{words}"] if curl else [self.request]

    @property
    def token(self) -> str:
        """Header and payload of the token that was sent, where they can be read."""
        sent = re.search(r"Bearer ([\w.-]+)", self.request)
        try:
            said = tokens.read(sent[1]) if sent else ()
        except (ValueError, RecursionError):
            return ""
        return shorten("  ".join(map(compact, said)))

    def __str__(self) -> str:
        parts = {
            "request": "\n".join(map(shorten_command, self.commands)),
            "token": self.token,
            "got": self.actual,
            "expected": self.expected,
            "difference": self.difference,
            "why": " ".join(self.why.split()),
            "standard": "\n".join(self.standards),
            "raised": self.raised,
        }
        # A request is pasted as it stands.
        as_they_are = ("request", "raised")
        return "\n".join(
            _labelled(label, text if label in as_they_are else _wrapped(text))
            for label, text in parts.items()
            if text
        )


@dataclass(frozen=True)
class Result:
    """One test. `name` is its id without the file, `reason` why it was skipped, or
    what went wrong where no expectation failed."""

    name: str
    verdict: Verdict
    failure: Failure | None = None
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
    not all: the app could not be found, imported or started. `not_judged` says so where
    that is not the app's doing: the machine was too busy, or the check was stopped.
    `stored` says what in the app's own table gives a password away, where that was
    looked for, and `wrong_hashes` says for whom, and where, it has a
    hash of another password. `hashes_anew` says that each login hashes the password
    once more, with a new salt: the suite ended early then, and `unrun` tests are left.
    `printed` is the end of what the app printed, where that was kept."""

    results: list[Result] = field(default_factory=list)
    problem: str = ""
    not_judged: str = ""
    printed: str = ""
    stored: list[str] = field(default_factory=list)
    wrong_hashes: dict[str, str] = field(default_factory=dict)
    hashes_anew: bool = False
    unrun: int = 0

    @property
    def all_passed(self) -> bool:
        """Whether something was tested and nothing failed."""
        return bool(self.passed) and not (
            self.failed or self.problem or self.not_judged or self.stored
        )

    @property
    def total(self) -> int:
        """How many tests there are, without those that were skipped."""
        return len(self.passed) + len(self.failed) + self.unrun

    @property
    def passed(self) -> list[Result]:
        return [result for result in self.results if result.verdict == "passed"]

    @property
    def failed(self) -> list[Result]:
        return [result for result in self.results if result.verdict == "failed"]

    @property
    def skipped(self) -> list[Result]:
        return [result for result in self.results if result.verdict == "skipped"]


def merged(results: list[tuple[int, Result]], parts: list[Outcome]) -> Outcome:
    """The outcome of a suite whose tests were shared by several processes. Each result
    comes with its place in the suite, and each part without its results."""
    return Outcome(
        [result for _, result in sorted(results, key=lambda one: one[0])],
        next((part.problem for part in parts if part.problem), ""),
        next((part.not_judged for part in parts if part.not_judged), ""),
        # An app prints much the same in each.
        max((part.printed for part in parts), key=len, default=""),
        next((part.stored for part in parts if part.stored), []),
        next((part.wrong_hashes for part in parts if part.wrong_hashes), {}),
        any(part.hashes_anew for part in parts),
        sum(part.unrun for part in parts),
    )


def result_of(said: dict[str, Any]) -> Result:
    """A result that was sent as `dataclasses.asdict` makes it."""
    failure = said["failure"]
    if failure:
        evidence = Evidence(**failure["evidence"])
        failure = Failure(**failure | {"evidence": evidence})
    return Result(**said | {"failure": failure or None})


def outcome_of(said: dict[str, Any]) -> Outcome:
    """An outcome that was sent as `dataclasses.asdict` makes it."""
    return Outcome(**said | {"results": [result_of(one) for one in said["results"]]})


def _wrapped(text: str) -> str:
    """pytest breaks no lines, and a terminal breaks them inside of words."""
    wrap = TextWrapper(
        WIDTH - LABEL, break_long_words=False, break_on_hyphens=False
    ).fill
    return "\n".join(map(wrap, text.splitlines()))


def _labelled(label: str, text: str) -> str:
    margin = " " * LABEL
    return f"{label:<{LABEL}}" + indent(text, margin).removeprefix(margin)
