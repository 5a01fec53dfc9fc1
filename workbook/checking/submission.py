"""A learner's folder on its way to where it runs: looked at, and copied within limits.

What lies beside `main.py` may be anything: a link to a device or to a whole disk, a
pipe that gives nothing, a folder that contains itself. Each is refused in one line.
"""

import io
import os
import stat
from collections.abc import Iterator
from pathlib import Path

from workbook.checking.exchange import printable

# Far more than an app of a step needs. It's copied at each start.
MOST_BYTES = 50 * 1000**2
MOST_FILES = 2000
DEEPEST = 20
CHUNK = 1 << 20
NOT_COPIED = {"__pycache__", "node_modules"}
# UTF-16 begins with one of these, as Windows writes it.
UTF_16 = (b"\xff\xfe", b"\xfe\xff")


class NoApp(Exception):
    """There is no app to judge; the message names the file and the reason."""

    def __init__(self, message: str) -> None:
        # Some of it comes from the app: names of files, what it raised or printed.
        super().__init__(printable(message, 6000))


def show(path: Path, here: Path | None = None) -> str:
    """The path as a person would type it: from `here` where it is below it."""
    path, here = path.absolute(), here or Path.cwd()
    for one in (path, path.resolve()):
        if one.is_relative_to(here):
            return str(one.relative_to(here))
    return str(path)


def must_be_a_file(main: Path, shown: str) -> None:
    """Raises `NoApp` unless there is a file that can be read and is not empty."""
    if main.is_dir():
        raise NoApp(f"{shown} is a folder, it must be a Python file.")
    if not os.path.lexists(main):
        missing = f"There is no {shown}"
        if likely := likely_main(main.parent):
            raise NoApp(f"{missing}, but {likely}")
        raise NoApp(f"{missing}: write it, or start with a copy.")
    try:
        with _opened(main, shown) as file:
            source = file.read(MOST_BYTES)
    except OSError as error:
        raise NoApp(f"{shown} cannot be read: {error.strerror}.") from None
    if not source.strip():
        raise NoApp(f"{shown} is empty: it needs a line such as app = FastAPI().")
    if is_utf_16(source):
        raise NoApp(
            f"{shown} is saved as UTF-16, which Python can't read: save it as UTF-8."
        )


def is_utf_16(content: bytes) -> bool:
    """Whether every other byte of a text is zero, or it says that it is UTF-16."""
    start = content[:200]
    return content.startswith(UTF_16) or 3 * start.count(0) > len(start)


def likely_main(folder: Path) -> str:
    """What a folder without a `main.py` has in its place, and what to do with it."""
    if other := _other_main(folder):
        return f"there's {other.name}: rename it to main.py."
    if inner := _inner_main(folder):
        package = inner.parent.name
        return (
            f"there's {package}/main.py: write a main.py with the line `from {package}"
            ".main import app`, or move its files up."
        )
    return ""


def copy_submission(source: Path, to: Path, shown: str) -> None:
    """Copies a folder, which is called `shown`, to one that isn't there yet.

    What makes no difference to an app stays behind: folders that are hidden, virtual
    environments. Raises `NoApp` for what is too much, and for what is no plain file.
    """
    top = source.resolve()
    if source.is_symlink() and not top.is_relative_to(source.parent.resolve()):
        raise NoApp(
            f"{shown} is a link out of its folder: put a real folder in its place."
        )
    files = size = 0
    to.mkdir(parents=True)
    try:
        for path in _walk(top, shown):
            files += 1
            if files > MOST_FILES:
                raise NoApp(
                    f"{shown} has more than {MOST_FILES} files: move what the app "
                    "doesn't need out of it."
                )
            inner = path.relative_to(top)
            target = to / inner
            target.parent.mkdir(parents=True, exist_ok=True)
            left = MOST_BYTES - size
            size += _copy_file(path, target, left, f"{shown}/{inner}")
    except OSError as error:
        name = Path(os.fsdecode(error.filename or top))
        inner = name.relative_to(top) if name.is_relative_to(top) else name
        raise NoApp(f"{shown}/{inner} cannot be copied: {error.strerror}.") from None


def _walk(top: Path, shown: str) -> Iterator[Path]:
    """The plain files below a folder."""
    folders = [top]
    while folders:
        folder = folders.pop()
        with os.scandir(folder) as entries:
            for entry in entries:
                path = Path(entry.path)
                inner = path.relative_to(top)
                if entry.is_symlink():
                    if _is_file_inside(path, top, f"{shown}/{inner}"):
                        yield path
                elif entry.is_dir(follow_symlinks=False):
                    if not _is_copied(path):
                        continue
                    if len(inner.parts) > DEEPEST:
                        raise NoApp(
                            f"{shown} has folders in folders, more than {DEEPEST} deep."
                        )
                    folders.append(path)
                else:
                    yield path


def _is_copied(folder: Path) -> bool:
    return not (
        folder.name in NOT_COPIED
        or folder.name.startswith(".")
        or (folder / "pyvenv.cfg").is_file()
    )


def _is_file_inside(link: Path, top: Path, shown: str) -> bool:
    """Whether a link leads to a file of the folder; not where it leads nowhere. Raises
    `NoApp` for all others."""
    if not os.path.exists(link):
        return False
    target = Path(os.path.realpath(link))
    if not target.is_relative_to(top):
        raise NoApp(
            f"{shown} is a link out of its folder: put the file itself there, or "
            "remove it."
        )
    if target.is_dir():
        raise NoApp(f"{shown} is a link to a folder: put a real folder in its place.")
    return True


def _copy_file(path: Path, target: Path, left: int, shown: str) -> int:
    """Copies one file; returns its size. Raises `NoApp` when it's larger than `left`.

    Its size is what was read: a file can grow meanwhile.
    """
    copied = 0
    with _opened(path, shown) as source, target.open("xb") as copy:
        while chunk := source.read(min(CHUNK, left - copied + 1)):
            copied += len(chunk)
            if copied > left:
                raise NoApp(
                    f"{shown} is too large: an app and its files may have "
                    f"{MOST_BYTES // 1000**2} MB together. Move what it doesn't need "
                    "out of its folder."
                )
            copy.write(chunk)
    return copied


def _opened(path: Path, shown: str) -> io.FileIO:
    """A plain file, opened. Raises `NoApp` for a pipe, a socket or a device."""
    # A pipe would wait for someone to write to it. What it is is asked twice, since it
    # can become another thing meanwhile.
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise _no_plain_file(shown)
    file = io.FileIO(os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0)))
    if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
        file.close()
        raise _no_plain_file(shown)
    return file


def _no_plain_file(shown: str) -> NoApp:
    return NoApp(
        f"{shown} is no plain file, but a pipe, a socket or a device: remove it."
    )


def _other_main(folder: Path) -> Path | None:
    """A file that is likely meant to be `main.py`."""
    try:
        files = sorted(path for path in folder.iterdir() if path.is_file())
    except OSError:
        return None
    likely = [path for path in files if path.name.lower() == "main.py"]
    likely += [
        path
        for path in files
        if path.stem.lower() in ("main", "main.py") and path.suffix in ("", ".txt")
    ]
    likely += [path for path in files if path.name in ("app.py", "server.py", "api.py")]
    modules = [path for path in files if path.suffix == ".py"]
    if len(modules) == 1 and modules[0].stem != "__init__":
        likely += modules
    return likely[0] if likely else None


def _inner_main(folder: Path) -> Path | None:
    found = sorted(folder.glob("*/main.py"))
    named = [path for path in found if path.parent.name.isidentifier()]
    return named[0] if named else None
