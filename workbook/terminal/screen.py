"""A screen that is drawn again and again: what `watch` needs beside its verdicts."""

import re
from collections.abc import Callable, Iterable
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
    # A request can be so long that without it there's room for the reasons again.
    replace(BARE, traceback=1, reasons=True),
    replace(BARE, traceback=1),
    replace(BARE, traceback=0),
    replace(BARE, traceback=1, compact=True),
)
# What a terminal is told (ECMA-48: CUP, EL, ED).
HOME = "\x1b[H"
ERASE_LINE = "\x1b[K"
ERASE_BELOW = "\x1b[J"


def clear() -> None:
    """An empty screen; an empty line where the output is not a terminal."""
    if console.is_terminal:
        console.clear()
    else:
        console.print()


def show_what_fits(
    draw: Callable[[Detail], None],
    foot: Callable[[], None],
    *,
    details: Iterable[Detail] = DETAILS,
    again: bool = False,
) -> None:
    """What `draw` draws and the `foot` below it, with the first of these `details`
    that leaves the first line on the screen. What is still too long is cut above the
    foot. Drawn `again`, it takes the place of what is on the screen."""
    room = console.height - 1 - _rows(_lines_of(foot))
    for detail in details:
        lines = _lines_of(lambda detail=detail: draw(detail))  # type: ignore[misc]
        if fits := _rows(lines) <= room:
            break
    with console.capture() as drawn:
        if fits:
            draw(detail)
        else:
            for line in _cut(lines, room - 1):
                console.print(line, soft_wrap=True)
            console.print("  [dim]… The rest needs a larger terminal.[/]")
        foot()
    text = drawn.get()
    if again and console.is_terminal and not console.legacy_windows:
        # Not cleared before: some terminals keep what is cleared, to be scrolled back
        # to, and there it would be once for each time.
        text = HOME + "\n".join(map(_erased, text.split("\n"))) + ERASE_BELOW
    elif again:
        clear()
    console.file.write(text)
    console.file.flush()


def show_list_that_fits(
    draw: Callable[[Detail], None], foot: Callable[[], None]
) -> None:
    """The same for a list, of which there are as many lines as fit."""
    lengths = range(console.height, 0, -1)
    details = [replace(FULL, others=length) for length in lengths]
    show_what_fits(draw, foot, details=details, again=True)


def _erased(line: str) -> str:
    """The line, and nothing of what was to the right of it. Behind a full line the
    cursor is still on its last character, which would be erased."""
    width = Text.from_ansi(line).cell_len
    return line if width and width % console.width == 0 else line + ERASE_LINE


def _cut(lines: list[Text], room: int) -> list[Text]:
    """As many of the lines as have room, and no half of a sentence at their end."""
    kept = list(lines)
    while len(kept) > 1 and _rows(kept) > room:
        kept.pop()
    while len(kept) > 1 and _goes_on(kept[-1].plain, lines[len(kept)].plain):
        kept.pop()
    # A label without what it stands for says nothing.
    while len(kept) > 1 and kept[-1].plain.strip() in ("", "raised"):
        kept.pop()
    return kept


def _goes_on(line: str, following: str) -> bool:
    """Whether the next line is in the same sentence: it's no other value."""
    is_over = line.rstrip().endswith((".", ":", "?", "!"))
    has_label = re.match(r"\s*\w+ {2,}\S", following)
    return bool(line.strip() and following.strip() and not is_over and not has_label)


def show_keys(
    *,
    waiting: bool,
    hint: bool,
    more: bool,
    slow: bool,
    following: Step | None,
) -> None:
    """The keys that do something now, and the step that `n` goes on to."""
    if following:
        console.print(f"\n[bold]Next[/], step {following.number}: {following.question}")
    known = {"h": "hint" if hint else "", "n": "next step" if following else ""}
    known |= {"a": "all failures" if more else ""}
    known |= {"s": "slow attacks" if slow else "", "r": "check", "q": "quit"}
    words = [f"[bold]{key}[/] {does}" for key, does in known.items() if does]
    if waiting:
        words.insert(0, "[dim]Waiting for changes.[/]")
    console.print(f"\n{'  '.join(words)}")


def show_keys_of_all(page: int, pages: int) -> None:
    """The keys while all failures are shown: their list, which is page 0, or one of
    them in full. After the last one it's the first one's turn again."""
    back = "back to the first one"
    known = {"a": "each one in full", "f": back}
    if page:
        known = {"a": "the next one", "f": back} if page < pages else {"a": back}
    words = [f"[bold]{key}[/] {does}" for key, does in (known | {"q": "quit"}).items()]
    if page and pages > 1:
        words.insert(0, f"[dim]Failure {page} of {pages}.[/]")
    console.print(f"\n{'  '.join(words)}")


def _lines_of(draw: Callable[[], None]) -> list[Text]:
    with console.capture() as drawn:
        draw()
    return [Text.from_ansi(line) for line in drawn.get().splitlines()]


def _rows(lines: list[Text]) -> int:
    return sum(max(1, ceil(line.cell_len / console.width)) for line in lines)
