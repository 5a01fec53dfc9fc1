"""Makes `.venv` and installs into it the locked packages and the workbook itself.

    python3 workbook/bootstrap.py [--quiet]

Every target of the Makefile that needs `.venv` runs this first. It does nothing when
nothing has changed, and repairs what was left half-made.

The system's Python runs this file, before anything is installed. So it imports nothing
but the standard library, and keeps to what Python 3.6 understands: an interpreter that
is too old has to get as far as saying so.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

OLDEST = (3, 11)
RUNNING = sys.version_info[:2]
WINDOWS = os.name == "nt"


class CannotSetUp(Exception):
    """Carries the one line that tells the user what to do."""


def set_up(root: Path) -> bool:
    """Bring `root/.venv` up to date. True if there was something to do."""
    venv = root / ".venv"
    refuse_what_is_not_ours(venv)
    if is_up_to_date(root):
        return False
    with one_at_a_time(root):
        if is_up_to_date(root):
            return False
        if not is_usable(venv):
            make(venv)
        install(root)
    return True


def is_up_to_date(root: Path) -> bool:
    # An interpreter can be there and not start, or have become another one when the
    # system was upgraded. Only starting it tells, and without `site` that takes 10 ms.
    version = version_of(python_in(root / ".venv"))
    stamp = stamp_of(root)
    return (
        is_wanted(version)
        and stamp.is_file()
        and stamp.read_text("utf-8") == digest(root, version)
    )


def is_usable(venv: Path) -> bool:
    """Whether pip can go on from what is there, even if another tool made it."""
    return is_wanted(version_of(python_in(venv))) and has_pip(venv)


def is_wanted(version: "tuple[int, ...]") -> bool:
    """Whether a `.venv` of that version serves whoever runs this.

    `make PYTHON=python3.13 test` asks for 3.13 and gets it. But a `python3` that is too
    old may stay what it is, once a newer one has made the `.venv`.
    """
    return version >= OLDEST and (version == RUNNING or RUNNING < OLDEST)


def has_pip(venv: Path) -> bool:
    """Whether pip is there, and its script names this place, not one it came from."""
    script = scripts_in(venv) / ("pip.exe" if WINDOWS else "pip")
    return (
        script.is_file() and os.fsencode(str(scripts_in(venv))) in script.read_bytes()
    )


def stamp_of(root: Path) -> Path:
    """Written last of all: says what a finished `.venv` was made from."""
    return root / ".venv" / "workbook-stamp"


def digest(root: Path, version: "tuple[int, ...]") -> str:
    """All that a `.venv` depends on. The place too: its scripts hold absolute paths."""
    made_from = hashlib.sha256(os.fsencode(str(root)) + repr(version).encode())
    for name in ("requirements.txt", "pyproject.toml"):
        made_from.update((root / name).read_bytes())
    return made_from.hexdigest()


def scripts_in(venv: Path) -> Path:
    return venv / ("Scripts" if WINDOWS else "bin")


def python_in(venv: Path) -> str:
    return str(scripts_in(venv) / ("python.exe" if WINDOWS else "python"))


def version_of(python: str) -> "tuple[int, ...]":
    """(3, 11) for an interpreter of that version, () for one that does not start."""
    code = "import sys; print('%d %d' % sys.version_info[:2])"
    try:
        output = subprocess.check_output(
            [python, "-I", "-S", "-c", code], stderr=subprocess.DEVNULL
        )
    except (OSError, subprocess.CalledProcessError):
        return ()
    return tuple(int(number) for number in output.split())


def refuse_what_is_not_ours(venv: Path) -> None:
    if venv.is_dir():
        ours = (venv / "pyvenv.cfg").is_file() or not any(venv.iterdir())
    else:
        ours = not os.path.lexists(str(venv))
    if not ours:
        raise CannotSetUp(
            ".venv is not a virtual environment, so it was left alone: "
            "move it away or delete it, then run the same command again."
        )


def refuse_an_unfit_python() -> None:
    running = "{}.{}".format(*RUNNING)
    if RUNNING < OLDEST:
        names = ["python3.14", "python3.13", "python3.12", "python3.11"]
        newer = [name for name in names if version_of(name) >= OLDEST]
        advice = "Run" if newer else "Install a newer one, then run"
        raise CannotSetUp(
            f"The workbook needs Python 3.11 or newer, and this is {running}. "
            f"{advice}: make PYTHON={newer[0] if newer else 'python3.13'} setup"
        )
    if not all(importlib.util.find_spec(name) for name in ("venv", "ensurepip")):
        raise CannotSetUp(
            f"Python {running} lacks its venv module here. Install it (Debian, Ubuntu: "
            f"sudo apt install python{running}-venv), then run the same command again."
        )


def make(venv: Path) -> None:
    """Make `.venv` of the Python that runs this, in place of what was there."""
    refuse_an_unfit_python()
    from venv import create

    print("Making .venv with Python {}.{}.".format(*RUNNING), flush=True)
    # By pyvenv.cfg we know a .venv that may be deleted from somebody's files. So it is
    # there from the first moment to the last, wherever an interruption falls.
    marker = venv / "pyvenv.cfg"
    venv.mkdir(exist_ok=True)
    marker.touch()
    for path in venv.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(str(path))
        elif path != marker:
            path.unlink()
    try:
        create(str(venv), symlinks=not WINDOWS, with_pip=True)
    except subprocess.CalledProcessError as error:
        sys.stderr.write((error.output or b"").decode(errors="replace"))
        raise CannotSetUp(
            "pip could not be put into .venv, for the reason above. "
            "Mend that, then run the same command again."
        ) from error


def install(root: Path) -> None:
    """Install what is locked, then the project, and say so in the stamp."""
    print("Installing what is locked: a minute or so the first time.", flush=True)
    venv, stamp = root / ".venv", stamp_of(root)
    # Should this be cut off, an older stamp must not vouch for what it leaves behind.
    if stamp.is_file():
        stamp.unlink()
    forget_half_installed_packages(venv)
    # Python compiles what it imports. To compile all of Jupyter now would take as long
    # as the rest of the set-up.
    pip(root, "--no-compile", "--require-hashes", "-r", "requirements.txt")
    pip(root, "--no-deps", "--no-build-isolation", "-e", ".")
    stamp.write_text(digest(root, version_of(python_in(venv))), "utf-8")


def forget_half_installed_packages(venv: Path) -> None:
    """Have pip install again what it was killed over.

    pip takes a package for installed as soon as it sees its metadata. INSTALLER is what
    it adds after all other files are in place.
    """
    for packages in ("lib/python*/site-packages", "Lib/site-packages"):
        for metadata in venv.glob(packages + "/*.dist-info"):
            if not (metadata / "INSTALLER").is_file():
                shutil.rmtree(str(metadata))


def pip(root: Path, *arguments: str) -> None:
    # -I: no PYTHONPATH lends pip what .venv will lack. The variables: no configuration
    # of the user's makes it install to another place.
    command = [python_in(root / ".venv"), "-I", "-m", "pip", "install", "--quiet"]
    environment = dict(os.environ, PIP_REQUIRE_VIRTUALENV="1", PIP_USER="0")
    environment["PIP_DISABLE_PIP_VERSION_CHECK"] = "1"
    process = subprocess.Popen([*command, *arguments], cwd=str(root), env=environment)
    try:
        status = process.wait()
    except KeyboardInterrupt:
        # Ctrl-C reaches pip too; it needs a moment to clear up its temporary files.
        process.wait()
        raise
    if status:
        raise CannotSetUp(
            "pip could not install the locked packages, for the reason above. "
            "If that is the network, run the same command again when it is back."
        )


@contextmanager
def one_at_a_time(root: Path) -> "Iterator[None]":
    """Wait while another terminal sets up the same project.

    The system takes the lock back when its holder ends, however it ends. Where it
    cannot be had (Windows, some network file systems) we go on without.
    """
    if sys.platform == "win32":
        yield
        return
    import fcntl

    directory = os.open(str(root), os.O_RDONLY)
    try:
        fcntl.flock(directory, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        print("Waiting for another set-up of this project to end.", flush=True)
        fcntl.flock(directory, fcntl.LOCK_EX)
    except OSError:
        pass
    try:
        yield
    finally:
        os.close(directory)


def main(arguments: "list[str]") -> int:
    if arguments not in ([], ["--quiet"]):
        print("Usage: python3 workbook/bootstrap.py [--quiet]", file=sys.stderr)
        return 2
    try:
        changed = set_up(Path(__file__).resolve().parent.parent)
    except CannotSetUp as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"The set-up stopped: {error}. Mend that, then run the same command again.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("Stopped. The same command takes it up again.", file=sys.stderr)
        return 130
    if arguments != ["--quiet"]:
        print(".venv is ready." if changed else "Nothing to do: .venv is up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
