"""The notebooks' plots: what was measured goes in, a picture comes out.

The colours are those of Okabe and Ito (2008), which colour-blind people tell apart.
Where two of them meet, a hatching, a marker or a line style says the same once more.
"""

from collections.abc import Mapping, Sequence

from matplotlib import pyplot
from matplotlib.axes import Axes
from matplotlib.colors import ListedColormap

ORANGE = "#E69F00"
SKY = "#56B4E9"
YELLOW = "#F0E442"
BLUE = "#0072B2"
VERMILION = "#D55E00"
PURPLE = "#CC79A7"
GREY = "#E8E8E8"

MARKS = {
    "1 second": 1,
    "1 hour": 3600,
    "1 day": 86400,
    "1 year": 3.16e7,
    "1,000 years": 3.16e10,
}


def anatomy(title: str, parts: Sequence[tuple[str, str]]) -> None:
    """A text in its parts, each with what it is."""
    ax = _axes(title, "character", "", size=(11, 2))
    start = 0
    colours = [SKY, ORANGE, YELLOW, PURPLE]
    for (text, name), colour in zip(parts, colours, strict=False):
        end = start + len(text)
        ax.axvspan(start, end, color=colour, alpha=0.5, linewidth=0)
        ax.axvline(end, color="black", linewidth=0.8)
        for place, letter in enumerate(text, start):
            ax.text(place + 0.5, 0.6, letter, family="monospace", size=12, ha="center")
        ax.text((start + end) / 2, 0.2, name, size=10, ha="center")
        start = end
    ax.set(xlim=(0, start), yticks=[])
    ax.grid(False)
    pyplot.show()


def doubling(milliseconds: Mapping[int, float]) -> None:
    """bcrypt's time by its cost, beside a line that doubles."""
    ax = _axes("One bcrypt hash on this machine", "cost", "milliseconds, log scale")
    highest = max(milliseconds)
    slowest = milliseconds[highest]
    ax.plot(
        list(milliseconds),
        [slowest * 2.0 ** (cost - highest) for cost in milliseconds],
        color=ORANGE,
        linestyle="--",
        label=f"doubling with each cost, up to {slowest:.0f} ms",
    )
    ax.plot(
        list(milliseconds),
        list(milliseconds.values()),
        "o",
        color=BLUE,
        label="measured",
    )
    ax.set_yscale("log")
    ax.yaxis.set_major_formatter("{x:g}")
    ax.legend(fontsize=10)
    pyplot.show()


def durations(seconds: Mapping[str, float], lists: Mapping[str, float]) -> None:
    """How long each list takes, by what one guess takes, from microseconds to ages."""
    ax = _axes("How long one hash lasts", "time for the whole list, log scale", "")
    looks = [(SKY, ""), (ORANGE, "//"), (BLUE, "xx")]
    for row, ((name, one), (colour, hatch)) in enumerate(
        zip(seconds.items(), looks, strict=False)
    ):
        ax.barh(
            [row * 0.27 - place for place in range(len(lists))],
            [one * size for size in lists.values()],
            height=0.25,
            left=1e-6,
            color=colour,
            hatch=hatch,
            edgecolor="black",
            label=name,
        )
    ax.set_xscale("log")
    ax.set_xlim(1e-6, 1e12)
    ax.set_xticks(list(MARKS.values()), list(MARKS))
    ax.set_yticks([0.27 - place for place in range(len(lists))], list(lists))
    ax.minorticks_off()
    ax.legend(fontsize=10, reverse=True, loc="upper right")
    pyplot.show()


def heaps(title: str, waits: Mapping[str, Sequence[float]]) -> None:
    """Waiting times in milliseconds as histograms, one over the other."""
    ax = _axes(title, "milliseconds, log scale", "answers")
    everything = [wait for times in waits.values() for wait in times]
    ratio = max(everything) / min(everything)
    bins = [min(everything) * ratio ** (place / 30) for place in range(30)]
    # Rounding must not push the slowest out.
    bins.append(max(everything) * 1.001)
    looks = [(BLUE, "\\\\"), (ORANGE, "//")]
    for (name, times), (colour, hatch) in zip(waits.items(), looks, strict=False):
        ax.hist(
            times,
            bins=bins,
            color=colour,
            hatch=hatch,
            edgecolor="black",
            alpha=0.6,
            label=f"{name}: {min(times):.0f} ms at least",
        )
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set_ylim(0, max(map(len, waits.values())) + 1)
    ax.legend(fontsize=10, loc="upper center")
    pyplot.show()


def bits(changed: int) -> None:
    """256 bits as a square, those that are 1 dark."""
    ax = _axes(
        f"{changed.bit_count()} of 256 bits changed (dark)", "", "", size=(4.4, 4.6)
    )
    rows = [[changed >> 16 * row + bit & 1 for bit in range(16)] for row in range(16)]
    ax.imshow(rows, cmap=ListedColormap([GREY, BLUE]), vmin=0, vmax=1)
    ax.set(xticks=[], yticks=[])
    ax.grid(False)
    pyplot.show()


def lives(title: str, asked: Mapping[str, Sequence[tuple[int, int]]]) -> None:
    """For each token a row: the minutes at which it was shown, with the status."""
    ax = _axes(title, "minutes since the first login", "", size=(8.5, 2.8))
    looks = {200: (BLUE, "o", "accepted (200)"), 401: (VERMILION, "x", "refused (401)")}
    for status, (colour, marker, label) in looks.items():
        shown = [
            (minute, -row)
            for row, moments in enumerate(asked.values())
            for minute, came in moments
            if came == status
        ]
        minutes, rows = [at for at, _ in shown], [row for _, row in shown]
        ax.plot(minutes, rows, marker, color=colour, label=label)
    ax.set_yticks([-row for row in range(len(asked))], list(asked))
    ax.set_ylim(0.5 - len(asked), 0.5)
    ax.legend(fontsize=10, ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
    pyplot.show()


def waiting(
    title: str, asked: Sequence[tuple[float, float]], busy: tuple[float, float]
) -> None:
    """Each request as a block from when it was sent; `busy` is shaded."""
    ax = _axes(title, "seconds", "milliseconds until the answer")
    ax.axvspan(*busy, color=YELLOW, alpha=0.35, linewidth=0, label="others log in")
    sent, waits = zip(*asked, strict=True)
    ax.bar(
        sent,
        waits,
        width=[wait / 1000 for wait in waits],
        align="edge",
        color=BLUE,
        edgecolor=BLUE,
        alpha=0.8,
        label="one request of johndoe",
    )
    # Where a wait is too short for a block, a dot shows that somebody asked.
    ax.plot(sent, waits, ".", color=BLUE)
    ax.set_ylim(bottom=0)
    ax.legend(fontsize=10, ncols=2, loc="lower right", bbox_to_anchor=(1, 1))
    pyplot.show()


def _axes(
    title: str, x: str, y: str, *, size: tuple[float, float] = (8.5, 4.2)
) -> Axes:
    """Empty axes in the style of all plots."""
    _, ax = pyplot.subplots(figsize=size, layout="constrained")
    ax.set_title(title, loc="left", fontsize=13, pad=12)
    ax.set_xlabel(x, fontsize=11)
    ax.set_ylabel(y, fontsize=11)
    ax.tick_params(labelsize=10)
    ax.grid(color="#DDDDDD", linewidth=0.8)
    ax.set_axisbelow(True)
    ax.spines[["top", "right"]].set_visible(False)
    return ax
