"""The console that everything is printed on, and how text is printed on it."""

import os

from rich.console import Console, ConsoleOptions, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.text import Text

from workbook.checking import visible

# rich still prints bold text when NO_COLOR is set; people who set it don't want that.
console = Console(
    highlight=False, color_system=None if os.environ.get("NO_COLOR") else "auto"
)


class Trimmed:
    """A renderable without the blanks that fill its lines. Blanks are copied with the
    text, and wrap when a terminal gets narrower."""

    def __init__(self, renderable: RenderableType) -> None:
        self.renderable = renderable

    def __rich_console__(
        self, console: Console, options: ConsoleOptions
    ) -> RenderResult:
        for line in console.render_lines(self.renderable, options, pad=False):
            while line and not line[-1].text.strip():
                line.pop()
            yield from line[:-1]
            for last in line[-1:]:
                yield Segment(last.text.rstrip(), last.style, last.control)
            yield Segment.line()


def print_verbatim(text: str, style: str = "") -> None:
    """Text whose lines must not be wrapped: code, a command, a traceback."""
    console.print(Text(without_escapes(text), style), soft_wrap=True)


def print_indented(text: str, style: str = "") -> None:
    """Prose, wrapped to the width of the terminal."""
    console.print(Trimmed(Padding(Text(without_escapes(text), style), (0, 0, 0, 2))))


def print_words(text: str, style: str = "") -> None:
    """Prose that a terminal breaks between words. Piped, it's one line."""
    shown = Text(without_escapes(text), style)
    if console.is_terminal:
        console.print(Trimmed(shown))
    else:
        console.print(shown, soft_wrap=True)


def print_line(text: str) -> None:
    """An empty line, then this one."""
    console.print()
    console.print(Trimmed(Text(without_escapes(text))))


def without_escapes(text: str) -> str:
    """The text with escape codes made visible: an app's could rewrite the terminal."""
    return visible(text)


def unwrapped(text: str) -> str:
    """The text without the line breaks of the source file that it comes from."""
    return " ".join(text.split())
