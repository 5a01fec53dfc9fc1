"""What an app's own code has that could be the name or the value of something: of a
header, a parameter, a path. Those who read the code try it."""

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

# Of the environment, as they're usually written.
VARIABLE = re.compile(r"[A-Z][A-Z0-9_]+")
# A name, a path or a media type: no sentence, and no hash.
WORD = re.compile(r"[\w$./:+*{}-]{1,50}", re.ASCII)
MOST = 150
LONGEST_MODULE = 1_000_000


def words_in(folder: Path) -> list[str]:
    """Each once. First those that something is compared with: a request that has one of
    them is answered in another way. Then all others, in the order of the files."""
    trees = _trees_in(folder)
    compared = (word for tree in trees for word in _compared_in(tree))
    others = (word for tree in trees for word in _words_of(tree))
    found = dict.fromkeys(word for word in (*compared, *others) if WORD.fullmatch(word))
    return list(found)[:MOST]


def variables_in(folder: Path) -> dict[str, str]:
    """Variables of the environment that the code reads, each with a value that changes
    something: the text that the code compares it with, or 1 for a field of settings."""
    found: dict[str, str] = {}
    for tree in _trees_in(folder):
        assigned = dict(_assigned_in(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.Compare):
                found = dict(_compared_with(node, assigned)) | found
            elif isinstance(node, ast.ClassDef) and _is_of_settings(node):
                found = dict.fromkeys(_fields_of(node), "1") | found
    return found


def _assigned_in(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """What a variable of the environment was assigned to, and its name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assign):
            for name in filter(VARIABLE.fullmatch, _texts_in([node.value])):
                yield from (
                    (target.id, name)
                    for target in node.targets
                    if isinstance(target, ast.Name)
                )


def _compared_with(
    node: ast.Compare, assigned: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    """The variable in a comparison, and the text that it's compared with."""
    sides = [*node.comparators[::-1], node.left]
    texts = [text for text in _texts_in(sides) if text]
    variables = [text for text in texts if VARIABLE.fullmatch(text)]
    variables += [
        assigned[one.id]
        for side in sides
        for one in ast.walk(side)
        if isinstance(one, ast.Name) and one.id in assigned
    ]
    values = [text for text in texts if text not in variables]
    if variables and values:
        yield variables[-1], values[0]


def _is_of_settings(node: ast.ClassDef) -> bool:
    return any(ast.unparse(base).endswith("Settings") for base in node.bases)


def _fields_of(node: ast.ClassDef) -> Iterator[str]:
    """The variables that a class of pydantic-settings reads."""
    prefix = next(
        (
            str(one.value.value)
            for one in ast.walk(node)
            if isinstance(one, ast.keyword)
            and one.arg == "env_prefix"
            and isinstance(one.value, ast.Constant)
        ),
        "",
    )
    for one in node.body:
        if not isinstance(one, ast.AnnAssign) or not isinstance(one.target, ast.Name):
            continue
        # To any other kind, 1 is an error.
        kind = ast.unparse(one.annotation).removesuffix(" | None")
        if kind in ("bool", "int", "str"):
            yield f"{prefix}{one.target.id}".upper()


def _trees_in(folder: Path) -> list[ast.AST]:
    trees: list[ast.AST] = []
    for path in sorted(folder.rglob("*.py")):
        if path.is_file() and path.stat().st_size < LONGEST_MODULE:
            try:
                trees.append(ast.parse(path.read_bytes()))
            except (SyntaxError, ValueError, RecursionError):
                continue
    return trees


def _texts_in(nodes: Iterable[ast.AST]) -> Iterator[str]:
    for node in nodes:
        for one in ast.walk(node):
            if isinstance(one, ast.Constant) and isinstance(one.value, str):
                yield one.value


def _compared_in(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Compare):
            yield from _texts_in([node])
        if isinstance(node, ast.MatchValue):
            yield from _texts_in([node.value])


def _words_of(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.arg):
            # To FastAPI a parameter of a function is one of the URL.
            yield node.arg
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
            # And a field of a model or of the settings is one of a body, or a variable.
            yield node.target.id
        if isinstance(node, ast.Constant):
            if isinstance(node.value, str):
                yield node.value
            elif isinstance(node.value, bytes):
                yield node.value.decode("latin-1")
