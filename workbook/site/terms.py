"""Terms that open where they stand: a link to the glossary gets the term's meaning.

The theme shows the title of a link when you point at it or reach it by keyboard.
"""

import re
from xml.etree.ElementTree import Element

from markdown.treeprocessors import Treeprocessor

from workbook.site.problems import DOCS

TERM = re.compile(r"\{ #(?P<id>[\w-]+) \}\n:   (?P<meaning>.+?)(?=\n\n|\Z)", re.DOTALL)
LINK = re.compile(r"(?:^|/)glossary\.md#(?P<id>[\w-]+)$")


class Meanings(Treeprocessor):
    """Gives every link to a term of the glossary a title, unless it has one."""

    def run(self, root: Element) -> None:
        links = [
            (link, found["id"])
            for link in root.iter("a")
            if (found := LINK.search(link.get("href", ""))) and not link.get("title")
        ]
        if not links:
            return
        known = meanings()
        for link, term in links:
            if term in known:
                link.set("title", known[term])


def meanings() -> dict[str, str]:
    """The first sentence of each term's meaning, by the term's id, without Markdown."""
    text = (DOCS / "glossary.md").read_text("utf-8")
    return {term["id"]: _sentence(term["meaning"]) for term in TERM.finditer(text)}


def _sentence(meaning: str) -> str:
    flowing = " ".join(meaning.split())
    plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", flowing)
    plain = re.sub(r"[*`]", "", plain)
    return re.split(r"(?<=\.) (?=[A-Z])", plain, maxsplit=1)[0]
