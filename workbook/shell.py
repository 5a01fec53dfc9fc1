"""How a program of the workbook's environment is typed from where the user is.

A command that we print must run as it's printed, whether the environment is active or
not. Where the shell finds ours by its name, the name is enough. Where it finds none, or
another one, the path is printed too.
"""

import os
import shlex
import shutil
import sys
import sysconfig
from pathlib import Path

from workbook import ladder

# What `python -m` takes where a program has no script in the environment.
MODULES = {"workbook": "workbook.cli"}


def program(name: str, *, elsewhere: bool = False) -> str:
    """The program as it's typed in this folder, `workbook` or `.venv/bin/workbook`, or
    as it's typed `elsewhere`, with the whole path."""
    scripts = Path(sysconfig.get_path("scripts"))
    ours = shutil.which(name, path=str(scripts))
    if ours is None:
        return f"{_quoted(sys.executable)} -m {MODULES.get(name, name)}"
    found = shutil.which(name)
    if found is not None and os.path.samefile(found, ours):
        return name
    return _quoted(str(scripts / name) if elsewhere else path_from_here(scripts / name))


def path_from_here(path: Path) -> str:
    """The path as it's typed in this folder: relative inside the workbook."""
    here = Path.cwd()
    if path.is_relative_to(here):
        return str(path.relative_to(here))
    if path.is_relative_to(ladder.ROOT) and here.is_relative_to(ladder.ROOT):
        return os.path.relpath(path, here)
    return str(path)


def _quoted(text: str) -> str:
    return text if os.name == "nt" else shlex.quote(text)
