"""A learner's app as an object: found and imported, or refused in one sentence."""

import importlib
import inspect
import sys
import traceback
import warnings
from pathlib import Path
from typing import Any

from workbook.ladder import ROOT, Step


class NoApp(Exception):
    """There is no app to judge; the message names the file and the reason."""


def load(step: Step, answers: Path | None = None) -> Any:
    """The ASGI app of our step, or of `answers/<step name>/main.py`.

    The answer is imported as `<step name>.main`, so that modules beside it can be
    imported relatively, as in our steps. Raises `NoApp`.
    """
    if answers is None:
        return importlib.import_module(f"steps.{step.name}.main").app
    main = answers / step.name / "main.py"
    must_be_a_file(main)
    module = _import_or_say_why(step.name, answers, main)
    if not hasattr(module, "app"):
        raise NoApp(
            f"{show(main)} has no `app`: it needs a line such as app = FastAPI()."
        )
    if reason := _why_no_asgi_app(module.app):
        raise NoApp(
            f"`app` in {show(main)} is no ASGI app, {reason}: it needs a line such as "
            "app = FastAPI()."
        )
    return module.app


def load_again(step: Step, answers: Path | None = None) -> Any:
    """A second app beside the one that `load` gave, which stays what it is.

    Raises what the import raises.
    """
    folder = answers or ROOT / "steps"
    before = {name: sys.modules[name] for name in _loaded(step.name)}
    try:
        return _import_afresh(step.name, folder).app
    finally:
        for name in _loaded(step.name):
            del sys.modules[name]
        sys.modules.update(before)


def show(path: Path) -> str:
    """The path as a person would type it: from here where it is below here."""
    path = path.resolve()
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)


def own_lines(error: BaseException, folder: Path) -> str:
    """The traceback cut to the frames below `folder`, the learner's own lines."""
    summary = traceback.TracebackException.from_exception(error)
    summary.stack = traceback.StackSummary.from_list(
        [frame for frame in summary.stack if _is_below(frame.filename, folder)]
    )
    summary.__cause__ = summary.__context__ = None
    return "".join(summary.format()).rstrip()


def must_be_a_file(main: Path) -> None:
    """Raises `NoApp` unless there is a file that can be read and is not empty."""
    if main.is_dir():
        raise NoApp(f"{show(main)} is a folder, it must be a Python file.")
    if not main.exists():
        raise NoApp(f"There is no {show(main)}: write it, or start with a copy.")
    try:
        source = main.read_bytes()
    except OSError as error:
        raise NoApp(f"{show(main)} cannot be read: {error.strerror}.") from None
    if not source.strip():
        raise NoApp(f"{show(main)} is empty: it needs a line such as app = FastAPI().")


def _why_no_asgi_app(app: Any) -> str:
    if inspect.isclass(app):
        return f"it is the class {app.__name__} and not an object of it"
    if not callable(app):
        return f"it is {type(app).__name__}"
    call = app if inspect.isfunction(app) else type(app).__call__
    if not inspect.iscoroutinefunction(call):
        return "calling it awaits nothing"
    return ""


def _import_or_say_why(name: str, answers: Path, main: Path) -> Any:
    try:
        return _import_afresh(name, answers)
    except Exception as error:
        raise NoApp(
            f"{show(main)} cannot be imported:\n{own_lines(error, answers)}"
        ) from None
    except SystemExit as error:
        raise NoApp(
            f"{show(main)} ends the program when it is imported (exit {error.code}): "
            "leave serving to uvicorn."
            if not isinstance(error.code, str)
            else f"{show(main)} ends the program when it is imported, and says:\n"
            f"{error.code}"
        ) from None


def _import_afresh(name: str, answers: Path) -> Any:
    for loaded in _loaded(name):
        del sys.modules[loaded]
    folder = str(answers.resolve())
    sys.path.insert(0, folder)
    importlib.invalidate_caches()
    try:
        with warnings.catch_warnings():
            # A deprecated call is no wrong answer.
            warnings.simplefilter("ignore")
            return importlib.import_module(f"{name}.main")
    finally:
        sys.path.remove(folder)


def _loaded(name: str) -> list[str]:
    return [m for m in sys.modules if m == name or m.startswith(f"{name}.")]


def _is_below(filename: str, folder: Path) -> bool:
    return Path(filename).resolve().is_relative_to(folder.resolve())
