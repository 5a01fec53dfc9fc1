"""The fence `bench`: what the last kept run of `make bench` measured."""

from workbook.bench import (
    FILE,
    QUANTITIES,
    Figures,
    clients,
    number,
    read,
    spread,
    when_and_where,
)
from workbook.ladder import ROOT, find
from workbook.site import latency_plot
from workbook.site.page import Fence, Page
from workbook.site.problems import Wrong

ALONE = ("requests", "share", "made", "read", "known", "unknown", "ratio")
LOOKUPS = ("lookup", "lookup_many", "lookup_ratio")
ADDED = {
    "/empty": "FastAPI and uvicorn, and no code of ours",
    "/scheme": "`OAuth2PasswordBearer`, which takes the token from its header",
    "/chain": "`get_current_user` and `get_current_active_user`, which do nothing here",
    "/record": "the record, through its response model",
}


def bench(page: Page, fence: Fence) -> str:
    """```bench PART: a part of the figures that `make bench` measured and kept."""
    parts = {
        "machine": when_and_where,
        "waits": _waits,
        "compared": _compared,
        "alone": _alone,
        "lookups": _lookups,
        "routes": _routes,
    }
    name = " ".join(fence.words)
    if name not in parts:
        raise Wrong(f"say which part: there are {', '.join(parts)}")
    try:
        figures = read(FILE)
    except (OSError, ValueError):
        where = FILE.relative_to(ROOT).as_posix()
        raise Wrong(f"{where} has no figures: make bench") from None
    return parts[name](figures)


def _waits(figures: Figures) -> str:
    """The plot, and the same as a table."""
    rows = [
        "| | Step | Half are faster, ms | 99 in 100, ms | Slowest, ms | Logins/s |",
        "|-|-|-:|-:|-:|-:|",
    ]
    for crowd in figures.clients:
        for name, of in figures.steps.items():
            cells = [
                spread(of[f"{quantity}_{crowd}"])
                for quantity in ("p50", "p99", "worst", "logins")
                if f"{quantity}_{crowd}" in of
            ]
            cells += ["·"] * (4 - len(cells))
            row = [clients(crowd), str(find(name).number), *cells]
            rows.append(f"| {' | '.join(row)} |")
    return "\n".join([latency_plot.plot(figures), "", *rows])


def _compared(figures: Figures) -> str:
    """What step 7 made of it, in the same run."""
    before, after = figures.steps["step06_settings"], figures.steps["step07_safe_login"]
    rows = [
        "| | 99 in 100 waits for `/users/me`, step 6 to step 7 | Logins a second, "
        "step 7 to step 6 |",
        "|-|-:|-:|",
    ]
    for crowd in figures.clients:
        if not crowd:
            continue
        shorter = before[f"p99_{crowd}"].median / after[f"p99_{crowd}"].median
        more = after[f"logins_{crowd}"].median / before[f"logins_{crowd}"].median
        rows.append(
            f"| {clients(crowd)} | {number(shorter)} to 1 | {number(more)} to 1 |"
        )
    return "\n".join(rows)


def _alone(figures: Figures) -> str:
    heads = [f"Step {find(name).number}" for name in figures.steps]
    rows = [f"| | {' | '.join(heads)} |", f"|-|{'-:|' * len(heads)}"]
    for quantity in ALONE:
        cells = [spread(of[quantity]) for of in figures.steps.values()]
        rows.append(f"| {QUANTITIES[quantity]} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _lookups(figures: Figures) -> str:
    """Of the steps whose users are in a database."""
    found = {name: of for name, of in figures.steps.items() if LOOKUPS[0] in of}
    heads = [f"Step {find(name).number}" for name in found]
    rows = [f"| | {' | '.join(heads)} |", f"|-|{'-:|' * len(heads)}"]
    for quantity in LOOKUPS:
        cells = [spread(of[quantity]) for of in found.values()]
        rows.append(f"| {QUANTITIES[quantity]} | {' | '.join(cells)} |")
    return "\n".join(rows)


def _routes(figures: Figures) -> str:
    """From the empty route to the steps, each with what one request takes."""
    rows = [
        "| Route | What it adds | µs a request | Share of the empty route's speed |",
        "|-|-|-:|-:|",
    ]
    asked = {f"`{route}`": (ADDED[route], of) for route, of in figures.routes.items()}
    for name, of in figures.steps.items():
        step = find(name)
        added = "the token, read and checked"
        if step.needs_database:
            added += ", and the user, looked up in a database"
        asked[f"step {step.number}"] = (added, of)
    for what, (added, of) in asked.items():
        taken = number(1e6 / of["requests"].median)
        rows.append(f"| {what} | {added} | {taken} | {spread(of['share'])} |")
    return "\n".join(rows)
