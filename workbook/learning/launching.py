"""How uvicorn serves a learner's version: from the project's folder, or from its own.

An app that imports `models` from beside main.py, or opens a file there, works when it's
started in its own folder. One that imports `.settings` is part of a package.
"""

import ast
from collections.abc import Iterator
from pathlib import Path

from workbook.ladder import ROOT, Step
from workbook.learning.answers import main_of
from workbook.serving import Launch

# Of a module, so many bytes are looked at.
LARGEST = 1_000_000


def launch_of(step: Step, answers: Path) -> Launch:
    """How the learner's version is started, so that it works as it does for a check."""
    folder = main_of(step, answers).parent.resolve()
    imports = [one for file in folder.rglob("*.py") for one in _imports_in(file)]
    is_package = any(name.startswith(".") for name in imports)
    has_neighbours = any(_is_beside(name, folder) for name in imports)
    module = _module_below_root(folder)
    if module and not has_neighbours and not _has_files(folder):
        return Launch(f"{module}.main:app")
    if not is_package:
        return Launch("main:app", folder)
    app = f"{step.name}.main:app"
    return Launch(app, folder, app_dir="..", has_neighbours=has_neighbours)


def _module_below_root(folder: Path) -> str:
    """The folder as a package of the project; empty where it's none."""
    parts = folder.relative_to(ROOT).parts if folder.is_relative_to(ROOT) else ("",)
    return ".".join(parts) if all(part.isidentifier() for part in parts) else ""


def _imports_in(file: Path) -> Iterator[str]:
    """The names of modules that a file imports, with a dot first where they're
    relative. None where it can't be read: uvicorn says what is wrong with it."""
    try:
        with file.open("rb") as opened:
            tree = ast.parse(opened.read(LARGEST))
    except (OSError, SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield "." * node.level + (node.module or "")


def _is_beside(name: str, folder: Path) -> bool:
    """Whether a name is that of a module in the folder itself."""
    top = name.partition(".")[0]
    if not top:
        return False
    return (folder / f"{top}.py").is_file() or any((folder / top).glob("*.py"))


def _has_files(folder: Path) -> bool:
    """Whether the app may read files there, such as a `.env` or a database."""
    return any(
        file.is_file()
        and file.suffix not in (".py", ".md")
        and (file.name.startswith(".env") or not file.name.startswith("."))
        for file in folder.iterdir()
    )
