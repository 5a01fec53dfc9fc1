"""A screen that is drawn again and again: what `watch` needs beside its verdicts."""

from collections.abc import Callable
from dataclasses import replace
from math import ceil

from rich.text import Text

from workbook.ladder import Step
from workbook.terminal.console import console
from workbook.terminal.failures import FULL, Detail

# From much to little. The attacks give way first, to a line. Then the traceback gets
# shorter, and the lesser failures fewer; the reasons, the middle of answers and the
# request go. In the end it's the diagnosis, and what else there's room for.
LINE = replace(FULL, attacks="line")
FIRST = replace(LINE, traceback=3, others=0, reasons=False)
BARE = replace(FIRST, attacks="none", answers=140, request=False)
DETAILS = (
    FULL,
    LINE,
    replace(LINE, traceback=8),
    replace(LINE, traceback=3),
    replace(LINE, traceback=3, others=6),
    replace(LINE, traceback=3, others=2),
    replace(LINE, traceback=3, others=0),
    FIRST,
    replace(FIRST, traceback=1),
    replace(FIRST, traceback=1, attacks="none"),
    *(
        replace(FIRST, traceback=1, attacks="none", answers=answers)
        for answers in (600, 400, 280, 140)
    ),
    replace(BARE, traceback=1),
    replace(BARE, traceback=0),
    replace(BARE, traceback=1, compact=True),
)


def clear() -> None:
    """An empty screen; an empty line where the output is not a terminal."""
    if console.is_terminal:
        console.clear()
    else:
        console.print()


def show_what_fits(
    draw: Callable[[Detail], None], foot: Callable[[], None], *, cleared: bool = False
) -> None:
    """What `draw` draws and the `foot` below it, with as much detail as leaves the
    first line on the screen. What is still too long is cut above the foot. The screen
    is `cleared` before, in one write: drawn often, it doesn't flicker."""
    room = console.height - 1 - _rows(_lines_of(foot))
    for detail in DETAILS:
        lines = _lines_of(lambda detail=detail: draw(detail))  # type: ignore[misc]
        if fits := _rows(lines) <= room:
            break
    with console:
        if cleared:
            clear()
        if fits:
            draw(detail)
        else:
            while len(lines) > 1 and _rows(lines) > room - 1:
                lines.pop()
            # A label without what it stands for says nothing.
            while lines[-1].plain.strip() in ("", "raised") and len(lines) > 1:
                lines.pop()
            for line in lines:
                console.print(line, soft_wrap=True)
            console.print("  [dim]… The rest needs a larger terminal.[/]")
        foot()


def show_keys(
    *,
    waiting: bool,
    hint: bool,
    more: bool,
    everything: bool,
    slow: bool,
    following: Step | None,
) -> None:
    """The keys that do something now, and the step that `n` goes on to."""
    if following:
        console.print(f"\n[bold]Next[/], step {following.number}: {following.question}")
    if everything:
        console.print(
            "\n[bold]These are all the failures.[/]  [bold]a[/] back to the first one  "
            "[bold]q[/] quit"
        )
        return
    known = {"h": "hint" if hint else "", "n": "next step" if following else ""}
    known |= {"a": "all failures" if more else ""}
    known |= {"s": "slow attacks" if slow else "", "r": "check", "q": "quit"}
    words = [f"[bold]{key}[/] {does}" for key, does in known.items() if does]
    if waiting:
        words.insert(0, "[dim]Waiting for changes.[/]")
    console.print(f"\n{'  '.join(words)}")


def _lines_of(draw: Callable[[], None]) -> list[Text]:
    with console.capture() as drawn:
        draw()
    return [Text.from_ansi(line) for line in drawn.get().splitlines()]


def _rows(lines: list[Text]) -> int:
    return sum(max(1, ceil(line.cell_len / console.width)) for line in lines)
