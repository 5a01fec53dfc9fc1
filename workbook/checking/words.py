"""What an app's own code has that could be the name or the value of something: of a
header, a parameter, a path. Those who read the code try it."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

# A name, a path or a media type: no sentence, and no hash.
WORD = re.compile(r"[\w$./:+*{}-]{1,50}", re.ASCII)
MOST = 150
LONGEST_MODULE = 1_000_000


def words_in(folder: Path) -> list[str]:
    """Each once, in the order of the files and of their lines."""
    found = dict.fromkeys(
        word
        for path in sorted(folder.rglob("*.py"))
        if path.is_file() and path.stat().st_size < LONGEST_MODULE
        for word in _words_of(path)
        if WORD.fullmatch(word)
    )
    return list(found)[:MOST]


def _words_of(path: Path) -> Iterator[str]:
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, RecursionError):
        return
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
