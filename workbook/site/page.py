"""A page while it is built: its fences, the step it is about, what it has shown."""

from collections.abc import Callable
from dataclasses import dataclass, field

from workbook.ladder import Step, UnknownStep, find
from workbook.site.problems import Wrong


@dataclass(frozen=True)
class Fence:
    """One fenced block: its name, the words after it, the lines in it."""

    name: str
    words: list[str]
    lines: list[str]

    @property
    def told(self) -> list[str]:
        """The lines that are not blank, without the blanks around them."""
        return [line.strip() for line in self.lines if line.strip()]


@dataclass
class Page:
    """`step` is the name of the step that the page is about, empty where it is about
    none; `shown` are the parts of that step which it has shown so far; `text` is the
    page as it was written; `html` takes finished HTML and returns what stands for it in
    Markdown."""

    step: str = ""
    shown: list[str] = field(default_factory=list)
    text: str = ""
    html: Callable[[str], str] = str


def step_of(page: Page, words: list[str]) -> Step:
    """The step that a fence names, else the page's own. Raises `Wrong`."""
    name = words[0] if words else page.step
    if not name:
        raise Wrong("say which step: the page has no step fence above this")
    try:
        return find(name)
    except UnknownStep as problem:
        raise Wrong(str(problem)) from None
