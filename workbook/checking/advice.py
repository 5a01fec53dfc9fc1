"""What an exception means here, for those that aren't about the learner's own code.

A package that this environment lacks, a file that was saved in another encoding, an
import that works from another folder: the traceback alone sends a reader astray.
"""

import contextlib
import os
import re
import traceback
from collections.abc import Callable

from workbook.checking.exchange import LONGEST_TRACEBACK, shorten
from workbook.checking.imports import (
    called_too_early,
    circle,
    elsewhere,
    misplaced,
    relative_import,
)
from workbook.checking.packages import (
    asked_for_with_pip,
    missing_module,
    wrong_package,
)
from workbook.checking.submission import is_utf_16
from workbook.checking.surroundings import Surroundings
from workbook.checking.tracebacks import own_lines


def told(error: BaseException, around: Surroundings) -> str:
    """The learner's own lines of a traceback, and before them what it means here, where
    that is known. The last line is the exception's."""
    advice = advice_on(error, around)
    lines = shorten(own_lines(error, around.code), LONGEST_TRACEBACK)
    return around.named(f"{advice}\n{lines}".strip())


def advice_on(error: BaseException, around: Surroundings) -> str:
    """What the exception means here, and what to do. Empty where it speaks for itself.

    The first kind that knows it is right: they go from the special to the general.
    """
    for kind in KINDS:
        with contextlib.suppress(Exception):
            if advice := kind(error, around):
                return around.named(advice)
    return ""


def _encoding(error: BaseException, around: Surroundings) -> str:
    """A file that isn't UTF-8, the learner's own or a `.env`."""
    if not isinstance(error, UnicodeError | SyntaxError | ValueError):
        return ""
    if not re.search(r"null bytes|utf-8|UTF-8", str(error)):
        return ""
    for file in sorted([*around.folder.rglob("*.py"), *around.folder.glob("*.env*")]):
        content = file.read_bytes()
        name = f"{around.shown}/{file.relative_to(around.folder)}"
        if content and is_utf_16(content):
            return f"{name} is saved as UTF-16: save it as UTF-8."
        try:
            content.decode("utf-8")
        except UnicodeDecodeError:
            return f"{name} is not saved as UTF-8: save it as UTF-8."
    return ""


def _reads_input(error: BaseException, around: Surroundings) -> str:
    is_end = isinstance(error, EOFError)
    if is_end or "reading from stdin" in str(error):
        return (
            "The app asks for input, and under uvicorn no one can type: take the value "
            "from the environment, or from a file."
        )
    return ""


def _no_setting(error: BaseException, around: Surroundings) -> str:
    """A key that was looked for in the environment, and lies in `.env`."""
    missing = ""
    if isinstance(error, KeyError) and error.args:
        missing = str(error.args[0])
    elif re.search(r"Expecting a string|Expected a string value", str(error)):
        missing = "SECRET_KEY"
        key = _key_in(error)
        if hasattr(key, "get_secret_value"):
            return (
                "The key is a SecretStr, and the library needs its text: "
                "`.get_secret_value()` gives it."
            )
        if isinstance(key, str | bytes):
            return ""
        if key is not None:
            return f"The key is of the type {type(key).__name__}: it has to be text."
        if missing not in around.own_dotenv:
            return "The key is None. os.getenv gives None if there's no such variable."
    if missing not in around.own_dotenv or missing in os.environ:
        return ""
    return (
        f"{missing} is in the .env beside main.py, which nothing has read: call "
        "load_dotenv() before you look it up, or write it into the code."
    )


def _key_in(error: BaseException) -> object:
    """The key that a library got before it raised this; `None` where it got none."""
    frames = [frame for frame, _ in traceback.walk_tb(error.__traceback__)]
    return next(
        (f.f_locals["key"] for f in reversed(frames) if "key" in f.f_locals), None
    )


def _serves_itself(error: BaseException, around: Surroundings) -> str:
    if "asyncio.run() cannot be called from a running event loop" not in str(error):
        return ""
    return (
        "The event loop runs already when an app is served: use `await` in its "
        "place, or a lifespan."
    )


def _no_depends(error: BaseException, around: Surroundings) -> str:
    """The form of a login without `Depends()`, which FastAPI takes for a field."""
    said = str(error)
    is_no_field = "Invalid args for response field" in said
    is_made_early = "__init__() missing" in said and "'username'" in said
    form = re.search(r"OAuth2PasswordRequestForm(Strict)?", said)
    if form is None or not (is_no_field or is_made_early):
        return ""
    return (
        f"{form[0]} isn't a model: FastAPI fills it in as a dependency, and for that "
        f"it needs `Depends()`, with parentheses: `Annotated[{form[0]}, Depends()]`."
    )


def _no_token_url(error: BaseException, around: Surroundings) -> str:
    """A `tokenUrl` that is spelt otherwise, is missing, or has no place there."""
    # Python 3.13 asks behind it which one was meant.
    said = re.match(
        r"(\w+)\.__init__\(\) (got an unexpected keyword argument|missing .*) "
        r"'(\w+)'(\. Did you mean .*)?$",
        str(error),
    )
    if said is None or said[3].lower().replace("_", "") not in ("tokenurl", "url"):
        return ""
    if said[1].startswith("OAuth2"):
        return f'{said[1]} is told the path of the login so: `tokenUrl="token"`.'
    return (
        f"{said[1]} reads a token, and can't say where a client gets one. "
        f"`OAuth2PasswordBearer` does both: use that one."
    )


KINDS: tuple[Callable[[BaseException, Surroundings], str], ...] = (
    _encoding,
    relative_import,
    wrong_package,
    circle,
    misplaced,
    elsewhere,
    called_too_early,
    missing_module,
    asked_for_with_pip,
    _reads_input,
    _no_setting,
    _serves_itself,
    _no_depends,
    _no_token_url,
)
