"""An app started once more, with settings of its own: does it start at all?"""

import contextlib
import io
import logging
import os
import shlex
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from workbook.checking.apps import own_lines
from workbook.checking.exchange import Unmet
from workbook.checking.lifespan import StartupFailed
from workbook.settings import environment

if TYPE_CHECKING:
    from workbook.checking.server import Server


@dataclass
class Trial:
    """One start. `said` is what the app printed, with the message that it ended with;
    `raised` is its traceback, where it ended in one; else it ended, or it is up."""

    said: str = ""
    raised: str = ""
    ended: bool = False

    @contextlib.contextmanager
    def watched(self, folder: Path) -> Iterator[None]:
        """The app in `folder` is imported and started in this block, which takes its
        end for an answer."""
        printed = io.StringIO()
        # Where others have set up logging, as pytest has, Python prints no record.
        logged = logging.StreamHandler(printed)
        logging.getLogger().addHandler(logged)
        with (
            contextlib.redirect_stdout(printed),
            contextlib.redirect_stderr(printed),
        ):
            try:
                yield
            except SystemExit as end:
                self.ended = True
                if isinstance(end.code, str):
                    printed.write(end.code)
            except StartupFailed as failed:
                self.ended = True
                printed.write(str(failed))
            except Exception as error:
                self.ended = True
                self.raised = own_lines(error, folder)
            finally:
                logging.getLogger().removeHandler(logged)
        self.said = printed.getvalue().strip()


@contextlib.contextmanager
def surroundings(
    variables: Mapping[str, str | None], dotenv: str | None
) -> Iterator[None]:
    """Where an app is launched: with these variables, in an empty folder with this
    `.env`. They stay as long as the app does, which may look at them at each request,
    and what it adds to its environment goes with it."""
    with (
        tempfile.TemporaryDirectory(prefix="workbook-") as here,
        contextlib.chdir(here),
        environment(os.environ | variables),
    ):
        if dotenv is not None:
            Path(".env").write_text(dotenv, "utf-8")
        before = set(os.environ)
        try:
            yield
        finally:
            for name in os.environ.keys() - before:
                del os.environ[name]


@dataclass(frozen=True)
class Launch:
    """What came of a trial, for a suite to judge; `server` is the app, if it is up."""

    asked: str
    trial: Trial
    server: "Server | None"

    def must_be_up(self, why: str) -> "Server":
        """The server. Raises `Unmet` when there is none."""
        if self.server is None:
            raise self.unmet(f"it starts: {why}", ["it does not start"])
        return self.server

    def must_be_refused(self, *names: str) -> None:
        """Raises `Unmet` unless the app ended with a message that has all the names."""
        expected = f"it does not start, and says why in words that name {names[0]}"
        if self.server is not None:
            raise self.unmet(expected, ["it starts"])
        if self.trial.raised:
            raise self.unmet(expected, ["it ends in a traceback"])
        missing = [name for name in names if name not in self.trial.said]
        if missing:
            wrong = f"what it says does not name {', '.join(missing)}"
            raise self.unmet(expected, [wrong])

    def must_not_show(self, secret: str) -> None:
        """Raises `Unmet` when the secret is in what the app printed or raised."""
        if secret in self.trial.said + self.trial.raised:
            raise self.unmet("the key is shown nowhere", ["the key is in what it says"])

    def unmet(self, expected: str, wrong: list[str]) -> Unmet:
        """This launch as a failure, to be raised."""
        came = self.trial.said or ("it ends" if self.server is None else "it starts")
        return Unmet(self.asked, came, expected, wrong, self.trial.raised)


def asked(variables: Mapping[str, str | None], dotenv: str | None) -> str:
    """The launch as a line for a POSIX shell."""
    given = {name: value for name, value in variables.items() if value is not None}
    words = [f"{name}={shlex.quote(value)}" for name, value in given.items()]
    gone = [f"-u {name}" for name in variables if name not in given]
    line = " ".join([*(["env", *gone] if gone else []), *words, "uvicorn main:app"])
    if dotenv is None:
        return line
    return f"printf '%s' {shlex.quote(dotenv)} > .env; {line}"
