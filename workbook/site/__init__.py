"""The site's own fences, as one Python-Markdown extension: `- workbook.site`.

A page names what it wants to show; the fence is replaced by Markdown made from the
running code before anything else reads the page. What is wrong with a fence is logged
as a warning of MkDocs, which `mkdocs build --strict` counts as a failure.
"""

import importlib
from typing import Any

from markdown import Markdown
from markdown.extensions import Extension

from workbook.site import saves  # first: it sees what the others are imported from
from workbook.site.fences import Fences


class WorkbookExtension(Extension):
    """Registers the fences ahead of every other reader of fenced blocks."""

    def extendMarkdown(self, md: Markdown) -> None:
        # Superfences, which renders what we leave behind, has 25.
        md.preprocessors.register(Fences(md), "workbook", 40)


def makeExtension(**settings: Any) -> Extension:
    """The name that Python-Markdown looks for, before it reads a page.

    After a save it is our own successor, read anew, that makes the extension.
    """
    if saves.happened():
        saves.forget()
        made: Extension = importlib.import_module(__name__).makeExtension(**settings)
        return made
    return WorkbookExtension(**settings)
