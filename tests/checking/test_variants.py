"""Correct apps that are written differently pass: a suite judges behaviour, not style.

Each folder in tests/variants is a set of answers in one style, to all steps.
"""

from pathlib import Path

import pytest

from workbook.checking import Outcome
from workbook.checking.jury import judge_all
from workbook.ladder import Step, steps

VARIANTS = Path(__file__).resolve().parent.parent / "variants"
STYLES = sorted(path.name for path in VARIANTS.iterdir() if path.is_dir())
CASES = [(step, style) for style in STYLES for step in steps()]


@pytest.fixture(scope="module")
def outcomes() -> dict[tuple[Step, str], Outcome]:
    """What each step's suite says of each style."""
    verdicts = judge_all([(step.name, VARIANTS / style) for step, style in CASES])
    return dict(zip(CASES, verdicts, strict=True))


@pytest.mark.parametrize(
    ("step", "style"), CASES, ids=[f"{style}-{step.name}" for step, style in CASES]
)
def test_a_correct_variant_passes(
    step: Step, style: str, outcomes: dict[tuple[Step, str], Outcome]
):
    outcome = outcomes[step, style]
    assert not outcome.problem
    assert [str(result.story or result.reason) for result in outcome.failed] == []
    assert outcome.holds


def test_there_are_at_least_two_styles():
    assert len(STYLES) >= 2
