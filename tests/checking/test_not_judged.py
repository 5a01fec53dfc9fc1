"""What a machine is too busy for is not judged, and never called wrong."""

import contextlib
import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbook import timeouts
from workbook.checking import Outcome
from workbook.checking.sandbox import Sandbox
from workbook.checking.suites import Job, run_when_told
from workbook.ladder import ROOT, find
from workbook.timeouts import Limits

STEP = find("1")
RIGHT = STEP.main.read_text("utf-8")
LOGIN = "    user = get_user(fake_users_db, form_data.username)\n"
SLOW = "    import threading; threading.Event().wait()\n"
# An app that sleeps, where no sleep is long enough, is one that gets no processor.
STARVED = Limits(cpu=1000.0, idle=1000.0, wall=0.2)


def checked(source: str, answers: Path) -> Outcome:
    folder = answers / STEP.name
    folder.mkdir()
    (folder / "main.py").write_text(source, "utf-8")
    with contextlib.closing(Sandbox()) as sandbox:
        return run_when_told(
            STEP,
            lambda: Job(answers=answers),
            sandbox=sandbox,
            on_result=lambda result, place: None,
        )


def must_not_be_judged(outcome: Outcome) -> None:
    assert not outcome.all_passed
    assert outcome.problem == ""
    assert outcome.failed == []
    assert "The machine is too busy to judge this: in" in outcome.not_judged
    assert "seconds of processor time" in outcome.not_judged
    assert "says nothing about your code" in outcome.not_judged


def test_an_app_that_gets_no_processor_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(timeouts, "START", STARVED)
    must_not_be_judged(checked(f"{SLOW.strip()}\n{RIGHT}", tmp_path))


def test_an_app_that_gets_no_processor_to_answer(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(timeouts, "REQUEST", STARVED)
    must_not_be_judged(checked(RIGHT.replace(LOGIN, SLOW + LOGIN), tmp_path))


def test_a_check_that_gets_no_processor(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(timeouts, "CHECK", STARVED)
    must_not_be_judged(checked(RIGHT.replace(LOGIN, SLOW + LOGIN), tmp_path))


def test_a_server_at_a_url_that_gives_no_answer():
    """Nobody can look at its processor time from here."""
    silent = "import socket; s = socket.create_server(('127.0.0.1', 0)); "
    silent += "print(s.getsockname()[1], flush=True); c = s.accept(); input()"
    with subprocess.Popen(
        [sys.executable, "-c", silent],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stdout is not None
            url = f"http://127.0.0.1:{server.stdout.readline().strip()}"
            done = subprocess.run(
                [sys.executable, "-m", "pytest", str(STEP.suite), f"--url={url}"],
                cwd=ROOT,
                env=os.environ | {"WORKBOOK_TIMEOUT_FACTOR": "0.01"},
                capture_output=True,
                text=True,
            )
        finally:
            server.kill()
    assert done.returncode == 2
    assert "gave no answer within 1 seconds" in done.stdout
