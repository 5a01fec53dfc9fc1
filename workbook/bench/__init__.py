"""What the steps cost: `make bench`, or `python -m workbook.bench`.

    figures = measure()
    figures.write()

It measures and judges nothing. Load goes to this machine's loopback and nowhere else,
to servers that it starts and ends. `read()` is the last run that was kept: the site
shows that one, and measures none of its own.
"""

from workbook.bench.figures import (
    FILE,
    QUANTITIES,
    Figures,
    Measured,
    Spread,
    read,
)
from workbook.bench.formatting import clients, number, spread, when_and_where

__all__ = [
    "FILE",
    "QUANTITIES",
    "Figures",
    "Measured",
    "Spread",
    "clients",
    "number",
    "read",
    "spread",
    "when_and_where",
]
