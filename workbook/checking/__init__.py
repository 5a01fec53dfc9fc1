"""Runs a step's suite against an implementation, and tells the outcome.

The names are imported when they are asked for: the command line asks for a `Judge`, and
must not wait for pytest and the HTTP clients that `run` brings with it.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbook.checking.exchange import SOME_TEXT, Answer, Reply, Unmet, refusal
    from workbook.checking.outcome import Outcome, Result, Story
    from workbook.checking.process import Judge
    from workbook.checking.server import Server
    from workbook.checking.suites import run

_HOME = {
    "SOME_TEXT": "exchange",
    "Answer": "exchange",
    "Judge": "process",
    "Outcome": "outcome",
    "Reply": "exchange",
    "Result": "outcome",
    "Server": "server",
    "Story": "outcome",
    "Unmet": "exchange",
    "refusal": "exchange",
    "run": "suites",
}

__all__ = [
    "SOME_TEXT",
    "Answer",
    "Judge",
    "Outcome",
    "Reply",
    "Result",
    "Server",
    "Story",
    "Unmet",
    "refusal",
    "run",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f"{__name__}.{_HOME[name]}")
    return getattr(module, name)
