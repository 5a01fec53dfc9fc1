"""Help and completion come at once: nothing is imported that they do not need."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

# A program of the same library, with as much to say.
BARE = """
import click

@click.group()
def cli():
    pass

for name in ("run", "start", "check", "watch", "hint", "diff", "which"):
    cli.command(name)(click.option("--answers")(click.argument("step")(lambda: None)))

cli(["--help"])
"""
# The installed command does the same.
OURS = ["-c", "from workbook.cli import main; main()"]
UNKEPT = "PYTHONDONTWRITEBYTECODE"
RUNS = 8


def run(*words: str) -> str:
    """What it prints on standard error. As in `make`, what is imported is compiled once
    and kept."""
    environment = {name: value for name, value in os.environ.items() if name != UNKEPT}
    done = subprocess.run(
        [sys.executable, *words],
        check=True,
        capture_output=True,
        text=True,
        env=environment,
    )
    return done.stderr


def processor_time(*words: str) -> float:
    """Of one run, in seconds: what else the machine does counts little."""
    resource = pytest.importorskip("resource")
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run(*words)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return float(after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime)


def test_help_takes_at_most_half_as_long_again_as_that_of_a_bare_program(
    tmp_path: Path,
):
    bare = tmp_path / "bare.py"
    bare.write_text(BARE, "utf-8")
    ours, theirs = [], []
    for _ in range(RUNS):
        ours.append(processor_time(*OURS, "--help"))
        theirs.append(processor_time(str(bare)))
    # A hundredth more, because some clocks tell no finer.
    assert min(ours) <= 1.5 * min(theirs) + 0.01


@pytest.mark.parametrize("words", [["--help"], ["check", "--help"]], ids=" ".join)
def test_help_imports_nothing_that_checks_or_prints(words: list[str]):
    told = run("-X", "importtime", *OURS, *words)
    imported = {line.rpartition("|")[2].strip() for line in told.splitlines()}
    assert "click" in imported
    assert imported.isdisjoint(
        {"rich", "pytest", "fastapi", "httpx", "psutil", "watchfiles", "asyncio"}
    )
