"""An app as an object: found, imported and started, or refused in one sentence."""

import ast
import builtins
import contextlib
import importlib
import importlib.util
import inspect
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TextIO

from workbook.checking.advice import advice_on, told
from workbook.checking.lifespan import StartupFailed
from workbook.checking.probes import same_salts
from workbook.checking.submission import NoApp
from workbook.checking.surroundings import Surroundings
from workbook.checking.tracebacks import own_lines
from workbook.ladder import Step

# Of what an app prints while it is imported, the last so many characters are kept.
PRINTED = 4000


def load(step: Step, around: Surroundings | None = None) -> Any:
    """The ASGI app of our step, or of the learner's folder in these surroundings.

    It is imported as `<step name>.main`, so that modules beside it can be imported
    relatively, as in our steps, and as `main`, as by `uvicorn main:app` in its folder.
    Raises `NoApp`.
    """
    if around is None:
        if step.needs_database:
            # It connects when it's imported, and this one has a database of its own.
            for name in [
                one for one in sys.modules if one.startswith(f"steps.{step.name}.")
            ]:
                del sys.modules[name]
        return importlib.import_module(f"steps.{step.name}.main").app
    module, app = _import_or_say_why(around)
    if not hasattr(module, "app"):
        raise NoApp(f"{around.main} has no `app`: {_where_the_app_is(module)}")
    if reason := _why_no_asgi_app(app):
        raise NoApp(
            f"`app` in {around.main} is no ASGI app, {reason}: it needs a line such as "
            "app = FastAPI()."
        )
    return app


def start(around: Surroundings) -> Any:
    """The app, imported afresh. Raises what the import raises."""
    around.enter()
    if not around.is_a_learners:
        return importlib.import_module(f"steps.{around.step.name}.main").app
    with _as_for_uvicorn(around, _Kept(sys.stderr)):
        return _made_by_factory(_import(around).app)


def does_not_start(error: BaseException, around: Surroundings | None) -> str:
    """The sentence for an app that raises while it starts, with its own lines."""
    if around is None:
        return f"The app does not start:\n{type(error).__name__}: {error}"
    if isinstance(error, StartupFailed):
        return f"The app in {around.main} does not start, and says:\n{error}"
    end = error if isinstance(error, SystemExit) else error.__cause__
    if isinstance(end, SystemExit):
        return (
            f"The app in {around.main} ends the program in its lifespan"
            f"{_says(end)}:\n{told(end, around)}"
        )
    return f"The app in {around.main} does not start:\n{told(error, around)}"


class _ServesItself(BaseException):
    """Raised in an app that starts a server while it's imported."""


class _Kept:
    """A stream that also keeps the end of what is written to it."""

    def __init__(self, stream: TextIO) -> None:
        self.text = ""
        self._stream = stream

    def write(self, text: str) -> int:
        self.text = (self.text + text)[-PRINTED:]
        return self._stream.write(text)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _import_or_say_why(around: Surroundings) -> tuple[Any, Any]:
    """The module, and its app. Raises `NoApp`."""
    kept = _Kept(sys.stderr)
    try:
        around.enter()
        with _as_for_uvicorn(around, kept), same_salts():
            module = _import(around)
            return module, _made_by_factory(getattr(module, "app", None))
    except _ServesItself as error:
        raise NoApp(
            f"{around.main} starts a server when it is imported. Put that below "
            f'`if __name__ == "__main__":`, and leave serving to uvicorn.\n'
            f"{around.named(_own_frames(error, around))}"
        ) from None
    except SystemExit as error:
        raise NoApp(_why_it_ended(error, kept.text, around)) from None
    except Exception as error:
        lines = around.named(own_lines(error, around.code))
        advice = advice_on(error, around)
        says = f". {advice}\n" if advice else ":"
        raise NoApp(f"{around.main} cannot be imported{says}\n{lines}") from None


def _why_it_ended(end: SystemExit, printed: str, around: Surroundings) -> str:
    """The sentence for an app that calls `sys.exit` at its top level."""
    where = _own_frames(end, around)
    sentence = f"{around.main} ends the program when it is imported"
    if isinstance(end.code, str):
        return around.named(f"{sentence}, and says:\n{end.code}")
    sentence += f" (exit {end.code}), here:\n{where}"
    if "usage:" in printed:
        sentence += (
            "\nThat's argparse: uvicorn gives an app no options. Take the value from "
            "the environment, or keep a default."
        )
    if printed.strip():
        sentence += f"\nIt printed:\n{printed.strip()}"
    return around.named(sentence)


def _own_frames(error: BaseException, around: Surroundings) -> str:
    """The learner's own lines of a traceback, without the exception."""
    return "\n".join(own_lines(error, around.code).splitlines()[1:-1])


def _says(end: SystemExit) -> str:
    if isinstance(end.code, str):
        return f", and says {end.code!r}"
    return f" (exit {end.code})"


