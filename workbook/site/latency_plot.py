"""The plot of the waits: SVG whose colours are the page's own, in light and in dark.

It is as wide as a phone, so that its letters keep their size there.
"""

import math
from collections.abc import Iterator

from workbook.bench import Figures, Measured, clients, number
from workbook.ladder import find

WIDTH = 340
LEFT, RIGHT = 50, 18
ROW, HEAD, TOP, BOTTOM = 18, 26, 8, 24


def plot(figures: Figures) -> str:
    """A row for each step in each crowd: from the median wait to the worst of all."""
    crowds, steps = figures.clients, figures.steps
    height = TOP + len(crowds) * (HEAD + ROW * len(steps)) + BOTTOM
    scale = _Scale(figures)
    drawn = [
        '<figure class="plot">',
        f'<svg viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-labelledby="waits-title waits-desc">',
        '<title id="waits-title">How long /users/me takes, by step, while clients log '
        "in</title>",
        f'<desc id="waits-desc">{" ".join(_told(figures))}</desc>',
    ]
    for power in scale.powers:
        x = scale.place(10.0**power)
        drawn += [
            f'<line class="grid" x1="{x}" y1="{TOP}" x2="{x}" y2="{height - BOTTOM}"/>',
            f'<text class="tick" x="{x}" y="{height - 8}">{_tick(power)}</text>',
        ]
    y = TOP
    for crowd in crowds:
        drawn.append(f'<text class="head" x="0" y="{y + 16}">{clients(crowd)}</text>')
        y += HEAD
        for name, of in steps.items():
            drawn.append(f'<text x="0" y="{y + 8}">step {find(name).number}</text>')
            drawn += _row(scale, of, crowd, y + 4)
            y += ROW
    drawn += [
        "</svg>",
        "<figcaption>How long <code>/users/me</code> takes. Each line to the right is "
        "ten times as long. ● half of the requests are faster, ┃ 99 in 100 are "
        "faster, ✕ the slowest of all rounds.</figcaption>",
        "</figure>",
    ]
    return "\n".join(drawn)


class _Scale:
    """Milliseconds to places, by whole powers of ten."""

    def __init__(self, figures: Figures) -> None:
        all_steps = figures.steps.values()
        crowds = figures.clients
        least = min(of[f"p50_{crowd}"].median for of in all_steps for crowd in crowds)
        most = max(of[f"worst_{crowd}"].most for of in all_steps for crowd in crowds)
        first, last = math.floor(math.log10(least)), math.ceil(math.log10(most))
        self.powers = range(first, last + 1)

    def place(self, milliseconds: float) -> float:
        across = math.log10(milliseconds) - self.powers[0]
        width = WIDTH - LEFT - RIGHT
        return round(LEFT + width * across / (self.powers[-1] - self.powers[0]), 1)


def _row(scale: _Scale, of: Measured, crowd: int, y: int) -> list[str]:
    half = scale.place(of[f"p50_{crowd}"].median)
    most = scale.place(of[f"p99_{crowd}"].median)
    worst = scale.place(of[f"worst_{crowd}"].most)
    return [
        f'<line class="rest" x1="{most}" y1="{y}" x2="{worst}" y2="{y}"/>',
        f'<line class="range" x1="{half}" y1="{y}" x2="{most}" y2="{y}"/>',
        f'<circle cx="{half}" cy="{y}" r="4"/>',
        f'<line class="range" x1="{most}" y1="{y - 6}" x2="{most}" y2="{y + 6}"/>',
        f'<path d="M{worst - 4} {y - 4}l8 8m0 -8l-8 8"/>',
    ]


def _told(figures: Figures) -> Iterator[str]:
    """The plot in words, for those who can't see it."""
    for crowd in figures.clients:
        steps = [
            f"at step {find(name).number} half are answered within "
            f"{number(of[f'p50_{crowd}'].median)} ms and 99 in 100 within "
            f"{number(of[f'p99_{crowd}'].median)} ms"
            for name, of in figures.steps.items()
        ]
        yield f"{clients(crowd)}: {'; '.join(steps)}."


def _tick(power: int) -> str:
    return f"{10 ** (power - 3)} s" if power >= 3 else f"{10.0**power:g} ms"
