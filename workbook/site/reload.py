"""A save of code or data while the site is served: what was imported is forgotten.

`mkdocs serve` builds again and again in one process, where a module is read once and
functions remember. So that no page is stale, after a save all our modules are read
again.
"""

import importlib
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
# What `watch` in mkdocs.yml names.
WATCHED = ("steps", "tests/steps", "workbook")
SUFFIXES = {".py", ".toml", ".json"}
# These stay: bcrypt is a function of what it is given, and an answer is kept under the
# state of all that it came from.
LASTING = {"workbook.checking.probes", "workbook.site.cache"}

State = frozenset[tuple[str, int, int]]


def state(paths: Iterable[Path]) -> State:
    """Code and data as they are on disk: for each file its path, time and size."""
    return frozenset(_seen(path for path in paths if path.suffix in SUFFIXES))


def _seen(files: Iterable[Path]) -> Iterator[tuple[str, int, int]]:
    for file in files:
        try:
            stat = file.stat()
        except FileNotFoundError:
            # An editor's own file, gone since the folder was read.
            continue
        yield file.as_posix(), stat.st_mtime_ns, stat.st_size


def _now() -> State:
    return state(path for name in WATCHED for path in (ROOT / name).rglob("*"))


# Taken before the rest is imported: a save in between is noticed once too often, which
# does no harm.
_LOADED = _now()

# What every answer of a step depends on, beside the step itself.
TOOLING: State = frozenset(
    file
    for file in _LOADED
    if file[0].endswith("/ladder.toml")
    or (file[0].startswith(f"{ROOT.as_posix()}/workbook/") and file[0].endswith(".py"))
)


def happened() -> bool:
    """Whether anything was saved since our modules were imported."""
    return _now() != _LOADED


def forget() -> None:
    """Lets every module of steps, suites and workbook be read again when next used."""
    # Bytecode is told from its source by whole seconds, and MkDocs takes its writing
    # for a save.
    sys.dont_write_bytecode = True
    ours = {name.partition("/")[0] for name in WATCHED}
    for name in list(sys.modules):
        if name.partition(".")[0] in ours and name not in LASTING:
            del sys.modules[name]
    importlib.invalidate_caches()
