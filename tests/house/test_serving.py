"""Serving a step: the plain uvicorn command, and who has the port."""

import errno
import socket
import sys
from pathlib import Path

import pytest

from workbook import serving
from workbook.ladder import ROOT, find
from workbook.serving import CannotServe

STEP = find("1")


def test_the_command_is_what_a_person_types():
    words = serving.command(STEP.app, 8000)
    assert serving.printable(words) == f"uvicorn {STEP.app} --reload"


def test_another_port_is_said():
    words = serving.command(STEP.app, 8001)
    assert serving.printable(words) == f"uvicorn {STEP.app} --reload --port 8001"


def test_a_word_with_a_blank_can_be_pasted():
    assert serving.printable(["cat", "my answers"]) == "cat 'my answers'"


def test_a_port_that_is_free_is_fine():
    with socket.socket() as probe:
        probe.bind((serving.HOST, 0))
        port = probe.getsockname()[1]
    serving.must_be_free(port)


def test_a_port_that_is_taken_is_told_with_one_to_try():
    with socket.socket() as server:
        server.bind((serving.HOST, 0))
        server.listen()
        port = server.getsockname()[1]
        with pytest.raises(CannotServe, match=rf"--port {port + 1} .*PORT={port + 1}"):
            serving.must_be_free(port)


def test_a_port_that_is_reserved_is_told_apart(monkeypatch: pytest.MonkeyPatch):
    """As root, who may have every port, this cannot be had for real."""

    def refuse(*_: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(socket.socket, "bind", refuse)
    with pytest.raises(CannotServe, match=r"Port 80 is not for you .*above 1023"):
        serving.must_be_free(80)


@pytest.mark.skipif(sys.platform == "win32", reason="uvicorn is a child there")
def test_uvicorn_takes_our_place_in_the_folder_of_the_project(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """Signals then reach it without us, and it finds the steps and the answers."""
    monkeypatch.chdir(tmp_path)
    became = []
    monkeypatch.setattr(serving.os, "execv", lambda *call: became.append(call))
    monkeypatch.setattr(serving.subprocess, "call", lambda words: 0)
    serving.serve(STEP.app, 8001)
    assert became == [
        (
            sys.executable,
            [sys.executable, "-m", "uvicorn", STEP.app, "--reload", "--port", "8001"],
        )
    ]
    assert ROOT.samefile(".")
