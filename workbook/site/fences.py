"""Finds the workbook's fences in a page and puts Markdown in their place."""

import re
from collections.abc import Callable, Iterator

from markdown.preprocessors import Preprocessor

from workbook.site import changes, exchanges, tables
from workbook.site.page import Fence, Page
from workbook.site.problems import Wrong, report

OPEN = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,})(?P<name>[a-z]+) *(?P<words>.*)$")


SHOW: dict[str, Callable[[Page, Fence], str]] = {
    "attacks": tables.attacks,
    "change": changes.change,
    "exchange": exchanges.exchange,
    "ladder": tables.ladder,
    "listing": changes.listing,
    "matrix": tables.matrix,
    "mistakes": tables.mistakes,
    "sequence": exchanges.sequence,
    "standards": tables.standards,
    "step": changes.step,
}


class Fences(Preprocessor):
    """Replaces every fence of `SHOW` by what its function makes of it."""

    def run(self, lines: list[str]) -> list[str]:
        page = Page()
        out: list[str] = []
        rest = iter(lines)
        for line in rest:
            opened = OPEN.match(line)
            if not opened:
                out.append(line)
                continue
            raw = _block(rest, opened["ticks"])
            block = [text.removeprefix(opened["indent"]) for text in raw]
            if opened["name"] not in SHOW:
                _refuse_copies(opened, line, block)
                out += [line, *raw, opened["indent"] + opened["ticks"]]
                continue
            fence = Fence(opened["name"], opened["words"].split(), block)
            try:
                made = SHOW[fence.name](page, fence)
            except Wrong as problem:
                report(str(problem), line, *block)
                made = f'!!! failure "{problem}"'
            out += ["", *(opened["indent"] + text for text in made.splitlines()), ""]
        if page.step:
            for reason in changes.what_is_missing(page):
                report(reason, f"```step {page.step}")
        return out


def _block(rest: Iterator[str], ticks: str) -> list[str]:
    """The lines up to the fence that closes it."""
    block = []
    for line in rest:
        if line.strip().startswith(ticks) and not line.strip().strip("`"):
            break
        block.append(line)
    return block


def _refuse_copies(opened: re.Match[str], line: str, block: list[str]) -> None:
    if opened["name"] in {"python", "py"} and (copied := changes.copied_from(block)):
        report(f"this code is a copy of {copied}: show it with a listing", line, *block)
