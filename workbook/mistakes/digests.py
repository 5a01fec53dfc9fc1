"""What a step's fingerprints depend on, as digests: they say when to renew them.

Code counts as what Python reads: a comment, a docstring or another line break changes
no fingerprint. A digest is the same on each machine and with each Python.
"""

import ast
import hashlib
import json
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import astuple
from functools import cache
from pathlib import Path

from workbook.ladder import ROOT, Step
from workbook.mistakes.bank import Mistake, mistakes
from workbook.mistakes.store import read

LOCK = ROOT / "requirements" / "run.txt"
# What of the lock can change an answer: what pyproject.toml says that the steps, the
# suites and the command import, and what FastAPI and python-jose are built on.
DEPENDENCIES = ROOT / "pyproject.toml"
BELOW = ("cryptography", "pydantic", "pydantic-core", "starlette")
# What words the differences that a fingerprint is made of, and what makes it. All else
# that a check consists of changes often and should change no fingerprint: the long
# proof says when it did.
TOOLING = (
    ROOT / "workbook" / "checking" / "exchange.py",
    ROOT / "workbook" / "tokens.py",
    ROOT / "workbook" / "mistakes" / "exceptions.py",
    ROOT / "workbook" / "mistakes" / "fingerprints.py",
)


def digests(step: Step) -> dict[str, str]:
    """The digest of each thing that all fingerprints of a step depend on."""
    return {
        "step": of_code(step.modules),
        "suite": of_code([*suite_modules(step.suite), *TOOLING]),
        "lock": _of("\n".join(locked_versions())),
    }


def edits_digest(mistake: Mistake) -> str:
    """The digest of what a mistake changes. Its words change no fingerprint."""
    return _of(json.dumps([astuple(edit) for edit in mistake.edits]))


def out_of_date(step: Step) -> tuple[list[str], list[str]]:
    """What has changed since the fingerprints of a step were made: of the things that
    they all depend on, and of the mistakes, by their names. A mistake that is gone is
    one of them."""
    stored, now = read(step), digests(step)
    bank = {mistake.name: edits_digest(mistake) for mistake in mistakes(step)}
    had = {name: one.edits for name, one in stored.mistakes.items()}
    return (
        [part for part, digest in now.items() if stored.digests.get(part) != digest],
        [name for name in {**bank, **had} if bank.get(name) != had.get(name)],
    )


def suite_modules(suite: Path) -> list[Path]:
    """The suite, and what it takes of the tests beside it: all that it imports, and
    what pytest adds to it."""
    found: list[Path] = []
    waiting = [suite, suite.with_name("conftest.py")]
    while waiting:
        path = waiting.pop()
        if path not in found:
            found.append(path)
            waiting += _imported(path.read_text("utf-8"))
    return sorted(found)


def locked_versions() -> list[str]:
    """The lines of the lock for what can change an answer. They are without hashes: one
    more, for another machine, changes no version."""
    project = tomllib.loads(DEPENDENCIES.read_text("utf-8"))["project"]
    names = [*project["dependencies"], *BELOW]
    wanted = {re.split(r"[^\w.-]", name, maxsplit=1)[0].lower() for name in names}
    return [
        line.removesuffix("\\").strip()
        for line in LOCK.read_text("utf-8").splitlines()
        if re.split(r"[^\w.-]", line, maxsplit=1)[0].lower() in wanted
    ]


@cache
def normal(source: str) -> str:
    """The code as its syntax tree, without docstrings."""
    tree = ast.parse(source)
    for node in ast.walk(tree):
        if (
            isinstance(
                node,
                ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef,
            )
            and ast.get_docstring(node, clean=False) is not None
        ):
            del node.body[0]
    return "".join(_words(tree))


def _words(node: object) -> Iterator[str]:
    """`ast.dump` in words that all Pythons share: a field that a later one added is
    empty in our code."""
    if isinstance(node, ast.AST):
        yield f"{type(node).__name__}("
        for name, value in ast.iter_fields(node):
            if value is not None and value != []:
                yield f"{name}="
                yield from _words(value)
        yield ")"
    elif isinstance(node, list):
        for part in node:
            yield from _words(part)
            yield ","
    else:
        yield ascii(node)


@cache
def _imported(source: str) -> list[Path]:
    """The modules of `tests` that this code imports."""
    found: list[Path] = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom):
            module = node.module or ""
            names = [module, *(f"{module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        for name in names:
            if name.partition(".")[0] == "tests":
                place = ROOT.joinpath(*name.split("."))
                files = (place.with_suffix(".py"), place / "__init__.py")
                found += [file for file in files if file.is_file()]
    return found


def of_code(paths: Iterable[Path]) -> str:
    return _of(
        "\n".join(f"{path.name}: {normal(path.read_text('utf-8'))}" for path in paths)
    )


def _of(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]
