"""What changed between two steps: as `diff -u` says it, and by function."""

import ast
import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

# What `diff` and `patch` call a file that is not there.
NOWHERE = "/dev/null"

# Stands for a line of a docstring that is left out: no source has a NUL.
DOCSTRING = "\0"

# What is no literal, or has a part that is none.
LOOKED_UP = ast.Name, ast.Call, ast.Lambda, ast.JoinedStr, ast.Subscript, ast.Await

# How alike two pieces are, from 0 to 1, that are taken for one under another name.
SAME = 0.6


class CannotDiff(Exception):
    """A side cannot be read; the message says which and why."""


@dataclass(frozen=True)
class Part:
    """A top-level piece of a file: a function, a class, an assignment, the rest.

    `name` is what a reader calls it, `lines` are its old and its new text as a unified
    diff without headers, empty when it is unchanged. `is_data` says that it's literals
    and nothing else.
    """

    name: str
    lines: tuple[str, ...]
    is_data: bool = False


@dataclass(frozen=True)
class Change:
    """What changed in the file `name`: its path before and after, empty where there is
    none, and its parts, those that are unchanged too."""

    name: str
    was: str
    now: str
    parts: tuple[Part, ...]

    @property
    def is_none(self) -> bool:
        return not any(part.lines for part in self.parts)


def read(path: Path) -> str:
    """The text of a file, its line ends as they are. Raises `CannotDiff`."""
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise CannotDiff(f"There is no {path}.") from None
    except OSError as error:
        raise CannotDiff(f"{path} cannot be read: {error.strerror}.") from None
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise CannotDiff(
            f"{path} is not UTF-8, see line {line}: save it as UTF-8."
        ) from None


def read_all(modules: Iterable[Path]) -> dict[str, str]:
    """The text of each module by the name of its file. Raises `CannotDiff`."""
    return {module.name: read(module) for module in modules}


def unified_all(
    old: dict[str, str], new: dict[str, str], old_folder: str, new_folder: str
) -> str:
    """The change of all files as `diff -ruN` writes it and `patch` reads it. Both sides
    are texts by the names of their files; one that is not there is `NOWHERE`."""
    return "".join(
        unified(
            old.get(name, ""),
            new.get(name, ""),
            f"{old_folder}/{name}" if name in old else NOWHERE,
            f"{new_folder}/{name}" if name in new else NOWHERE,
        )
        for name in _on_either_side(old, new)
    )


def changes(
    old: dict[str, str],
    new: dict[str, str],
    old_folder: str,
    new_folder: str,
    *,
    context: int = 3,
    words: bool = True,
    template: str = "",
) -> list[Change]:
    """The change of each file by its parts. Raises `CannotDiff` as `parts` does.

    Without `words`, docstrings and comments aren't looked at. Nor is what the old side
    has left of a `template`, and the new side hasn't.
    """
    found = []
    for name in _on_either_side(old, new):
        was = f"{old_folder}/{name}" if name in old else ""
        now = f"{new_folder}/{name}" if name in new else ""
        found.append(
            Change(
                name,
                was,
                now,
                tuple(
                    parts(
                        old.get(name, ""),
                        new.get(name, ""),
                        was,
                        now,
                        context=context,
                        words=words,
                        template=template,
                    )
                ),
            )
        )
    return found


def unified(old: str, new: str, old_name: str, new_name: str) -> str:
    """The change as `diff -u` writes it and `patch` reads it."""
    lines = difflib.unified_diff(_lines(old), _lines(new), old_name, new_name)
    return "".join(
        line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        for line in lines
    )


def parts(
    old: str,
    new: str,
    old_name: str = "the old",
    new_name: str = "the new",
    *,
    context: int = 3,
    words: bool = True,
    template: str = "",
) -> list[Part]:
    """The change piece by piece, in the order of the new file, each line of change with
    so many lines of `context`; for `words` and `template` see `changes`.

    A piece that is gone stands where it stood; one that got another name is compared
    with what it was. Raises `CannotDiff` when a side is not Python.
    """
    before, after = pieces(old, old_name), pieces(new, new_name)
    if not words:
        before, after = _without_words(before), _without_words(after)
        left = set(_without_words(pieces(template)).values())
        before = {
            n: text for n, text in before.items() if text not in left or n in after
        }
    found = []
    for was, now in _pairs(before, after):
        sides = before.get(was, ""), after.get(now, "")
        if not words and _plain(sides[0]) == _plain(sides[1]):
            sides = "", ""
        old_lines, new_lines = (side.splitlines() for side in sides)
        changed = list(
            difflib.unified_diff(old_lines, new_lines, n=context, lineterm="")
        )
        name = f"{was} → {now}" if was and now and was != now else now or was
        # Without the two lines of names and the first place; a later one is a gap.
        lines = [" …" if line.startswith("@@") else line for line in changed[3:]]
        found.append(Part(name, tuple(lines), all(map(_is_data, filter(None, sides)))))
    return found


