"""What an app finds around it, as when its author starts uvicorn in its folder.

The folder, a copy, is the working directory, and modules are imported from there. Apps
of several folders can be up in one process: each has its own `models.py`.
"""

import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Iterable, Mapping
from importlib.machinery import SOURCE_SUFFIXES, FileFinder
from pathlib import Path
from types import ModuleType
from typing import ClassVar

from dotenv.parser import parse_stream

from workbook.checking.compiled import CompiledOnce
from workbook.checking.submission import copy_submission, must_be_a_file, show
from workbook.ladder import ROOT, Step

# The settings of the steps that have some. There a suite gives its own.
SETTINGS = {"SECRET_KEY", "ACCESS_TOKEN_EXPIRE_MINUTES"}
OF_A_DATABASE = {"DATABASE_URL"}


# Endings of files that are logs, if "log" is in their names.
LOGS = {".log", ".txt", ".jsonl", ""}
# Of each, so many bytes are looked at.
LONGEST = 1_000_000


class Surroundings:
    """The folder, the modules and the variables of one app in this process.

    It's our step's, or that of the one in `answers`, which is copied: Raises `NoApp`.
    `shown` is how the learner's folder is called in messages, from the folder `here` in
    which they stand. `files` are a suite's own, such as a `.env`, by their names; those
    of the folder above begin with `../`. The app is started in `start_in`, below its
    own folder.
    """

    _current: ClassVar["Surroundings | None"] = None

    def __init__(
        self,
        step: Step,
        answers: Path | None,
        *,
        files: Mapping[str, str] | None = None,
        start_in: str = "",
        shown: str = "",
        here: Path | None = None,
    ) -> None:
        self.step = step
        self.here = here or Path.cwd()
        self.own_dotenv: dict[str, str | None] = {}
        self._package = f"steps.{step.name}."
        self._modules: dict[str, ModuleType] = {}
        self._others: dict[str, ModuleType] = {}
        self._variables: dict[str, str] = {}
        # Of modules and of variables, as they were when the app was entered.
        self._there: set[str] = set()
        self._before: set[str] = set()
        self._back = ""
        self._temporary = contextlib.ExitStack()
        with contextlib.ExitStack() as opened:
            top = Path(
                opened.enter_context(
                    tempfile.TemporaryDirectory(
                        prefix="workbook-", ignore_cleanup_errors=True
                    )
                )
            ).resolve()
            if answers is None:
                self.folder, self.code = top / "app", step.folder
                self.folder.mkdir()
                self.shown = show(step.folder, self.here)
            else:
                source = answers / step.name
                self.shown = shown or show(source, self.here)
                must_be_a_file(source / "main.py", f"{self.shown}/main.py")
                self.folder = self.code = top / answers.resolve().name / step.name
                copy_submission(source, self.folder, self.shown)
            self._top = top
            self._path = (
                [] if answers is None else [self.folder.parent, self.folder, top]
            )
            self._write_dotenv((files or {}).get(".env"))
            # After it: a suite's own .env.example keeps its lines.
            for name, text in (files or {}).items():
                if name != ".env":
                    _write(self.folder / name, text)
            self._old_logs = self._log_files()
            self._start = self.folder / start_in
            self._start.mkdir(exist_ok=True)
            self._temporary = opened.pop_all()

    @property
    def is_a_learners(self) -> bool:
        """Whether the app is a learner's, and not our step's."""
        return bool(self._path)

    @property
    def main(self) -> str:
        """How `main.py` is called in messages."""
        return f"{self.shown}/main.py"

    def named(self, text: str) -> str:
        """A text with the learner's folder in the place of the copy."""
        return text.replace(str(self.folder), self.shown)

    def modules(self) -> list[ModuleType]:
        """The app's modules that are imported, while it's entered."""
        return [
            module
            for name, module in list(sys.modules.items())
            if self._is_the_apps(name, module)
        ]

    def enter(self) -> None:
        """From now on the app is the one that runs in this process."""
        current = Surroundings._current
        if current is self:
            return
        if current is not None:
            current.leave()
        try:
            self._back = os.getcwd()
        except FileNotFoundError:
            self._back = str(ROOT)
        os.chdir(self._start if self._start.is_dir() else self._top)
        sys.path[:0] = map(str, self._path)
        sys.path_hooks.insert(0, self._finder)
        if not self.is_a_learners:
            # Our step is imported by its name, and may be up already.
            self._others = self._taken_out(sys.modules)
        self._there = set(sys.modules)
        sys.modules.update(self._modules)
        self._before = set(os.environ)
        os.environ.update(self._variables)
        Surroundings._current = self

    def leave(self) -> None:
        """Takes the app's modules, and the variables that it added, out of sight."""
        if Surroundings._current is not self:
            return
        added = os.environ.keys() - self._before
        self._variables = {name: os.environ.pop(name) for name in added}
        self._modules = self._taken_out(sys.modules.keys() - self._there)
        sys.modules.update(self._others)
        for folder in map(str, self._path):
            with contextlib.suppress(ValueError):
                sys.path.remove(folder)
            sys.path_importer_cache.pop(folder, None)
        sys.path_hooks.remove(self._finder)
        with contextlib.suppress(OSError):
            os.chdir(self._back)
        Surroundings._current = None

    def close(self) -> None:
        """Leaves, and removes the copy."""
        self.leave()
        self._modules = {}
        self._temporary.close()

    def rewrite(self, files: Mapping[str, str]) -> None:
        """Writes these files of the suite's once more, with other text."""
        for name, text in files.items():
            _write(self.folder / name, text)

    def logs(self) -> str:
        """What was written to log files in the app's folder while it was there, each
        line with the name of its file."""
        lines: list[str] = []
        for path in self._log_files():
            # The app may have taken it away, or forbidden to read it.
            with contextlib.suppress(OSError):
                added = path.read_bytes()[self._old_logs.get(path, 0) :][:LONGEST]
                text = added.decode("utf-8", "replace")
                lines += [f"{path.name}: {line}" for line in text.splitlines()]
        return "\n".join(lines)

    def _log_files(self) -> dict[Path, int]:
        """The log files, with their sizes."""
        found: dict[Path, int] = {}
        for path in sorted(self.folder.rglob("*log*")):
            with contextlib.suppress(OSError):
                if path.suffix in LOGS and path.is_file():
                    found[path] = path.stat().st_size
        return found

    def _finder(self, folder: str) -> FileFinder:
        """A path hook: what finds the app's modules. A suite can start an app more than
        a hundred times, each time from another copy."""
        if not Path(folder).is_relative_to(self._top):
            raise ImportError(folder)
        return FileFinder(folder, (CompiledOnce, SOURCE_SUFFIXES))

    def _taken_out(self, names: Iterable[str]) -> dict[str, ModuleType]:
        """The app's modules of these, which are no longer imported."""
        found = {
            name: sys.modules[name]
            for name in list(names)
            if self._is_the_apps(name, sys.modules[name])
        }
        for name in found:
            del sys.modules[name]
        return found

    def _is_the_apps(self, name: str, module: ModuleType) -> bool:
        if not self._path:
            return f"{name}.".startswith(self._package)
        spec = getattr(module, "__dict__", {}).get("__spec__")
        places = [getattr(spec, "origin", None)]
        with contextlib.suppress(Exception):
            places += getattr(spec, "submodule_search_locations", None) or ()
        top = f"{self._top}{os.sep}"
        return any(isinstance(one, str) and one.startswith(top) for one in places)

    def _write_dotenv(self, dotenv: str | None) -> None:
        """Puts the suite's `.env` into the folder. Where a step has settings, those of
        the learner's own are taken out of it; elsewhere theirs count."""
        if self.is_a_learners:
            for file in self.folder.glob("*.env*"):
                if file.is_file():
                    self._read_dotenv(file, dotenv)
        if dotenv is None:
            return
        file = self.folder / ".env"
        if not file.is_file():
            _write(file, dotenv)
        elif self.step.needs_key:
            own = file.read_text("utf-8", errors="replace")
            _write(file, f"{own}\n{dotenv}")

    def _read_dotenv(self, file: Path, dotenv: str | None) -> None:
        try:
            text = file.read_text("utf-8-sig")
        except UnicodeDecodeError:
            # Left as it is, where it's the app that must see to it.
            if self.step.needs_key:
                file.unlink()
            return
        if not self.step.needs_key:
            if file.name == ".env":
                self.own_dotenv = _variables(text)
            return
        names = SETTINGS | _variables(dotenv or "").keys()
        if self.step.needs_database:
            names |= OF_A_DATABASE
        if left := without(text, names):
            file.write_text(left, "utf-8")
        else:
            file.unlink()


def without(dotenv: str, names: Iterable[str]) -> str:
    """The lines of a `.env` but for those that set one of these variables, in capitals
    or not, or nothing at all."""
    names = {name.upper() for name in names}
    return "".join(
        binding.original.string
        for binding in parse_stream(io.StringIO(dotenv))
        if binding.key and not binding.error and binding.key.upper() not in names
    )


def _write(file: Path, text: str) -> None:
    """As it is: no line end becomes another."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, "utf-8", newline="")


def _variables(dotenv: str) -> dict[str, str | None]:
    return {
        binding.key: binding.value
        for binding in parse_stream(io.StringIO(dotenv))
        if binding.key
    }
