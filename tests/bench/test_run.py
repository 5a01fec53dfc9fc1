"""A tiny run against real steps: everything is measured, and nothing is left."""

import gc
import os
import sys
from io import StringIO
from pathlib import Path

import psutil
import pytest
from rich.console import Console

from workbook.bench import __main__ as command
from workbook.bench import rounds
from workbook.bench.client import Unexpected
from workbook.bench.figures import Figures, read
from workbook.bench.rounds import Effort, measure
from workbook.bench.table import show
from workbook.bench.tokens import Tokens
from workbook.ladder import find

FIVE, SEVEN = find("5"), find("7")
TINY = Effort(
    rounds=1, seconds={0: 0.1, 2: 0.1}, slices=1, seconds_a_slice=0.05, pairs=1
)


def children() -> set[int]:
    return {process.pid for process in psutil.Process().children(recursive=True)}


@pytest.fixture(scope="module")
def tiny() -> Figures:
    """A run of a second or two, after which no server may be left."""
    before = children()
    figures = measure([FIVE, SEVEN], TINY)
    assert children() == before
    return figures


@pytest.mark.long
def test_a_run_measures_each_step_and_the_empty_route(tiny: Figures):
    assert list(tiny.steps) == [FIVE.name, SEVEN.name]
    assert tiny.steps[FIVE.name].keys() == tiny.steps[SEVEN.name].keys()
    assert {"p99_0", "p99_2", "logins_2", "share"} <= tiny.steps[SEVEN.name].keys()
    assert tiny.routes["/empty"]["share"] == (1, 1, 1)
    assert tiny.steps[FIVE.name]["share"].median > 0


@pytest.mark.long
def test_a_run_can_be_kept_and_read_again(tiny: Figures, tmp_path: Path):
    tiny.write(tmp_path / "bench.json")
    kept = read(tmp_path / "bench.json")
    assert kept.clients == [0, 2]
    assert kept.steps.keys() == tiny.steps.keys()


@pytest.mark.long
def test_a_run_is_shown_in_the_terminal(tiny: Figures):
    screen = StringIO()
    show(tiny, Console(file=screen, width=120))
    for words in ("Measured on", "2 clients log in", "step 7", "known to unknown"):
        assert words in screen.getvalue()


@pytest.mark.long
def test_servers_end_when_the_run_breaks_off(monkeypatch: pytest.MonkeyPatch):
    def interrupted(*anything: object) -> None:
        assert len(children() - before) == 2
        raise KeyboardInterrupt

    before = children()
    monkeypatch.setattr(rounds, "_round", interrupted)
    with pytest.raises(KeyboardInterrupt):
        measure([SEVEN], TINY)
    assert children() == before
    assert gc.isenabled()


@pytest.mark.parametrize("step", [FIVE, SEVEN, find("8")], ids=lambda step: step.name)
def test_tokens_are_made_and_read_by_the_steps_own_functions(step, monkeypatch):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    before = {name for name in sys.modules if name.startswith("steps.")}
    tokens = Tokens(step)
    assert tokens.made() > 0
    assert tokens.read() > 0
    # Neither a module nor a key stays behind for others in this process.
    assert {name for name in sys.modules if name.startswith("steps.")} == before
    assert "SECRET_KEY" not in os.environ


@pytest.mark.parametrize(
    ("raised", "status", "told"),
    [
        (KeyboardInterrupt(), 130, "Stopped. bench.json is as it was."),
        (Unexpected("It answers 500."), 1, "Not measured: It answers 500."),
    ],
)
def test_a_run_that_breaks_off_keeps_the_figures_of_the_last(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    raised: BaseException,
    status: int,
    told: str,
):
    def breaks_off(**settings: object) -> None:
        raise raised

    kept = read()
    monkeypatch.setattr(command, "measure", breaks_off)
    assert command.main() == status
    assert told in capsys.readouterr().out
    assert read() == kept
