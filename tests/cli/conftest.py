"""The command as a person has it: in a terminal, and with an answers folder."""

import contextlib
import os
import secrets
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest

from tests.cli.terminal import MARK, Terminal
from workbook import cli, timeouts
from workbook.ladder import find


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the commands are typed: a new one, with an empty folder of
    answers. Outside the workbook, a command that needs one takes no other."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "answers").mkdir()
    return tmp_path


@pytest.fixture
def workbook(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Said]:
    """`workbook("check", "2")`: the command without a terminal, and in this process,
    which saves the start of one."""

    # A check is then one process, and not two that both take time to start.
    monkeypatch.setattr(os, "cpu_count", lambda: 1)

    def workbook(*words: str) -> Said:
        monkeypatch.setattr(sys, "argv", ["workbook", *words])
        capsys.readouterr()
        status = 0
        try:
            cli.main()
        except SystemExit as left:
            status = left.code if isinstance(left.code, int) else int(bool(left.code))
        return Said(status, *capsys.readouterr())

    return workbook


@pytest.fixture
def terminal(here: Path) -> Iterator[Callable[..., Terminal]]:
    """`terminal("watch", "2")`: the command in a terminal of its own. When it has
    ended, what it started must have ended too."""
    mark = secrets.token_hex(8)
    opened: list[Terminal] = []

    def terminal(*words: str, **how: object) -> Terminal:
        opened.append(Terminal(words, here, mark, **how))
        return opened[-1]

    yield terminal
    if all(one.has_ended for one in opened):
        # The children of a command that was killed notice it themselves.
        _, left = psutil.wait_procs(marked(mark), timeout=timeouts.COMMAND)
        assert left == []
    for one in opened:
        one.close()
    # A test that has seen what it wanted need not wait for a tidy end.
    for process in marked(mark):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()


def marked(mark: str) -> list[psutil.Process]:
    """The processes that run with this mark in their environment."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK) == mark:
                found.append(process)
    return found


@pytest.fixture
def write(here: Path) -> Callable[..., Path]:
    """`write("2", source)`: saves a version of a step, and tells where."""

    def write(step: str, source: str, answers: str = "answers") -> Path:
        main = here / answers / find(step).name / "main.py"
        main.parent.mkdir(parents=True, exist_ok=True)
        # At once, as editors do that care: nobody sees half a file.
        draft = main.with_name(f"draft-{os.getpid()}")
        draft.write_text(source, "utf-8")
        draft.replace(main)
        return main

    return write
