"""What is wrong with a page, told in one line that names page and place."""

import logging

from workbook.ladder import ROOT

DOCS = ROOT / "docs"

# A warning below this logger fails `mkdocs build --strict`, and is only shown by
# `mkdocs serve`: a writer sees the page, and the reason beside it.
log = logging.getLogger("mkdocs.workbook")


class Wrong(ValueError):
    """A fence cannot be shown; the message says why and what would be right."""


def report(reason: str, *lines: str) -> None:
    """Logs a problem of the page that has these lines one after the other."""
    log.warning("%s: %s", place_of(*lines), reason)


def place_of(*lines: str) -> str:
    """Where lines stand in docs/. Markdown extensions are not told the page."""
    wanted = [line.strip() for line in lines]
    for page in sorted(DOCS.rglob("*.md")):
        there = [line.strip() for line in page.read_text("utf-8").splitlines()]
        for start in range(len(there)):
            if there[start : start + len(wanted)] == wanted:
                return f"{page.relative_to(DOCS).as_posix()}, line {start + 1}"
    return f"a page with the line {lines[0]!r}"
