"""What a check prints of an outcome that no run of ours has."""

import pytest

from workbook import printing
from workbook.checking.outcome import Outcome, Result
from workbook.ladder import find

WORDS = "no mistake that is known"


@pytest.mark.parametrize(("verdict", "is_said"), [("passed", False), ("failed", True)])
def test_mistakes_are_spoken_of_where_something_failed(
    verdict: str, is_said: bool, capsys: pytest.CaptureFixture[str]
):
    """A check that was cut short may have come to no failure."""
    results = [Result("test_it", verdict)]  # type: ignore[arg-type]
    outcome = Outcome(results, problem="stopped after 300 seconds")
    printing.show_outcome(find("1"), "main.py", outcome, everything=False)
    printed = " ".join(capsys.readouterr().out.split())
    assert "stopped after 300 seconds" in printed
    assert (WORDS in printed) == is_said
