"""Finds the workbook's fences and counts in a page and puts Markdown in their place."""

import functools
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from markdown.preprocessors import Preprocessor

from workbook.ladder import ROOT
from workbook.site import (
    bench,
    cache,
    changes,
    exchanges,
    matrix,
    mutants,
    pictures,
    reload,
    tables,
)
from workbook.site.counts import with_counts
from workbook.site.page import Fence, Page, step_of
from workbook.site.problems import Wrong, report

OPEN = re.compile(r"^(?P<indent> *)(?P<ticks>`{3,})(?P<name>[a-z]+) *(?P<words>.*)$")

Show = Callable[[Page, Fence], str]


def kept(show: Show) -> Show:
    """A fence that asks a step asks again when the step or our own code was saved.

    Asking is most of what a build does, and a save changes one step.
    """

    @functools.wraps(show)
    def shown(page: Page, fence: Fence) -> str:
        asked = reload.state(_folder(page, fence).rglob("*"))
        told = fence.name, tuple(fence.words), tuple(fence.lines)
        key = reload.TOOLING, asked, page.step, told
        return cache.recall(key, lambda: show(page, fence))

    return shown


def _folder(page: Page, fence: Fence) -> Path:
    """That of the step which is asked; that of all steps where none is named."""
    if fence.name == "picture":
        # A picture may show several steps.
        return ROOT / "steps"
    words = fence.words[:-1] if fence.name == "exchange" else fence.words
    try:
        return step_of(page, words).folder
    except Wrong:
        return ROOT / "steps"


SHOW: dict[str, Show] = {
    "attacks": tables.attacks,
    "bench": bench.bench,
    "change": changes.change,
    "exchange": kept(exchanges.exchange),
    "ladder": tables.ladder,
    "listing": changes.listing,
    "matrix": matrix.matrix,
    "mistakes": tables.mistakes,
    "mutants": mutants.mutants,
    "picture": kept(pictures.picture),
    "planned": tables.planned,
    "sequence": kept(exchanges.sequence),
    "standards": tables.standards,
    "step": changes.step,
}


class Fences(Preprocessor):
    """Replaces every fence of `SHOW` by what its function makes of it, and every count
    between the fences by its number."""

    def run(self, lines: list[str]) -> list[str]:
        page = Page(text="\n".join(lines), html=self.md.htmlStash.store)
        out: list[str] = []
        rest = iter(lines)
        for line in rest:
            opened = OPEN.match(line)
            if not opened:
                out.append(_counted(line))
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


def _counted(line: str) -> str:
    try:
        return with_counts(line)
    except Wrong as problem:
        report(str(problem), line)
        return line


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
