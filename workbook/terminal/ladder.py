"""The ladder: its steps, and how far the learner is."""

from rich.table import Table
from rich.text import Text

from workbook.ladder import Step, steps
from workbook.learning import Record
from workbook.terminal.console import Trimmed, console, print_indented


def show_ladder(records: dict[str, Record], current: Step | None) -> None:
    """The steps, which of them are passed, and where to go on."""
    table = Table.grid(padding=(0, 1, 0, 0))
    for step in steps():
        record = records.get(step.name, Record())
        mark = Text("▸", "bold cyan") if step == current else Text(" ")
        state = Text("")
        if record.is_passed:
            mark = Text("✓", "dim green" if record.changed else "green")
        elif record.digest:
            state = Text(
                f"{record.passed}/{record.total}" if record.total else "✗", "dim"
            )
        title = Text(f"{step.title} ")
        table.add_row(mark, str(step.number), title, Text(step.question), state)
    passed = sum(records.get(step.name, Record()).is_passed for step in steps())
    console.print(f"[bold]The ladder[/]: {passed} of {len(steps())} steps passed\n")
    console.print(Trimmed(table))
    # Below the table, in which there's no room for words at 80 columns.
    notes = {step: _notes(records.get(step.name, Record())) for step in steps()}
    if any(notes.values()):
        console.print()
    for step, said in notes.items():
        if said:
            print_indented(f"Step {step.number} {' and '.join(said)}.", "dim")


def _notes(record: Record) -> list[str]:
    """What the table can't say of the last check of a step."""
    notes = []
    if record.digest and not record.total:
        notes.append("couldn't be tested at its last check")
    elif record.total == record.passed and not record.is_passed and record.digest:
        notes.append("passes its tests, but the check found another problem")
    if record.changed:
        notes.append("has changed since its last check")
    return notes
