"""Answers for programs: --json, and a verdict with the keys that its help names."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

from workbook.cli.options import Command

if TYPE_CHECKING:
    from workbook.learning import Verdict

VERDICT_KEYS = (
    "step, name, all_passed, passed (how many), failed, skipped, problem, not_judged, "
    "stored, looks_like, cause, not_written"
)


def json_option(keys: str) -> Callable[[Command], Command]:
    """--json, whose help names the keys of the answer."""
    return click.option("--json", "as_json", is_flag=True, help=f"As JSON, {keys}.")


def print_json(value: object) -> None:
    """Prints one JSON value."""
    import json

    click.echo(json.dumps(value, indent=2, ensure_ascii=False))


def verdict_as_json(verdict: "Verdict") -> dict[str, Any]:
    """A verdict under `VERDICT_KEYS`."""
    import dataclasses

    outcome = verdict.outcome
    return {
        "step": verdict.step.number,
        "name": verdict.step.name,
        "all_passed": outcome.all_passed,
        "passed": len(outcome.passed),
        "failed": [dataclasses.asdict(result) for result in outcome.failed],
        "skipped": [dataclasses.asdict(result) for result in outcome.skipped],
        "problem": outcome.problem,
        "not_judged": outcome.not_judged,
        "stored": outcome.stored,
        "looks_like": [
            {"mistake": suspect.mistake.name, "likeness": round(suspect.likeness, 2)}
            for suspect in verdict.suspects
        ],
        "cause": dataclasses.asdict(verdict.cause) if verdict.cause else None,
        "not_written": list(verdict.not_written),
    }
