"""A run's figures in the terminal."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from workbook.bench.figures import QUANTITIES, Figures, Measured
from workbook.bench.formatting import clients, spread, when_and_where
from workbook.ladder import find

ALONE = ("requests", "share", "made", "read", "known", "unknown", "ratio")
LOOKUPS = ("lookup", "lookup_many", "lookup_ratio")


def show(figures: Figures, console: Console) -> None:
    """Everything that was measured: medians, and the range of the rounds."""
    console.print(when_and_where(figures))
    steps = {f"step {find(name).number}": of for name, of in figures.steps.items()}
    for number in figures.clients:
        names = ["p50", "p99", "worst", *(["logins"] if number else [])]
        rows = [(QUANTITIES[name], f"{name}_{number}") for name in names]
        _table(clients(number), rows, steps, console)
    _table("A step alone", [(QUANTITIES[name], name) for name in ALONE], steps, console)
    with_database = {name: of for name, of in steps.items() if LOOKUPS[0] in of}
    rows = [(QUANTITIES[name], name) for name in LOOKUPS]
    _table("Users in a database", rows, with_database, console)
    rows = [(QUANTITIES[name], name) for name in ("requests", "share")]
    _table("The bare app", rows, figures.routes, console)


def _table(
    title: str,
    rows: Iterable[tuple[str, str]],
    columns: dict[str, Measured],
    console: Console,
) -> None:
    table = Table(title=title, title_justify="left")
    table.add_column("")
    for name in columns:
        table.add_column(name, justify="right")
    for label, key in rows:
        table.add_row(label, *(spread(of[key]) for of in columns.values()))
    console.print(table)
