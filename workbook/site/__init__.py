"""The site's own fences, as one Python-Markdown extension: `- workbook.site`.

A page names what it wants to show; the fence is replaced by Markdown made from the
running code before anything else reads the page. What is wrong with a fence is logged
as a warning of MkDocs, which `mkdocs build --strict` counts as a failure.
"""

import importlib
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension

from workbook.site import reload  # first: it sees what the others are imported from
from workbook.site.code import MarkedCode
from workbook.site.fences import Fences
from workbook.site.terms import Meanings


class WorkbookExtension(Extension):
    """Registers the fences, ahead of every other reader of fenced blocks, the meanings
    of terms, and what colours tokens, behind all of them."""

    def extendMarkdown(self, md: Markdown) -> None:
        # Superfences, which renders what we leave behind, has 25. What takes control
        # characters out of a page has 30: in what we put in, they are places of HTML.
        md.preprocessors.register(Fences(md), "workbook", 28)
        # After the links are elements (20), before MkDocs changes their addresses (0).
        md.treeprocessors.register(Meanings(md), "workbook terms", 10)
        # After all code is HTML and in its place.
        md.postprocessors.register(MarkedCode(md), "workbook code", 1)


def makeExtension(**settings: Any) -> Extension:
    """The name that Python-Markdown looks for, before it reads a page.

    After a save it is our own successor, read anew, that makes the extension.
    """
    if reload.happened():
        reload.forget()
        made: Extension = importlib.import_module(__name__).makeExtension(**settings)
        return made
    return WorkbookExtension(**settings)
