"""Figures as people read them, in the terminal and on the site."""

import math
from datetime import date

from workbook.bench.figures import Figures, Spread


def number(value: float) -> str:
    """To three digits that count, and no point behind hundreds: 0.575, 24.1, 3,190."""
    if not value:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(value))))
    return f"{value:,.{digits}f}"


def spread(of: Spread) -> str:
    """The median, and in brackets the range."""
    return f"{number(of.median)} ({number(of.least)} to {number(of.most)})"


def clients(number: int) -> str:
    """Who logs in."""
    who = {0: "No client logs", 1: "1 client logs"}.get(number, f"{number} clients log")
    return f"{who} in"


def when_and_where(figures: Figures) -> str:
    """One sentence for the date and the machine, and one for how it was done."""
    has = figures.machine
    day = date.fromisoformat(figures.date)
    return (
        f"Measured on {day.day} {day:%B %Y}, on {has['cpu']} with {has['cores']} "
        f"cores, {has['system']} and Python {has['python']}: FastAPI {has['fastapi']}, "
        f"uvicorn {has['uvicorn']}, python-jose {has['python-jose']}, passlib "
        f"{has['passlib']}, bcrypt {has['bcrypt']}. {figures.rounds} rounds in "
        f"{figures.seconds:.0f} seconds; the load average before was "
        f"{figures.busy:.2f}."
    )
