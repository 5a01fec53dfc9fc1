"""Where an app is on the ladder: the steps that were tried, and what is missing."""

from rich.table import Table
from rich.text import Text

from workbook.ladder import steps
from workbook.learning import Placement, Verdict
from workbook.terminal.console import (
    Trimmed,
    console,
    print_indented,
    print_line,
)
from workbook.terminal.failures import list_differences, show_problem
from workbook.terminal.verdicts import show_stored


def show_placement(what: str, placement: Placement) -> None:
    """The steps that were tried, the highest that passes, and what is missing for the
    nearest of the others."""
    console.print(Text(f"{what}\n", "bold"))
    if placement.problem:
        show_problem(placement.problem)
        return
    table = Table.grid(padding=(0, 2, 0, 0))
    for step, verdict in placement.verdicts.items():
        table.add_row(_mark(verdict), str(step.number), step.title, _state(verdict))
    console.print(Trimmed(table))
    if highest := placement.highest:
        print_line(f"It passes step {highest.number}: {highest.title}.")
    else:
        print_line("It passes none of these steps.")
    if nearest := placement.nearest:
        print_line(f"Missing for step {nearest.number}, {nearest.title}:")
        list_differences(placement.verdicts[nearest].outcome.failed)
        show_stored(placement.verdicts[nearest])
    _show_untried(placement)


def _mark(verdict: Verdict) -> Text:
    if verdict.outcome.not_judged:
        return Text("?", "yellow")
    return Text("✓", "green") if verdict.outcome.all_passed else Text("✗", "red")


def _state(verdict: Verdict) -> Text:
    outcome = verdict.outcome
    if outcome.not_judged:
        return Text("not judged", "dim")
    if not outcome.results:
        return Text("nothing could be tested", "dim")
    return Text(f"{len(outcome.passed)} of {outcome.total} tests pass", "dim")


def _show_untried(placement: Placement) -> None:
    untried = [step for step in steps() if step not in placement.verdicts]
    if untried:
        numbers = ", ".join(str(step.number) for step in untried)
        console.print()
        print_indented(
            f"The app looks most like step {placement.resembles.number}. "
            f"Not tried: {numbers}.",
            "dim",
        )