@contextlib.contextmanager
def _as_for_uvicorn(around: Surroundings, kept: _Kept) -> Iterator[None]:
    """In this block there's no input, no options were given, and there's one server."""
    with contextlib.ExitStack() as patches:
        patches.enter_context(contextlib.redirect_stdout(kept))
        patches.enter_context(contextlib.redirect_stderr(kept))
        patches.enter_context(_replaced(sys, "argv", ["uvicorn"]))
        patches.enter_context(_replaced(builtins, "input", _no_input))
        if _mentions(around, b"uvicorn"):
            import uvicorn

            patches.enter_context(_replaced(uvicorn, "run", _no_server))
            for name in ("run", "serve"):
                patches.enter_context(_replaced(uvicorn.Server, name, _no_server))
        yield


@contextlib.contextmanager
def _replaced(owner: Any, name: str, value: object) -> Iterator[None]:
    before = getattr(owner, name)
    setattr(owner, name, value)
    try:
        yield
    finally:
        setattr(owner, name, before)


def _no_input(prompt: object = "") -> str:
    raise EOFError(f"input({prompt!r}) when it is imported")


def _no_server(*_: object, **__: object) -> None:
    raise _ServesItself


def _mentions(around: Surroundings, word: bytes) -> bool:
    return any(word in file.read_bytes() for file in around.folder.rglob("*.py"))


def _import(around: Surroundings) -> Any:
    """The module, imported under both of its names."""
    name = f"{around.step.name}.main"
    importlib.invalidate_caches()
    writes, sys.dont_write_bytecode = sys.dont_write_bytecode, True
    try:
        with warnings.catch_warnings():
            # A deprecated call is no wrong answer, nor is another warning an error.
            warnings.simplefilter("default")
            for category in (DeprecationWarning, ResourceWarning, ImportWarning):
                warnings.simplefilter("ignore", category)
            package = importlib.import_module(around.step.name)
            spec = importlib.util.find_spec(name)
            assert spec is not None
            assert spec.loader is not None
            module = importlib.util.module_from_spec(spec)
            sys.modules[name] = sys.modules["main"] = module
            package.main = module  # type: ignore[attr-defined]
            spec.loader.exec_module(module)
            return module
    finally:
        sys.dont_write_bytecode = writes


def _made_by_factory(app: Any) -> Any:
    """What an app factory makes: uvicorn, too, calls an `app` that is none itself."""
    if _is_ours(app) or not _why_no_asgi_app(app) or not callable(app):
        return app
    try:
        inspect.signature(app).bind()
        made = app()
    except (TypeError, ValueError):
        return app
    return app if _why_no_asgi_app(made) else made


def _is_ours(app: Any) -> bool:
    """A class such as FastAPI itself: called, it gives an app without any path."""
    module = getattr(app, "__module__", "") or ""
    return inspect.isclass(app) and module.partition(".")[0] in ("fastapi", "starlette")


def _why_no_asgi_app(app: Any) -> str:
    if inspect.isclass(app):
        return f"it is the class {app.__name__} and not an object of it"
    if not callable(app):
        return f"it is {type(app).__name__}"
    call = app if inspect.isfunction(app) else type(app).__call__
    if not inspect.iscoroutinefunction(call):
        return "calling it awaits nothing"
    return ""


def _where_the_app_is(module: Any) -> str:
    """What to write for an app that has another name, or is made elsewhere."""
    if _is_made_below_main_guard(module):
        return (
            'it is made below `if __name__ == "__main__":`, which uvicorn skips. Move '
            "that line above it, to the left edge."
        )
    for name, value in vars(module).items():
        if name.startswith("_") or inspect.isclass(value):
            continue
        if not inspect.isfunction(value):
            if _is_surely_an_app(value):
                return f"it is called `{name}`. Write app = {name}"
        elif value.__module__ == module.__name__ and _makes_an_app(value):
            return f"call what makes it. Write app = {name}()"
    return "it needs a line such as app = FastAPI()."


def _is_surely_an_app(value: Any) -> bool:
    """Not everything that can be awaited is one: a security scheme is none."""
    return any(
        kind.__name__ in ("FastAPI", "Starlette") for kind in type(value).__mro__
    )


def _makes_an_app(function: Any) -> bool:
    with contextlib.suppress(Exception):
        source = inspect.getsource(function)
        returns = getattr(inspect.signature(function).return_annotation, "__name__", "")
        inspect.signature(function).bind()
        return returns in ("FastAPI", "Starlette") or "FastAPI(" in source
    return False


def _is_made_below_main_guard(module: Any) -> bool:
    with contextlib.suppress(OSError, SyntaxError, ValueError):
        for node in ast.parse(Path(module.__file__).read_bytes()).body:
            if isinstance(node, ast.If) and "__name__" in ast.unparse(node.test):
                return any(
                    isinstance(one, ast.Name)
                    and one.id == "app"
                    and isinstance(one.ctx, ast.Store)
                    for one in ast.walk(node)
                )
    return False
