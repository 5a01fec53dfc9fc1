"""How long a step's page takes: its words and its exercises, counted.

An exercise is a box of commands to run, or a question to answer. What a reader may skip
isn't counted: folded boxes, appendices and sources. `docs/before.md` says all this to
readers.
"""

import re
from dataclasses import dataclass

from workbook.ladder import Step

WORDS_A_MINUTE = 200
MINUTES_AN_EXERCISE = 1

SKIPPED = re.compile(r"^## (?:Appendix\b|Sources$).*", re.MULTILINE | re.DOTALL)
FENCE = re.compile(r"^( *)(`{3,})(?P<name>\w*).*?^\1\2 *$", re.MULTILINE | re.DOTALL)
QUESTION = re.compile(r"^\?\?\? question\b", re.MULTILINE)
FOLDED = re.compile(r"^\?\?\?.*\n(?:\n| {4}.*\n?)*", re.MULTILINE)
TARGET = re.compile(r"\]\([^)]*\)|\{[^}\n]*\}")
WORD = re.compile(r"[^\W\d_][\w']*")


@dataclass(frozen=True)
class Length:
    """A page's words and exercises."""

    words: int
    exercises: int

    @property
    def minutes(self) -> int:
        """About how many it takes, in fives."""
        exact = self.words / WORDS_A_MINUTE + self.exercises * MINUTES_AN_EXERCISE
        return max(5, 5 * round(exact / 5))


def length(step: Step) -> Length:
    """How long the step's page is."""
    return count(step.page.read_text("utf-8"))


def count(markdown: str) -> Length:
    """How long a page is that says this."""
    page = SKIPPED.sub("", markdown)
    questions = len(QUESTION.findall(page))
    page = FOLDED.sub("", page)
    boxes = [fence for fence in FENCE.finditer(page) if fence["name"] == "bash"]
    text = TARGET.sub("", FENCE.sub("", page))
    return Length(len(WORD.findall(text)), questions + len(boxes))
