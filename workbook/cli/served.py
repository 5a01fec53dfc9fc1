"""The command that serves a learner's version, for the requests of a failure."""

from pathlib import Path
from typing import TYPE_CHECKING

from workbook import ladder
from workbook.cli.options import command_on_yours

if TYPE_CHECKING:
    from workbook.terminal import Served

# Our own step may be running at the usual port, and would answer the requests as if
# nothing were wrong.
YOUR_PORT = 8001


def served_at(step: ladder.Step, answers: Path, secret_key: str | None) -> "Served":
    """How the learner's version is served for the requests of a failure, with the key
    that the check has signed its tokens with."""
    from workbook.settings import settings
    from workbook.terminal import Served

    return Served(
        f"{command_on_yours('run', step, answers)} --port {YOUR_PORT}",
        f"http://127.0.0.1:{YOUR_PORT}",
        settings(step, secret_key).get("SECRET_KEY", ""),
    )
