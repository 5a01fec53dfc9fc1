"""The app crashed: the exception, the app's own line, and a sentence on what it means.

Any exception is told. `exceptions.toml` adds a sentence to those that people meet with
this flow.
"""

import ast
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from workbook.checking import Failure
from workbook.ladder import modules_in, sources, steps
from workbook.mistakes.causes.cause import Cause, expects, leading
from workbook.mistakes.exceptions import Raised, crash_in

NOT_CAUGHT = (
    "That's how the library refuses a bad token, and nothing in your code catches it. "
    "An `except` clause there has to catch `{base}`, the base class of {derived}."
)
# The exceptions of token libraries, the class that catches them, and what derives from
# it. The first pattern that fits counts. Not every library has one class for all.
OF_A_BAD_TOKEN = "what its `jwt.decode` raises for a bad token"
ALL = "all its exceptions"
BASES = (
    (r"jose\..*\.(JWT\w*|ExpiredSignature)Error", "jose.JWTError", OF_A_BAD_TOKEN),
    (r"jose\..*", "jose.JOSEError", ALL),
    (
        r"jwt\..*\.(InvalidKey|MissingCryptography|PyJW\w*)Error",
        "jwt.PyJWTError",
        ALL,
    ),
    (r"jwt\..*", "jwt.InvalidTokenError", OF_A_BAD_TOKEN),
    (r"joserfc\..*", "joserfc.errors.JoseError", ALL),
    (r"authlib\..*", "authlib.jose.errors.JoseError", ALL),
)

IN_A_TOKEN = " A `null` in JSON is None too, for example in a token."

# Of a message.
LONGEST = 200

# What well-known exceptions mean.
MEANINGS = Path(__file__).with_name("exceptions.toml")


@cache
def _meanings() -> list[dict[str, str]]:
    return tomllib.loads(MEANINGS.read_text("utf-8"))["exception"]  # type: ignore[no-any-return]


def most_crashed(failed: Sequence[Failure]) -> Cause | None:
    """The exception in at least half of the failures."""
    crashed = [failure for failure in failed if _is_of_a_request(failure)]
    return _told(crashed) if 2 * len(crashed) >= len(failed) else None


def crash(failed: Sequence[Failure]) -> Cause | None:
    """The exception that most of the leading crashes end with."""
    return _told(leading(failed, _is_of_a_request))


def any_crash(failed: Sequence[Failure]) -> Cause | None:
    """The most frequent exception, also where other failures are before it."""
    return _told([failure for failure in failed if failure.raised])


def _is_of_a_request(failure: Failure) -> bool:
    """Whether a request crashed. An app that ends in a traceback when it's started with
    bad settings may be right to end, and its mistake is how."""
    return bool(failure.raised and failure.evidence.asked)


def _told(crashed: Sequence[Failure]) -> Cause | None:
    found = [(failure, crash_in(failure.raised)) for failure in crashed]
    ends = Counter((one.kind, one.line) for _, one in found if one)
    if not ends:
        return None
    kind_and_line = ends.most_common(1)[0][0]
    failure, raised = next(
        (failure, one)
        for failure, one in found
        if one and (one.kind, one.line) == kind_and_line
    )
    what = _what(failure)
    place = f" in your line `{raised.line}`" if raised.line else ""
    if raised.number:
        place += f" ({raised.file}, line {raised.number})"
    meaning = (
        _advice(failure.raised)
        or _of_a_dependency(raised, crashed)
        or sentence(raised, is_jwt=bool(failure.token))
    )
    if not meaning and failure.evidence.asked != "POST /token":
        meaning = refusal(raised)
    told = f"{what[0].upper()}{what[1:]} crashed: {raised.kind}{place}."
    return Cause(
        f"{raised.name} at {what}",
        " ".join(filter(None, (told, _message(raised), meaning))),
    )


def _of_a_dependency(raised: Raised, crashed: Sequence[Failure]) -> str:
    """What is wrong with the `current_user` that a dependency gave to the next one;
    empty for other crashes. The line that crashed is right then."""
    found = re.match(r"'(\w+)' object has no attribute '(\w+)'", raised.message)
    if not found or not re.search(rf"\bcurrent_user\.{found[2]}\b", raised.line):
        return ""
    kind = found[1]
    whence = (
        "That line may be right: `current_user` is what its `Depends(…)` returned, "
        "`get_current_user` in our code."
    )
    if kind == "str":
        return (
            f"{whence} It returned a text, such as the token or the username, where "
            "the user belongs: look at its `return`."
        )
    if kind != "NoneType":
        return ""
    if any(expects(failure, "2") for failure in crashed):
        return (
            f"{whence} It returned None for a good token: a function that ends without "
            "`return` returns None."
        )
    return (
        f"{whence} It returned None where it should raise a 401: it found no user. Is "
        "`if user is None:` missing before its `raise`, or is it the wrong way round?"
    )


def sentence(raised: Raised, *, is_jwt: bool = False) -> str:
    """What the exception means here; empty where there's nothing to add. `is_jwt` says
    that the request had a token that may hold anything."""
    for entry in _meanings():
        if (
            re.fullmatch(entry["exception"], raised.name)
            and re.search(entry.get("message", ""), raised.message)
            and re.search(entry.get("line", ""), raised.line)
        ):
            said = entry["means"].replace("{fields}", _fields(raised.message))
            said = said.replace("{import}", _import(raised.message))
            return said.replace("{in a token}", IN_A_TOKEN if is_jwt else "")
    return ""


@cache
def _imports() -> dict[str, str]:
    """The line that brings a name, for each that a step imports from a library."""
    return {
        name.asname or name.name: f"from {node.module} import {name.name}"
        for step in steps()
        for source in sources(modules_in(step.folder)).values()
        for node in ast.parse(source).body
        if isinstance(node, ast.ImportFrom) and not node.level
        for name in node.names
    }


def _import(message: str) -> str:
    """How our steps import the name that isn't there; empty for any other name."""
    name = re.search(r"name '(\w+)' is not defined", message)
    line = _imports().get(name[1], "") if name else ""
    return f" Our steps have `{line}` at the top." if line else ""


def _advice(told: str) -> str:
    """What stands before a traceback: what the exception means in this environment."""
    before, begins, _ = told.partition("Traceback (most recent call last):")
    return before.strip() if begins else ""


def refusal(raised: Raised) -> str:
    """What to catch, where a library refuses a token."""
    for pattern, base, derived in BASES:
        if re.fullmatch(pattern, raised.kind):
            return NOT_CAUGHT.format(base=base, derived=derived)
    return ""


def _what(failure: Failure) -> str:
    asked = failure.evidence.asked
    if asked == "POST /token":
        return "the login"
    return f"`{asked}`" if asked else "your app"


def _message(raised: Raised) -> str:
    """The message as a sentence. A validation error is told by its fields instead."""
    first = raised.message.partition("\n")[0]
    if not first or raised.name.endswith("ValidationError"):
        return ""
    return f"It says: {first[:LONGEST].rstrip('.')}."


def _fields(message: str) -> str:
    """The fields that a validation error names, with what is wrong with each."""
    # FastAPI's own words.
    found = [
        (name, problem)
        for name, problem in re.findall(
            r"'loc': \('response',[^)]*?'([^']+)',?\), 'msg': '([^']+)'", message
        )
    ]
    # Those of pydantic: a line for the field, and below it what is wrong.
    found += re.findall(r"^([\w.]+)\n +(.+?) \[", message, re.MULTILINE)
    if not found:
        return "the message says how"
    return "; ".join(f"`{name}`: {problem}" for name, problem in found[:3])
