"""Which browser the tests drive, and how it is started."""

import os
import shutil
from pathlib import Path

import pytest

VARIABLES = ("PLAYWRIGHT_CHROMIUM", "CHROMIUM")
COMMANDS = ("chromium", "chromium-browser", "google-chrome", "chrome", "microsoft-edge")

FLAGS = [
    # Chromium refuses to run as root, as containers do, with its sandbox.
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Whatever else it would ask for, it finds no other machine than this one.
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
]

MISSING = (
    "no Chromium: install one (apt install chromium), or playwright install chromium, "
    "or set PLAYWRIGHT_CHROMIUM to the path of one"
)


def find_chromium(playwrights_own: str) -> str:
    """The program that the environment names, else one on the path, else Playwright's.

    With none of them the test is skipped. Under `CI=true` it fails: nobody reads the
    skips of a machine.
    """
    for variable in VARIABLES:
        if named := os.environ.get(variable):
            return named
    for command in COMMANDS:
        if found := shutil.which(command):
            return found
    if Path(playwrights_own).is_file():
        return playwrights_own
    if os.environ.get("CI") == "true":
        pytest.fail(MISSING)
    pytest.skip(MISSING)
