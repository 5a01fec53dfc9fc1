"""Serving a step with uvicorn, the way a person would type it."""

import os
import secrets
import shlex
import socket
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from dotenv import dotenv_values

from workbook.ladder import ROOT
from workbook.shell import program

HOST = "127.0.0.1"
# What uvicorn is given in the place of an app, so that /docs needs no CDN, and where it
# finds the app and a title for that page.
SERVED = "workbook.served_app:app"
APP, TITLE = "WORKBOOK_APP", "WORKBOOK_TITLE"


class CannotServe(Exception):
    """The server cannot start; the message says what to do."""


@dataclass(frozen=True)
class Launch:
    """How an app is started: the `app` that uvicorn is given, the `folder` in which it
    runs, and its `app_dir`, from where modules are imported. With an `app_dir`, those
    beside the app are found only if it says that it `has_neighbours`."""

    app: str
    folder: Path = ROOT
    app_dir: str = ""
    has_neighbours: bool = False

    def import_path(self) -> list[Path]:
        """The folders that modules are imported from."""
        above = [(self.folder / self.app_dir).resolve()] if self.app_dir else []
        return [self.folder, *above]


def command(launch: Launch, port: int) -> list[str]:
    """The plain uvicorn command, as a person types it in the launch's folder."""
    words = ["uvicorn", launch.app, "--reload"]
    if launch.app_dir:
        words += ["--app-dir", launch.app_dir]
    return words if port == 8000 else [*words, "--port", str(port)]


def typed(launch: Launch, port: int, folder: str, variables: str = "") -> str:
    """The same as a line for a shell that is anywhere, with these variables before it.
    `folder` is the launch's folder as it's typed from there."""
    if launch.has_neighbours:
        variables = f"{variables} PYTHONPATH=.".strip()
    _, *words = command(launch, port)
    if launch.folder == Path.cwd():
        return f"{variables} {program('uvicorn')} {printable(words)}".strip()
    uvicorn = program("uvicorn", elsewhere=True)
    line = f"{variables} {uvicorn} {printable(words)}".strip()
    return f"cd {shlex.quote(folder)} && {line}"


def give_a_key(folder: Path) -> bool:
    """Puts a fresh SECRET_KEY into the environment, unless the app will find one there
    or in the .env of the folder that it's run in; whether it did."""
    try:
        found = dotenv_values(folder / ".env")
    except UnicodeDecodeError:
        # The app says what is wrong with it.
        return False
    if any(name.upper() == "SECRET_KEY" for name in (*os.environ, *found)):
        return False
    os.environ["SECRET_KEY"] = secrets.token_hex(32)
    return True


def environment(app: str, title: str) -> dict[str, str]:
    """The variables that `SERVED` reads."""
    return {APP: app, TITLE: title}


def serve(launch: Launch, port: int, title: str) -> int:
    """Runs uvicorn in the launch's folder until it ends; its exit status.

    It differs from the plain command in `/docs`, which needs no CDN.
    """
    os.chdir(launch.folder)
    os.environ.update(environment(launch.app, title))
    if launch.folder != ROOT:
        before = filter(None, [os.environ.get("PYTHONPATH")])
        path = [*map(str, launch.import_path()), str(ROOT), *before]
        os.environ["PYTHONPATH"] = os.pathsep.join(path)
    words = [sys.executable, "-m", *command(Launch(SERVED), port)]
    if launch.folder == ROOT:
        # A save of the learner's is none of our step, and ours is none of theirs.
        top, _, _ = launch.app.partition(".")
        words += ["--reload-dir", str(ROOT / top)]
    if os.name == "posix":
        # uvicorn takes our place: signals reach it, and nothing is left behind.
        sys.stdout.flush()
        os.execv(words[0], words)
    return subprocess.call(words)


def printable(words: list[str]) -> str:
    """A command as one line for a shell."""
    return shlex.join(words)


def must_be_free(port: int, command: str) -> None:
    """Raises `CannotServe` when a server cannot have the port. The `command` asks for
    it, and is repeated with another port."""
    other = port + 1 if port < 65535 else port - 1
    with socket.socket() as probe:
        # A port that was just let go is free: uvicorn asks in the same way.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((HOST, port))
        except PermissionError:
            raise CannotServe(
                f"Port {port} isn't for you to take. Use one above 1023: "
                f"{command} --port 8000"
            ) from None
        except OSError:
            raise CannotServe(
                f"Port {port} is in use. Stop the server that has it, or use another "
                f"port: {command} --port {other}"
            ) from None
