"""Serving a step with uvicorn, the way a person would type it."""

import os
import secrets
import shlex
import socket
import subprocess
import sys

from dotenv import dotenv_values

from workbook.ladder import ROOT

HOST = "127.0.0.1"


class CannotServe(Exception):
    """The server cannot start; the message says what to do."""


def command(app: str, port: int) -> list[str]:
    """The plain uvicorn command, as a person types it."""
    words = ["uvicorn", app, "--reload"]
    return words if port == 8000 else [*words, "--port", str(port)]


def give_a_key() -> bool:
    """Puts a fresh SECRET_KEY into the environment, unless the app will find one there
    or in the .env of the project's folder; whether it did."""
    try:
        found = dotenv_values(ROOT / ".env")
    except UnicodeDecodeError:
        # The app says what is wrong with it.
        return False
    if any(name.upper() == "SECRET_KEY" for name in (*os.environ, *found)):
        return False
    os.environ["SECRET_KEY"] = secrets.token_hex(32)
    return True


def serve(app: str, port: int) -> int:
    """Runs uvicorn from the project's folder until it ends; its exit status."""
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


def must_be_free(port: int) -> None:
    """Raises `CannotServe` when a server cannot have the port."""
    other = port + 1 if port < 65535 else port - 1
    with socket.socket() as probe:
        # A port that was just let go is free: uvicorn asks in the same way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise CannotServe(
                f"Port {port} is not for you to take: try one above 1023, "
                "such as --port 8000."
            ) from None
        except OSError:
            raise CannotServe(
                f"Port {port} is in use: stop the server that has it, "
                f"or take another with --port {other} (make run PORT={other})."
            ) from None
