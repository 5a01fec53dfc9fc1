"""Serving a step with uvicorn, the way a person would type it."""

import os
import shlex
import socket
import subprocess
import sys
from pathlib import Path

from workbook.ladder import ROOT, Step

HOST = "127.0.0.1"


class CannotServe(Exception):
    """The server cannot start; the message says what to do."""


def command(app: str, port: int) -> list[str]:
    """The plain uvicorn command, as a person types it."""
    words = ["uvicorn", app, "--reload"]
    return words if port == 8000 else [*words, "--port", str(port)]


def app_of(step: Step, answers: Path | None = None) -> str:
    """What uvicorn is given: our step's app, or the learner's. Raises `CannotServe`."""
    if answers is None:
        return step.app
    main = answers / step.name / "main.py"
    if not main.is_file():
        raise CannotServe(f"There is no {main}: workbook start {step.number} makes it.")
    return ".".join([*answers.parts, step.name, "main:app"])


def serve(app: str, port: int) -> int:
    """Runs uvicorn from the project's folder until it ends; its exit status.

    Raises `CannotServe` when the port is taken.
    """
    _must_be_free(port)
    os.chdir(ROOT)
    words = [sys.executable, "-m", *command(app, port)]
    if os.name == "posix":
        # uvicorn takes our place: signals reach it, and nothing is left behind.
        sys.stdout.flush()
        os.execv(words[0], words)
    return subprocess.call(words)


def printable(words: list[str]) -> str:
    """A command as one line for a shell."""
    return shlex.join(words)


def _must_be_free(port: int) -> None:
    with socket.socket() as probe:
        # A port that was just let go is free: uvicorn asks in the same way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except OSError:
            raise CannotServe(
                f"Port {port} is in use: stop the server that has it, "
                f"or take another with --port {port + 1} (make run PORT={port + 1})."
            ) from None
