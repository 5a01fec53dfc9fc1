"""Runs a step's suite against an implementation, and tells the outcome."""

from workbook.checking.exchange import SOME_TEXT, Reply, Unmet, refusal
from workbook.checking.outcome import Outcome, Result, Story
from workbook.checking.run import run
from workbook.checking.server import Server

__all__ = [
    "SOME_TEXT",
    "Outcome",
    "Reply",
    "Result",
    "Server",
    "Story",
    "Unmet",
    "refusal",
    "run",
]
