"""What changed between two steps, by file and function."""

import textwrap

from rich.padding import Padding
from rich.text import Text

from workbook.diffing import Change
from workbook.learning import Verdict
from workbook.terminal.console import (
    Trimmed,
    console,
    print_indented,
    print_verbatim,
)
from workbook.terminal.failures import list_failures
from workbook.terminal.verdicts import show_not_written, show_stored

# So many lines of a table of data are shown. Nobody reads a longer one.
MOST_DATA = 40


def show_changes(changes: list[Change]) -> None:
    """Each file that changed. Whatever did not is folded into one line."""
    shown = [one for one in changes if not one.is_none or len(changes) == 1]
    for change in shown:
        if change is not shown[0]:
            console.print()
        _show_change(change)
    _show_folded([change.name for change in changes if change not in shown])


def show_behaviour(verdict: Verdict) -> None:
    """How the learner's version behaves: which tests pass and which fail."""
    outcome = verdict.outcome
    total = outcome.total
    if not outcome.results:
        reason = outcome.problem or outcome.not_judged
        console.print("[bold]We couldn't compare what yours does[/]:")
        print_verbatim(f"  {reason}")
    elif outcome.all_passed:
        show_same_behaviour(total)
        return
    elif not outcome.failed:
        console.print(
            f"[bold]Yours passes the same tests as ours[/], all {total}. But look at "
            "what you store:"
        )
        show_stored(verdict)
    else:
        console.print(
            "[bold]Yours doesn't do everything that ours does[/]: "
            f"{len(outcome.passed)} of {total} tests pass."
        )
        if verdict.failed:
            console.print("These fail:")
            list_failures(verdict.failed)
        show_not_written(verdict)
    console.print()


def show_same_behaviour(total: int) -> None:
    """The learner's version passes all tests."""
    console.print(
        f"[bold]Yours passes the same tests as ours[/], all {total}. Here's how the "
        "code differs.\n"
    )


def _show_change(change: Change) -> None:
    for path, mark, style in ((change.was, "-", "red"), (change.now, "+", "green")):
        if path:
            console.print(Text(f"{mark} {path}", style))
    folded: list[str] = []
    for part in change.parts:
        if not part.lines:
            folded.append(part.name)
            continue
        _show_folded(folded)
        console.print(f"\n[bold]{part.name}[/]")
        if part.is_data and len(part.lines) > MOST_DATA:
            print_indented(f"… {len(part.lines)} lines of data", "dim")
            continue
        for line in part.lines:
            style = {"+": "green", "-": "red"}.get(line[:1], "")
            for row in _rows(line):
                print_verbatim(f"  {row}".rstrip(), style=style)
    _show_folded(folded)


def _rows(line: str) -> list[str]:
    """A line of a diff, in rows that fit the terminal: those after the first are
    indented, and marked as the line is."""
    room = console.width - 3
    if not console.is_terminal or len(line) - 1 <= room:
        return [line]
    mark, code = line[:1], line[1:]
    indent = " " * (len(code) - len(code.lstrip()))
    rows = textwrap.wrap(
        code.strip(),
        max(room, 20),
        initial_indent=indent,
        subsequent_indent=f"{indent}    ",
        break_on_hyphens=False,
    )
    return [f"{mark}{row}" for row in rows]


def _show_folded(folded: list[str]) -> None:
    if folded:
        names = Text(f"… unchanged: {', '.join(folded)}", "dim")
        console.print()
        console.print(Trimmed(Padding(names, (0, 0, 0, 2))))
        folded.clear()
