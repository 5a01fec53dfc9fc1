"""The checkpoints of the step pages: each names tests that its step's suite has."""

import importlib
import re

import pytest

from workbook.ladder import ROOT, Step, steps

CHECKPOINT = re.compile(
    r"pytest tests/steps/(?P<suite>test_\w+)\.py --answers answers"
    r'(?: \\\n *)? ?-k (?:"(?P<words>[^"]+)"|(?P<word>\w+))'
)


@pytest.mark.parametrize("step", steps(), ids=lambda step: step.name)
def test_each_word_of_a_checkpoint_selects_a_test_of_its_step(step: Step):
    page = (ROOT / "docs" / "steps" / f"{step.name}.md").read_text("utf-8")
    assert page.count(" -k ") == len(CHECKPOINT.findall(page))
    for checkpoint in CHECKPOINT.finditer(page):
        assert checkpoint["suite"] == f"test_{step.name}"
        suite = importlib.import_module(f"tests.steps.{checkpoint['suite']}")
        names = [name for name in vars(suite) if name.startswith("test_")]
        words = checkpoint["word"] or checkpoint["words"]
        unknown = [
            word
            for word in words.split(" or ")
            if not any(word in name for name in names)
        ]
        assert unknown == []
