"""Serving a step: the plain uvicorn command, and who has the port."""

import errno
import os
import re
import socket
import sys
from pathlib import Path

import pytest

from workbook import serving
from workbook.ladder import ROOT, find
from workbook.serving import CannotServe

STEP = find("1")


def test_the_command_is_what_a_person_types():
    words = serving.command(serving.Launch(STEP.app), 8000)
    assert serving.printable(words) == f"uvicorn {STEP.app} --reload"


def test_another_port_is_said():
    words = serving.command(serving.Launch(STEP.app), 8001)
    assert serving.printable(words) == f"uvicorn {STEP.app} --reload --port 8001"


def test_a_word_with_a_blank_can_be_pasted():
    assert serving.printable(["cat", "my answers"]) == "cat 'my answers'"


def test_a_port_that_is_free_is_fine():
    with socket.socket() as probe:
        probe.bind((serving.HOST, 0))
        port = probe.getsockname()[1]
    serving.must_be_free(port, "workbook run 1")


def test_a_port_that_is_taken_is_told_with_one_to_try():
    with socket.socket() as server:
        server.bind((serving.HOST, 0))
        server.listen()
        port = server.getsockname()[1]
        with pytest.raises(CannotServe, match=f"workbook run 3 --port {port + 1}"):
            serving.must_be_free(port, "workbook run 3")


def test_a_port_that_is_reserved_is_told_apart(monkeypatch: pytest.MonkeyPatch):
    """As root, who may have every port, this cannot be had for real."""

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(CannotServe, match=r"Port 80 isn't for you .*above 1023"):
        serving.must_be_free(80, "workbook run 3")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without .env, and an environment without a key."""
    # Set first, so that what the test leaves there is taken away again.
    monkeypatch.setenv("SECRET_KEY", "")
    monkeypatch.delenv("SECRET_KEY")
    return tmp_path


def test_a_run_without_a_key_is_given_a_fresh_one(project: Path):
    assert serving.give_a_key(project)
    assert re.fullmatch("[0-9a-f]{64}", os.environ["SECRET_KEY"])


@pytest.mark.parametrize("key", ["", "short", "a" * 64])
def test_a_key_of_the_environment_is_left_to_the_app_to_judge(
    project: Path, monkeypatch: pytest.MonkeyPatch, key: str
):
    monkeypatch.setenv("SECRET_KEY", key)
    assert not serving.give_a_key(project)
    assert os.environ["SECRET_KEY"] == key


@pytest.mark.parametrize(
    "line", ["SECRET_KEY=x", "export secret_key='x'", "\nSecret_Key="]
)
def test_a_key_in_the_dotenv_file_is_the_one_that_counts(project: Path, line: str):
    (project / ".env").write_text(f"# mine\n{line}\n", "utf-8")
    assert not serving.give_a_key(project)
    assert "SECRET_KEY" not in os.environ


def test_a_dotenv_file_that_cannot_be_read_is_left_to_the_app_to_judge(project: Path):
    """Windows PowerShell 5.1 writes UTF-16."""
    (project / ".env").write_text("SECRET_KEY=x", "utf-16")
    assert not serving.give_a_key(project)


@pytest.mark.skipif(sys.platform == "win32", reason="uvicorn is a child there")
@pytest.mark.parametrize(
    "app", [STEP.app, f"answers.{STEP.name}.main:app"], ids=["ours", "yours"]
)
def test_uvicorn_takes_our_place_in_the_folder_of_the_project(
    app: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """Signals then reach it without us, and it finds the steps and the answers. It
    starts again at each save of what it serves."""
    monkeypatch.chdir(tmp_path)
    for name in (serving.APP, serving.TITLE):
        # Set first, so that what the test leaves there is taken away again.
        monkeypatch.setenv(name, "")
    became = []
    monkeypatch.setattr(serving.os, "execv", lambda *call: became.append(call))
    monkeypatch.setattr(serving.subprocess, "call", lambda words: 0)
    serving.serve(serving.Launch(app), 8001, "Step 1: x")
    (program, words), *none = became
    assert none == []
    assert program == sys.executable
    plain = ["uvicorn", serving.SERVED, "--reload", "--port", "8001"]
    folder = str(ROOT / app.partition(".")[0])
    assert words == [sys.executable, "-m", *plain, "--reload-dir", folder]
    assert os.environ[serving.APP] == app
    assert os.environ[serving.TITLE] == "Step 1: x"
    assert ROOT.samefile(".")
