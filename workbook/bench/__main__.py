"""Measures, shows the figures, and keeps them where the site finds them."""

import sys

from rich.console import Console

from workbook.attacks import NoTarget
from workbook.bench.client import Unexpected
from workbook.bench.figures import FILE
from workbook.bench.rounds import measure
from workbook.bench.table import show
from workbook.ladder import ROOT


def main() -> int:
    console = Console(highlight=False)
    try:
        figures = measure(tell=console.print)
    except KeyboardInterrupt:
        console.print(f"Stopped. {FILE.name} is as it was.")
        return 130
    except (NoTarget, Unexpected, OSError) as problem:
        console.print(f"Not measured: {problem}", markup=False)
        return 1
    figures.write()
    show(figures, console)
    console.print(f"Kept in {FILE.relative_to(ROOT)}, for the site.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
