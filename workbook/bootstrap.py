"""Makes `.venv` and installs into it the locked packages and the workbook itself.

    python3 workbook/bootstrap.py [--quiet] [TARGET]

TARGET says what for: run, docs, lab, lint, fuzz or test, and everything if it's left
out. Each needs some of the layers in `requirements/`, and only these are installed.

Every target of the Makefile that needs `.venv` runs this first. It does nothing when
nothing has changed, and repairs what was left half-made.

The system's Python runs this file, before anything is installed. So it imports nothing
but the standard library, and keeps to what Python 3.6 understands: an interpreter that
is too old has to get as far as saying so.
"""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

OLDEST = (3, 11)
RUNNING = sys.version_info[:2]
WINDOWS = os.name == "nt"

# Each is a lock, requirements/<layer>.txt, that agrees with all others.
LAYERS = {
    "run": "what the steps and the workbook command import",
    "docs": "what builds the site",
    "notebooks": "JupyterLab, and what the notebooks import",
    "test": "what the tests import",
    "browsers": "what drives a browser in the tests",
    "lint": "ruff, mypy and import-linter",
}
TARGETS = {
    "run": ("run",),
    "docs": ("run", "docs"),
    "lab": ("run", "notebooks"),
    # mypy reads what the notebooks import.
    "lint": ("run", "notebooks", "lint"),
    "fuzz": ("run", "test"),
    "test": ("run", "docs", "notebooks", "test", "browsers"),
    "all": tuple(LAYERS),
}
SECONDS_BETWEEN_LOOKS = 0.2


class CannotSetUp(Exception):
    """Carries the one line that tells the user what to do."""


def set_up(root: Path, target: str = "all") -> bool:
    """Bring `root/.venv` up to date for a target. True if there was something to do."""
    venv = root / ".venv"
    refuse_what_is_not_ours(venv)
    if not missing(root, target):
        return False
    refuse_a_link(venv)
    with one_at_a_time(root):
        if not missing(root, target):
            return False
        if not is_usable(venv):
            if runs_this(venv):
                go_on_outside()
            make(venv)
        for layer in missing(root, target):
            install(root, layer)
    return True


def missing(root: Path, target: str) -> "list[str]":
    """The layers that the target needs and `.venv` lacks, or has from an older lock."""
    version = version_of_venv(root / ".venv")
    stamped = read_stamp(root) if is_wanted(version) else {}
    present = installed(root / ".venv")
    return [
        layer
        for layer in TARGETS[target]
        if layer not in stamped
        or stamped[layer][0] != digest(root, layer, version)
        or not present.issuperset(stamped[layer][1:])
    ]


def is_usable(venv: Path) -> bool:
    """Whether pip can go on from what is there, even if another tool made it."""
    return is_wanted(version_of_venv(venv)) and has_pip(venv)


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
        script.is_file()
        and os.fsencode(str(scripts_in(venv))) in script.read_bytes()
        # When the system's Python becomes another version, the script stays and its
        # packages are in a folder that the new one doesn't read.
        and succeeds([python_in(venv), "-I", "-c", "import pip"], venv)
    )


def stamp_of(root: Path) -> Path:
    """Says of each finished layer what it was made from and what it brought."""
    return root / ".venv" / "workbook-stamp"


def read_stamp(root: Path) -> "dict[str, list[str]]":
    """The digest of each layer, and after it the packages, as `installed` has them."""
    stamp = stamp_of(root)
    if not stamp.is_file():
        return {}
    lines = [line.split() for line in stamp.read_text("utf-8", "replace").splitlines()]
    return {words[0]: words[1:] for words in lines if len(words) > 1}


def write_stamp(root: Path, layers: "dict[str, list[str]]") -> None:
    """As a whole or not at all: a half of it would vouch for the wrong thing."""
    new = stamp_of(root).with_name("workbook-stamp.new")
    lines = [" ".join([layer, *words]) + "\n" for layer, words in layers.items()]
    new.write_text("".join(lines), "utf-8")
    os.replace(str(new), str(stamp_of(root)))


