"""How plainly our pages are written, in figures: `make prose`, or for some files only

    python -m tests.prose docs/index.md README.md

Figures are per 1,000 words of prose: without code, without what a page lists under
`## Sources`. They are signs and not the goal. Pages that people like to read, such as
those of FastAPI, Crafting Interpreters and Learn Go with Tests, have 4 to 19
contractions, 9 to 37 times "you", and hardly any of what has a limit here. Below the
figures come the sentences to look at first.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"

SIGNS = {
    "contractions": r"\b\w+(?:n['\u2019]t|['\u2019](?:re|ve|ll|d|m))\b"
    r"|\b(?:it|that|there|here|what|let|he|she|who|where)['\u2019]s\b",
    "you": r"\byour?s?\b",
    "we": r"\b(?:we|our|ours|us)\b",
    "nobody": r"\b(?:whoever|whatever|whichever|nobody|somebody|anybody)\b",
    "semicolons": r";",
    "RFCs": r"\bRFC ?\d+|§\d",
}
# By sign, how many are too many. A page about standards may cite them.
LIMITS = {"nobody": 0.5, "semicolons": 1.0, "RFCs": 2.0}
MAY_CITE = {"standards.md"}
# A sentence of more words is worth a look.
LONG = 32


@dataclass(frozen=True)
class Plainness:
    """A page's words, the words of an average sentence, and its signs per 1,000."""

    words: int
    sentence: float
    signs: dict[str, float]

    def over(self, page: Path) -> dict[str, float]:
        """The signs that are over their limits."""
        return {
            sign: self.signs[sign]
            for sign, limit in LIMITS.items()
            if self.signs[sign] > limit
            and not (sign == "RFCs" and page.name in MAY_CITE)
        }


def prose(markdown: str) -> str:
    """The sentences of a page, without its code, its sources and its marks."""
    text = re.sub(r"\A---\n.*?\n---\n", "", markdown, flags=re.DOTALL)
    text = re.sub(r"^## Sources\n.*?(?=^## |\Z)", "", text, flags=re.DOTALL | re.M)
    text = re.sub(r"^( *)(`{3,}).*?^\1\2 *$", "", text, flags=re.DOTALL | re.M)
    text = re.sub(r"`[^`\n]*`", "CODE", text)
    text = re.sub(r"\]\([^)]*\)(?:\{[^}\n]*\})?|\[\^[\w-]+\]", "", text)
    # What stands alone isn't part of the sentence before it: a heading, a cell.
    text = re.sub(r"^ *(?:#+|[-*]|\d+\.|:|>) ", "\n\n", text, flags=re.M)
    text = re.sub(r"\|", "\n\n", text)
    text = re.sub(r"\{\{[^}]*\}\}", "six", text)
    return re.sub(
        r"<[^>]+>|\{ [^}\n]*\}|[\[\]*_¶]|^(?:!!!|\?\?\?)\+? \w+", "", text, flags=re.M
    )


def sentences(text: str) -> Iterator[str]:
    """The sentences of some prose that have more than two words."""
    for paragraph in re.split(r"\n\s*\n", text):
        for sentence in re.split(r"(?<=[.!?:])\s+(?=[A-Z“\"])", paragraph.strip()):
            if len(sentence.split()) > 2:
                yield " ".join(sentence.split())


def measure(markdown: str) -> Plainness:
    """The figures of a page."""
    text = prose(markdown)
    words = len(re.findall(r"[A-Za-z][\w'\u2019]*", text)) or 1
    whole = list(sentences(text))
    return Plainness(
        words,
        sum(len(sentence.split()) for sentence in whole) / max(len(whole), 1),
        {
            name: 1000 * len(re.findall(sign, text, re.IGNORECASE)) / words
            for name, sign in SIGNS.items()
        },
    )


def worst(markdown: str) -> list[tuple[int, str]]:
    """The sentences with most against them, each with how much."""
    found = []
    for sentence in sentences(prose(markdown)):
        score = sum(len(re.findall(SIGNS[sign], sentence, re.I)) for sign in LIMITS)
        score += len(sentence.split()) > LONG
        if score:
            found.append((score, sentence))
    return sorted(found, reverse=True)


def main(files: Iterable[str]) -> None:
    pages = [Path(file) for file in files] or [
        ROOT / "README.md",
        ROOT / "CONTRIBUTING.md",
        *sorted(DOCS.rglob("*.md")),
    ]
    print(f"{'':30}{'words':>7}{'a sentence':>12}" + "".join(f"{s:>14}" for s in SIGNS))
    rest = []
    for page in pages:
        text = page.read_text("utf-8")
        found = measure(text)
        over = found.over(page)
        figures = "".join(
            f"{figure:13.1f}{'!' if sign in over else ' '}"
            for sign, figure in found.signs.items()
        )
        print(f"{page.name:30}{found.words:7}{found.sentence:12.1f}{figures}")
        rest += [(score, page.name, sentence) for score, sentence in worst(text)]
    print("\nTo look at first:")
    for _, name, sentence in sorted(rest, reverse=True)[:15]:
        print(f"  {name}: {sentence[:180]}")


if __name__ == "__main__":
    main(sys.argv[1:])
