"""What the machines run is what `make` runs: there is one list of commands."""

import re
import shutil
from typing import Any

import pytest
import yaml

from tests.tooling.test_makefile import SET_UP, make
from workbook.ladder import ROOT

pytestmark = pytest.mark.skipif(
    not shutil.which("make"), reason="make is not installed"
)

TESTS = yaml.safe_load(
    (ROOT / ".github" / "workflows" / "tests.yml").read_text("utf-8")
)
CI = (ROOT / ".ci" / "run").read_text("utf-8")


def commands(job: str) -> list[str]:
    """The lines that a job of the workflow runs."""
    steps: list[dict[str, Any]] = TESTS["jobs"][job]["steps"]
    return [
        line for step in steps if "run" in step for line in step["run"].splitlines()
    ]


def made(*targets: str) -> list[str]:
    """The lines that make would run, without its set-up."""
    lines = make("-n", *targets).splitlines()
    return [line for line in lines if not line.startswith(SET_UP)]


def test_the_gate_runs_the_commands_of_make_on_every_system():
    sets_up, installs, *rest = commands("gate")
    assert sets_up == "python workbook/bootstrap.py"
    assert installs == "$BIN/playwright install chromium"
    assert [line.replace("$BIN/", ".venv/bin/") for line in rest] == made(
        "lint", "test"
    )


def test_the_oldest_python_of_the_gate_is_the_oldest_that_we_support():
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    (oldest,) = re.findall(r'^requires-python = ">=(.+)"$', pyproject, re.MULTILINE)
    assert TESTS["jobs"]["gate"]["strategy"]["matrix"]["python"][0] == oldest


def test_a_newcomers_first_hour_begins_on_windows_as_the_readme_says():
    """The layer of `make run` has to be enough, on every system."""
    readme = (ROOT / "README.md").read_text("utf-8")
    printed = re.findall(r"(?ms)^```powershell\n(.*?)^```", readme)
    sets_up, serves = printed[0].splitlines()
    steps = TESTS["jobs"]["first-hour"]["steps"]
    in_powershell = [step["run"] for step in steps if step.get("shell") == "pwsh"]
    assert in_powershell == [sets_up]
    program, *words = serves.split()
    assert program == r".venv\Scripts\workbook"
    assert any(
        line == f"$BIN/workbook {' '.join(words)} &" for line in commands("first-hour")
    )


def test_a_newcomers_first_hour_needs_no_more_than_make_run_brings():
    sets_up, *_ = commands("first-hour")
    command, target = sets_up.split()
    assert command == "make"
    assert make("-n", target) == f"{SET_UP} run\n"
    assert make("-n", "run").startswith(make("-n", target))


def test_everything_is_run_once_as_before_a_change_lands():
    assert commands("everything") == [".ci/run"]


def test_before_a_change_lands_each_command_runs_once():
    (line,) = re.findall(r"^make (.+)$", CI, re.MULTILINE)
    together = made(*line.split())
    assert together == [*made("lint"), *made("site"), *made("test-all")]
    assert len(together) == len(set(together))


def test_everything_is_the_gate_and_then_the_long_proofs():
    gate, proofs = made("test-all")
    assert [gate] == made("test")
    assert gate.removesuffix('-m "not long"') == proofs.removesuffix("-m long")


def test_the_newest_releases_are_tested_without_the_set_up_of_the_lock():
    *_, last = commands("newest")
    command, *words = last.split()
    assert command == "make"
    instead = [line for line in make("-n", *words).splitlines() if line[:5] == "true "]
    assert instead
    assert set(made(*words)) - set(instead) == set(made("test-all"))