def digest(root: Path, layer: str, version: "tuple[int, ...]") -> str:
    """All that a layer depends on. The place too: its scripts hold absolute paths."""
    made_from = hashlib.sha256(os.fsencode(str(root)) + repr(version).encode())
    made_from.update(lock_of(root, layer).read_bytes())
    if layer == "run":
        made_from.update((root / "pyproject.toml").read_bytes())
    return made_from.hexdigest()


def lock_of(root: Path, layer: str) -> Path:
    return root / "requirements" / (layer + ".txt")


def locked(root: Path, layer: str) -> "list[str]":
    """What the lock names, as `installed` has it: `argon2-cffi-25.1.0`."""
    lock = lock_of(root, layer).read_text("utf-8")
    pinned = re.findall(r"(?m)^([\w.-]+)==([^\s;]+)", lock)
    return [normal("-".join(pair)) for pair in pinned]


def installed(venv: Path) -> "set[str]":
    """The packages that are there in full, by name and version."""
    return {
        normal(metadata.name[: -len(".dist-info")])
        for metadata in metadata_in(venv)
        if is_whole(metadata)
    }


def is_whole(metadata: Path) -> bool:
    """pip and uv add INSTALLER after all other files are in place."""
    return (metadata / "INSTALLER").is_file()


def metadata_in(venv: Path) -> "Iterator[Path]":
    for packages in ("lib/python*/site-packages", "Lib/site-packages"):
        yield from venv.glob(packages + "/*.dist-info")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def scripts_in(venv: Path) -> Path:
    return venv / ("Scripts" if WINDOWS else "bin")


def python_in(venv: Path) -> str:
    return str(scripts_in(venv) / ("python.exe" if WINDOWS else "python"))


def runs_this(venv: Path) -> bool:
    """Whether it's the interpreter in `.venv` that runs this file."""
    try:
        return os.path.samefile(os.path.dirname(sys.executable), str(scripts_in(venv)))
    except OSError:
        return False


def go_on_outside() -> None:
    """Run this again with the Python that `.venv` was made from.

    What runs can't be replaced.
    """
    if WINDOWS:
        raise CannotSetUp(
            ".venv has to be made anew, and its own Python can't do that. "
            "Run: py -3 workbook/bootstrap.py"
        )
    base = sys._base_executable  # type: ignore[attr-defined]
    os.execv(base, [base, __file__, *sys.argv[1:]])


def version_of_venv(venv: Path) -> "tuple[int, ...]":
    # An interpreter can be there and not start, or have become another one when the
    # system was upgraded. Only starting it tells, and without `site` that takes 10 ms.
    return RUNNING if runs_this(venv) else version_of(python_in(venv))


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


def succeeds(command: "list[str]", root: Path) -> bool:
    quiet = subprocess.DEVNULL
    try:
        return not subprocess.call(command, cwd=str(root), stdout=quiet, stderr=quiet)
    except OSError:
        return False


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


def refuse_a_link(venv: Path) -> None:
    if venv.is_symlink():
        raise CannotSetUp(
            ".venv is a link, perhaps to the environment of another copy, so it was "
            "left alone: delete the link, then run the same command again."
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
            "Fix that, then run the same command again."
        ) from error


def install(root: Path, layer: str) -> None:
    """Install what is locked for a layer, and say so in the stamp."""
    venv, lock = root / ".venv", lock_of(root, layer)
    print(f"Installing {LAYERS[layer]}.", flush=True)
    layers = read_stamp(root)
    # Should this be cut off, an older stamp must not vouch for what it leaves behind.
    if layers.pop(layer, None):
        write_stamp(root, layers)
    forget_half_installed_packages(venv)
    # The lock is complete, so there's nothing to resolve.
    count = len(set(locked(root, layer)) - installed(venv))
    install_packages(root, count, "--no-deps", "--require-hashes", "-r", str(lock))
    if layer == "run":
        install_packages(root, 1, "--no-deps", "--no-build-isolation", "-e", ".")
    brought = sorted(installed(venv).intersection(locked(root, layer)))
    layers[layer] = [digest(root, layer, version_of_venv(venv)), *brought]
    write_stamp(root, layers)


def forget_half_installed_packages(venv: Path) -> None:
    """Have pip install again what it was killed over.

    pip takes a package for installed as soon as it sees its metadata.
    """
    for metadata in list(metadata_in(venv)):
        if not is_whole(metadata):
            shutil.rmtree(str(metadata))


