"""What is wrong with a page, told in one line that names page and place."""

import logging

from workbook.ladder import ROOT

DOCS = ROOT / "docs"

# A warning below this logger fails `mkdocs build --strict`, and is only shown by
# `mkdocs serve`: a writer sees the page, and the reason beside it.
log = logging.getLogger("mkdocs.workbook")


class Wrong(ValueError):
    """A fence cannot be shown; the message says why and what would be right."""


def report(reason: str, line: str) -> None:
    """Logs a problem of the fence, or page, that has this line."""
    log.warning("%s: %s", place_of(line), reason)


def place_of(line: str) -> str:
    """Where a line stands in docs/. Markdown extensions are not told the page."""
    for page in sorted(DOCS.rglob("*.md")):
        for number, text in enumerate(page.read_text("utf-8").splitlines(), 1):
            if text.strip() == line.strip():
                return f"{page.relative_to(DOCS).as_posix()}, line {number}"
    return f"a page with the line {line!r}"