def _is_data(piece: str) -> bool:
    """Whether it's assignments of literals and nothing else."""
    return all(
        isinstance(node, ast.Assign | ast.AnnAssign)
        and node.value is not None
        and not any(isinstance(one, LOOKED_UP) for one in ast.walk(node.value))
        for node in ast.parse(piece).body
    )


def _without_words(found: dict[str, str]) -> dict[str, str]:
    """The pieces without their docstrings; what is nothing else is left out."""
    bare = {name: _without_docstrings(text) for name, text in found.items()}
    return {name: text for name, text in bare.items() if _plain(text)}


def _without_docstrings(piece: str) -> str:
    lines = piece.split("\n")
    kinds = ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef
    for node in ast.walk(ast.parse(piece)):
        if isinstance(node, kinds) and ast.get_docstring(node, clean=False) is not None:
            text, *others = node.body
            if others or isinstance(node, ast.Module):
                for number in range(text.lineno - 1, text.end_lineno or text.lineno):
                    lines[number] = DOCSTRING
    return "\n".join(line for line in lines if line != DOCSTRING)


def _plain(piece: str) -> str:
    """As Python reads it: the same for each way to write it."""
    return ast.unparse(ast.parse(piece))


def _on_either_side(old: Iterable[str], new: Iterable[str]) -> list[str]:
    """Names of files: the new ones in their order, then those that are gone."""
    return list(dict.fromkeys([*new, *old]))


def _lines(text: str) -> list[str]:
    """As `diff` counts lines, and Python: a form feed ends none."""
    *whole, rest = text.split("\n")
    return [f"{line}\n" for line in whole] + ([rest] if rest else [])


def pieces(source: str, name_of_file: str = "it") -> dict[str, str]:
    """The file cut at its top-level statements; what precedes one belongs to it."""
    # Editors on Windows write both, and neither is a change to look at.
    source = source.removeprefix("\ufeff").replace("\r\n", "\n")
    try:
        body = ast.parse(source).body
    except SyntaxError as error:
        where = f"line {error.lineno}, {error.msg}"
        raise CannotDiff(f"{name_of_file} is not Python: {where}.") from None
    except ValueError as error:
        raise CannotDiff(f"{name_of_file} is not Python: {error}.") from None
    lines = source.split("\n")
    cuts = [(_name_of(node), node.end_lineno or node.lineno) for node in body]
    pieces: dict[str, str] = {}
    begin = 0
    for name, end in [*cuts, ("other lines", len(lines))]:
        text = "\n".join(lines[begin:end])
        if name in pieces:
            pieces[name] = f"{pieces[name]}\n{text}".rstrip("\n")
        elif text.strip("\n"):
            pieces[name] = text.strip("\n")
        begin = end
    return pieces


def _name_of(node: ast.stmt) -> str:
    match node:
        case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name):
            return f"def {name}"
        case ast.ClassDef(name=name):
            return f"class {name}"
        case ast.Import() | ast.ImportFrom():
            return "imports"
        case (
            ast.Assign(targets=[ast.Name(id=name), *_])
            | ast.AnnAssign(target=ast.Name(id=name))
        ):
            return name
        case ast.Expr(value=ast.Constant(value=str())):
            return "docstring"
    return "other lines"


def _share_a_line(old: str, new: str) -> bool:
    """Short pieces are alike by their keywords alone."""
    return not set(old.splitlines()).isdisjoint(new.splitlines())


def _pairs(before: dict[str, str], after: dict[str, str]) -> list[tuple[str, str]]:
    """Which old piece is which new one; an empty name where there is none."""
    gone = [name for name in before if name not in after]
    come = [name for name in after if name not in before]
    renamed: dict[str, str] = {}
    for was in gone:
        alike = {
            difflib.SequenceMatcher(None, before[was], after[now]).ratio(): now
            for now in come
            if now not in renamed and _share_a_line(before[was], after[now])
        }
        if alike and max(alike) > SAME:
            renamed[alike[max(alike)]] = was
    pairs: list[tuple[str, str]] = []
    matcher = difflib.SequenceMatcher(None, list(before), list(after), autojunk=False)
    for _, i1, i2, j1, j2 in matcher.get_opcodes():
        for was in list(before)[i1:i2]:
            if was in gone and was not in renamed.values():
                pairs.append((was, ""))
        for now in list(after)[j1:j2]:
            pairs.append((now if now in before else renamed.get(now, ""), now))
    return pairs