def install_packages(root: Path, count: int, *arguments: str) -> None:
    """By uv, where it's present and can do it, because it's faster; else by pip."""
    # Python compiles what it imports. To compile all of Jupyter now would take as long
    # as the rest of the set-up, and uv doesn't either.
    if not uv(root, *arguments):
        pip(root, count, "--no-compile", *arguments)


def uv(root: Path, *arguments: str) -> bool:
    """Whether it could. It may not: pip's settings, a mirror say, are unknown to it."""
    program = shutil.which("uv")
    if not program:
        return False
    python = python_in(root / ".venv")
    command = [program, "pip", "install", "--quiet", "--python", python, *arguments]
    return succeeds(command, root)


def pip(root: Path, count: int, *arguments: str) -> None:
    # -I: no PYTHONPATH lends pip what .venv will lack. The variables: no configuration
    # of the user's makes it install to another place, or say less than we count.
    command = [python_in(root / ".venv"), "-I", "-m", "pip", "install", *arguments]
    environment = dict(os.environ, PIP_REQUIRE_VIRTUALENV="1", PIP_USER="0")
    environment.update(PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_QUIET="0")
    process = subprocess.Popen(
        command,
        cwd=str(root),
        env=environment,
        stdout=subprocess.PIPE,
        universal_newlines=True,
    )
    try:
        show_progress(process, root / ".venv", count)
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


def show_progress(process: "subprocess.Popen[str]", venv: Path, count: int) -> None:
    """Show how many of these packages pip has fetched and installed, until it ends.

    It names what it ignores, since that's for another system, and what it fetches. Then
    it installs all of it without a word: that is seen in the folder.
    """
    had = len(installed(venv))
    ignored, fetched = [], []
    installing = Event()

    def read() -> None:
        assert process.stdout
        with process.stdout as lines:
            for line in lines:
                if line.startswith("Ignoring "):
                    ignored.append(line)
                elif line.startswith("Collecting "):
                    fetched.append(line)
                elif line.startswith("Installing collected packages"):
                    installing.set()

    reader = Thread(target=read, daemon=True)
    reader.start()
    line = ProgressLine()
    while reader.is_alive():
        reader.join(SECONDS_BETWEEN_LOOKS)
        if installing.is_set():
            # A package that replaces another one is none more.
            new = min(len(installed(venv)) - had, len(fetched))
            line.show("installed", new, len(fetched))
        elif fetched:
            # What is there already is our guess, and pip may think otherwise.
            total = max(count - len(ignored), len(fetched))
            line.show("fetched", len(fetched), total)
    line.clear()


class ProgressLine:
    """A line that changes in its place. Where that can't be, one for every quarter."""

    def __init__(self) -> None:
        self.in_place = sys.stdout.isatty()
        self.said = ("", 0)

    def show(self, doing: str, count: int, total: int) -> None:
        text = f"  {count} of {total} packages {doing}"
        quarter = (doing, 4 * count // max(total, 1))
        if self.in_place:
            # The cursor goes back to the start: should pip have to say something, its
            # words take this line's place.
            sys.stdout.write(text.ljust(40) + "\r")
            sys.stdout.flush()
        elif count and quarter != self.said:
            self.said = quarter
            print(text, flush=True)

    def clear(self) -> None:
        if self.in_place:
            sys.stdout.write(" " * 40 + "\r")
            sys.stdout.flush()


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
    quiet = arguments[:1] == ["--quiet"]
    targets = arguments[1:] if quiet else arguments
    if len(targets) > 1 or not set(targets) <= set(TARGETS):
        print(
            "Usage: python3 workbook/bootstrap.py [--quiet] [TARGET]\n"
            "TARGET is one of {}.".format(", ".join(TARGETS)),
            file=sys.stderr,
        )
        return 2
    try:
        changed = set_up(Path(__file__).resolve().parent.parent, *targets)
    except CannotSetUp as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(
            f"The set-up stopped: {error}. Fix that, then run the same command again.",
            file=sys.stderr,
        )
        return 1
    except KeyboardInterrupt:
        print("Stopped. The same command takes it up again.", file=sys.stderr)
        return 130
    if not quiet:
        print(".venv is ready." if changed else "Nothing to do: .venv is up to date.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
