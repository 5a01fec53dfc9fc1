"""Runs a step's suite against an implementation and returns the outcome.

The names are imported when they are asked for: the command line asks for a
`CheckWorker` and must not wait for pytest and the HTTP clients that `run` needs.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from workbook.checking.batch import check_all
    from workbook.checking.exchange import (
        LOCAL,
        NO_EVIDENCE,
        SOME_TEXT,
        START,
        Answer,
        ContractError,
        Evidence,
        Reply,
        curl,
        printable,
        refusal,
        shorten_command,
        visible,
    )
    from workbook.checking.inprocess import serve_step
    from workbook.checking.loader import load
    from workbook.checking.probes import HASHING, Clock, bcrypt_cache
    from workbook.checking.report import PRINTS, Failure, Outcome, Result
    from workbook.checking.sandbox import Sandbox
    from workbook.checking.server import Server, reach
    from workbook.checking.submission import NoApp, copy_submission, likely_main, show
    from workbook.checking.suites import run, run_each
    from workbook.checking.surroundings import Surroundings
    from workbook.checking.worker import CheckWorker

_HOME = {
    "HASHING": "probes",
    "LOCAL": "exchange",
    "NO_EVIDENCE": "exchange",
    "SOME_TEXT": "exchange",
    "START": "exchange",
    "Answer": "exchange",
    "CheckWorker": "worker",
    "Clock": "probes",
    "ContractError": "exchange",
    "Evidence": "exchange",
    "Failure": "report",
    "NoApp": "submission",
    "Outcome": "report",
    "PRINTS": "report",
    "Reply": "exchange",
    "Result": "report",
    "Sandbox": "sandbox",
    "Server": "server",
    "Surroundings": "surroundings",
    "bcrypt_cache": "probes",
    "check_all": "batch",
    "copy_submission": "submission",
    "curl": "exchange",
    "likely_main": "submission",
    "load": "loader",
    "printable": "exchange",
    "reach": "server",
    "refusal": "exchange",
    "run": "suites",
    "run_each": "suites",
    "serve_step": "inprocess",
    "shorten_command": "exchange",
    "show": "submission",
    "visible": "exchange",
}

__all__ = [
    "HASHING",
    "LOCAL",
    "NO_EVIDENCE",
    "PRINTS",
    "SOME_TEXT",
    "START",
    "Answer",
    "CheckWorker",
    "Clock",
    "ContractError",
    "Evidence",
    "Failure",
    "NoApp",
    "Outcome",
    "Reply",
    "Result",
    "Sandbox",
    "Server",
    "Surroundings",
    "bcrypt_cache",
    "check_all",
    "copy_submission",
    "curl",
    "likely_main",
    "load",
    "printable",
    "reach",
    "refusal",
    "run",
    "run_each",
    "serve_step",
    "shorten_command",
    "show",
    "visible",
]


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f"{__name__}.{_HOME[name]}")
    return getattr(module, name)
