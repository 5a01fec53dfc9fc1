"""What every picture is drawn with: SVG in the page's own colours, as wide as a phone.

The numbers are CSS pixels on a screen of 360, so letters of 12 stay 12 there and grow
on a wider one. Colours are classes: `docs/assets/workbook.css` sets them, in light and
in dark.
"""

import html
import textwrap
from dataclasses import dataclass, field

WIDTH = 340
# An average letter of the page's font and of its monospaced one, at 12 pixels.
LETTER, MONO = 6.2, 7.25
LINE = 16


@dataclass
class Drawing:
    """A picture that grows downwards.

    `title` and `told` are for those who can't see it, `caption` stands below it.
    """

    name: str
    title: str
    told: str
    caption: str = ""
    shapes: list[str] = field(default_factory=list)
    height: float = 0

    def text(
        self, x: float, y: float, text: str, kind: str = "", anchor: str = "start"
    ) -> None:
        """One line of text; `y` is its base line."""
        self._reach(y + 4)
        self.shapes.append(
            f'<text x="{x:g}" y="{y:g}" class="{kind}" text-anchor="{anchor}">'
            f"{html.escape(text)}</text>"
        )

    def box(
        self, x: float, y: float, width: float, height: float, kind: str = "box"
    ) -> None:
        self._reach(y + height + 2)
        self.shapes.append(
            f'<rect x="{x:g}" y="{y:g}" width="{width:g}" height="{height:g}" rx="4" '
            f'class="{kind}"/>'
        )

    def line(
        self, x1: float, y1: float, x2: float, y2: float, kind: str = "line"
    ) -> None:
        self._reach(max(y1, y2) + 2)
        self.shapes.append(
            f'<line x1="{x1:g}" y1="{y1:g}" x2="{x2:g}" y2="{y2:g}" class="{kind}"/>'
        )

    def arrow(self, x1: float, y1: float, x2: float, y2: float, kind: str = "") -> None:
        """A line straight down or across, with a head at its end."""
        self.line(x1, y1, x2, y2, f"line {kind}".strip())
        if x1 == x2:
            back = -6 if y2 > y1 else 6
            head = f"{x2:g},{y2:g} {x2 - 4:g},{y2 + back:g} {x2 + 4:g},{y2 + back:g}"
        else:
            back = -6 if x2 > x1 else 6
            head = f"{x2:g},{y2:g} {x2 + back:g},{y2 - 4:g} {x2 + back:g},{y2 + 4:g}"
        self.shapes.append(
            f'<polygon points="{head}" class="{f"head {kind}".strip()}"/>'
        )

    def svg(self) -> str:
        """The picture as one block of HTML without blank lines."""
        named = f"picture-{self.name}"
        caption = (
            f"<figcaption>{html.escape(self.caption)}</figcaption>\n"
            if self.caption
            else ""
        )
        return (
            f'<figure class="picture picture-{self.name}">\n'
            f'<svg viewBox="0 0 {WIDTH} {self.height:g}" role="img" '
            f'aria-labelledby="{named}-title {named}-desc">\n'
            f'<title id="{named}-title">{html.escape(self.title)}</title>\n'
            f'<desc id="{named}-desc">{html.escape(self.told)}</desc>\n'
            + "\n".join(self.shapes)
            + f"\n</svg>\n{caption}</figure>"
        )

    def _reach(self, y: float) -> None:
        self.height = max(self.height, y)


def wrapped(text: str, width: float, letter: float = LETTER) -> list[str]:
    """The text in lines that fit into so many pixels."""
    return textwrap.wrap(text, int(width / letter), break_on_hyphens=False)


def cut(text: str, width: float, letter: float = MONO) -> list[str]:
    """A text without spaces in lines of equal length that fit."""
    letters = int(width / letter)
    return [text[i : i + letters] for i in range(0, len(text), letters)]
