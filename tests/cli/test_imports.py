"""A command imports what it needs when it needs it, so that nobody waits for more."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

# The installed command does the same.
OURS = ["-c", "from workbook.cli import main; main()"]
# A check up to its worker, which says what has been imported by then.
UP_TO_THE_WORKER = """
import sys
from workbook.checking import worker
from workbook.cli import main

class Worker:
    def __init__(self, step):
        sys.exit(str(sorted(sys.modules)))

worker.CheckWorker = Worker
main()
"""
HEAVY = {"rich", "pytest", "fastapi", "httpx", "psutil", "watchfiles", "asyncio"}


def errors_of(*words: str, status: int = 0) -> str:
    """What Python prints on standard error."""
    done = subprocess.run(
        [sys.executable, *words], check=False, capture_output=True, text=True
    )
    assert done.returncode == status, done.stderr
    return done.stderr


@pytest.mark.parametrize("words", [["--help"], ["check", "--help"]], ids=" ".join)
def test_help_imports_nothing_that_checks_or_prints(words: list[str]):
    listed = errors_of("-X", "importtime", *OURS, *words)
    imported = {line.rpartition("|")[2].strip() for line in listed.splitlines()}
    assert "click" in imported
    assert imported.isdisjoint(HEAVY)


@pytest.mark.parametrize("command", ["check", "watch"])
def test_a_check_starts_its_worker_before_it_imports_what_prints(
    write: Callable[..., Path], command: str
):
    """The worker gets ready meanwhile, and takes longer."""
    write("1", "app = None")
    imported = errors_of("-c", UP_TO_THE_WORKER, command, "1", status=1)
    assert "'click'" in imported
    assert [name for name in HEAVY if f"'{name}'" in imported] == []
