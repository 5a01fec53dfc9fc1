"""What changed between two steps: as `patch` reads it, by file and by function."""

import shutil
import subprocess
from itertools import pairwise
from pathlib import Path

import pytest

from workbook import diffing
from workbook.diffing import CannotDiff, Part, changes, parts, unified, unified_all
from workbook.ladder import Step, sources, steps

NEIGHBOURS = pytest.mark.parametrize(
    ("lower", "upper"),
    list(pairwise(steps())),
    ids=[f"{lower.number}-{upper.number}" for lower, upper in pairwise(steps())],
)
needs_patch = pytest.mark.skipif(shutil.which("patch") is None, reason="needs patch")


def patched(folder: Path, old: str, change: str) -> bytes:
    """The old text, after `patch` has been given the change."""
    file = folder / "main.py"
    file.write_bytes(old.encode())
    done = subprocess.run(
        ["patch", "--binary", str(file)],
        input=change.encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout.decode() + done.stderr.decode()
    return file.read_bytes()


def write(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, source in files.items():
        (folder / name).write_text(source, "utf-8")


def change_of(lower: Step, upper: Step) -> str:
    """The change from one step to another, as `workbook diff` pipes it."""
    old, new = sources(lower.modules), sources(upper.modules)
    return unified_all(old, new, f"a/steps/{lower.name}", f"b/steps/{upper.name}")


def patched_folder(folder: Path, change: str, strip: str) -> dict[str, str]:
    """What the files of a folder hold, after `patch` has been given the change."""
    done = subprocess.run(
        ["patch", strip, "-d", str(folder)],
        input=change,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    files = [file for file in folder.iterdir() if file.is_file()]
    return {file.name: file.read_text("utf-8") for file in files}


def changed(found: list[Part]) -> dict[str, list[str]]:
    """By name, the lines that came or went."""
    return {
        part.name: [line for line in part.lines if line[:1] in {"+", "-"}]
        for part in found
        if part.lines
    }


# As `diff -u` writes it.


@needs_patch
@NEIGHBOURS
def test_patch_makes_one_step_into_the_next(tmp_path: Path, lower: Step, upper: Step):
    write(tmp_path, sources(lower.modules))
    change = change_of(lower, upper)
    assert patched_folder(tmp_path, change, "-p3") == sources(upper.modules)


@needs_patch
@pytest.mark.parametrize(
    ("old", "new"), [(0, 1), (1, 2), (0, 2), (2, 1), (2, 0)], ids=str
)
def test_patch_makes_files_and_takes_them_away(
    tmp_path: Path, small_ladder: tuple[Step, ...], old: int, new: int
):
    folder = tmp_path / "mine"
    write(folder, sources(small_ladder[old].modules))
    change = change_of(small_ladder[old], small_ladder[new])
    expected = sources(small_ladder[new].modules)
    assert patched_folder(folder, change, "-p3") == expected


@needs_patch
def test_patch_finds_a_copy_that_has_the_name_of_the_new_step(
    tmp_path: Path, small_ladder: tuple[Step, ...]
):
    _, lower, upper = small_ladder
    copy = tmp_path / "mine" / "steps" / upper.name
    write(copy, sources(lower.modules))
    patched_folder(tmp_path / "mine", change_of(lower, upper), "-p1")
    assert {file.name: file.read_text() for file in copy.iterdir()} == sources(
        upper.modules
    )


@needs_patch
@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("one\ntwo\n", "one\ntwo"),
        ("one\ntwo", "one\ntwo\n"),
        ("one\ntwo", "one\nthree"),
        ("", "one\n"),
        ("one\n", ""),
        ("one\r\ntwo\r\n", "one\r\nthree\r\n"),
        ("one\n\ftwo\n", "one\n\fthree\n"),
        ("name = 'a\u2028b'\n", "name = 'a\u2028c'\n"),
    ],
    ids=[
        "end lost",
        "end gained",
        "no end",
        "from nothing",
        "to nothing",
        "Windows",
        "form feed",
        "line separator",
    ],
)
def test_patch_accepts_what_editors_leave_behind(tmp_path: Path, old: str, new: str):
    change = unified(old, new, "a/main.py", "b/main.py")
    assert patched(tmp_path, old, change) == new.encode()


def test_what_is_the_same_has_no_diff():
    assert unified("one\n", "one\n", "a", "b") == ""


# By function.

OLD = '''"""What it is."""

import os

LIMIT = 3


def greet(name):
    return "hello " + name


def part(name):
    return "goodbye " + name


class User:
    name: str
'''


def test_only_the_function_that_changed_has_lines():
    new = OLD.replace('"goodbye "', '"farewell "')
    found = parts(OLD, new)
    assert changed(found) == {
        "def part": ['-    return "goodbye " + name', '+    return "farewell " + name']
    }
    assert [part.name for part in found] == [
        "docstring",
        "imports",
        "LIMIT",
        "def greet",
        "def part",
        "class User",
    ]


def test_a_decorator_and_a_comment_belong_to_what_follows_them():
    new = OLD.replace("def part", "# Sadly.\n@final\ndef part")
    assert changed(parts(OLD, new)) == {"def part": ["+# Sadly.", "+@final"]}


def test_a_function_that_came_and_one_that_went_stand_at_their_places():
    gone = 'def greet(name):\n    return "hello " + name\n\n\n'
    come = "def count(names):\n    return len(names)\n\n\n"
    new = OLD.replace(gone, "").replace("class User", f"{come}class User")
    found = parts(OLD, new)
    assert [part.name for part in found if part.lines] == ["def greet", "def count"]
    assert changed(found)["def greet"] == [
        "-def greet(name):",
        '-    return "hello " + name',
    ]


def test_a_function_under_another_name_is_compared_with_what_it_was():
    new = OLD.replace("def greet(name)", "def welcome(name)")
    assert changed(parts(OLD, new)) == {
        "def greet → def welcome": ["-def greet(name):", "+def welcome(name):"]
    }


def test_of_two_that_are_alike_each_is_compared_once():
    """A function that was split in two is the one that it is most alike."""
    old = "def check(name):\n    a = 1\n    b = 2\n    c = 3\n    return name\n"
    split = old.replace("check", "check_it").replace("c = 3", "c = 4")
    new = split + old.replace("check", "check_all")
    assert list(changed(parts(old, new))) == [
        "def check_it",
        "def check → def check_all",
    ]


def test_of_two_that_became_one_the_other_is_gone():
    old = "def one(name):\n    a = 1\n    b = 2\n    c = 3\n    return name\n"
    both = old + old.replace("one", "two").replace("c = 3", "c = 4")
    new = old.replace("one", "check")
    found = changed(parts(both, new))
    assert found["def one → def check"] == ["-def one(name):", "+def check(name):"]
    assert {line[0] for line in found["def two"]} == {"-"}


def test_a_constant_with_a_type_has_a_name_too():
    new = OLD.replace("LIMIT = 3", "LIMIT: int = 4")
    assert changed(parts(OLD, new)) == {"LIMIT": ["-LIMIT = 3", "+LIMIT: int = 4"]}


def test_a_comment_at_the_end_is_not_lost():
    assert changed(parts(OLD, f"{OLD}\n# The end.\n")) == {
        "other lines": ["+# The end."]
    }


def test_line_ends_and_marks_of_windows_are_no_change():
    new = "\ufeff" + OLD.replace("\n", "\r\n")
    assert changed(parts(OLD, new)) == {}


def test_what_two_steps_have_in_common_is_folded():
    lower, upper = steps()[:2]
    found = parts(lower.main.read_text("utf-8"), upper.main.read_text("utf-8"))
    assert list(changed(found)) == ["docstring", "def read_users_me"]


@NEIGHBOURS
def test_every_changed_line_of_a_step_is_in_one_of_its_parts(lower: Step, upper: Step):
    old, new = sources(lower.modules), sources(upper.modules)
    for change in changes(old, new, "old", "new"):
        found = changed(list(change.parts)).values()
        shown = [line for lines in found for line in lines]
        was = old.get(change.name, "").splitlines()
        now = new.get(change.name, "").splitlines()
        assert {f"+{line}" for line in set(now) - set(was)} <= set(shown)
        assert {f"-{line}" for line in set(was) - set(now)} <= set(shown)


# By file.


def test_each_file_has_its_own_change(small_ladder: tuple[Step, ...]):
    _, lower, upper = small_ladder
    old, new = sources(lower.modules), sources(upper.modules)
    main, settings, tokens = changes(old, new, "old", "new")
    assert (main.was, main.now) == ("old/main.py", "new/main.py")
    assert list(changed(list(main.parts))) == [
        "docstring",
        "imports",
        "def make_token",
    ]
    assert (settings.name, settings.is_none) == ("settings.py", True)
    assert (tokens.was, tokens.now) == ("", "new/tokens.py")
    assert list(changed(list(tokens.parts))) == [
        "docstring",
        "imports",
        "def make_token",
    ]


def test_a_file_that_is_gone_comes_last_and_is_all_minus(
    small_ladder: tuple[Step, ...],
):
    upper, _, lower = small_ladder
    old, new = sources(lower.modules), sources(upper.modules)
    main, *gone = changes(old, new, "old", "new")
    assert main.name == "main.py"
    assert [(change.was, change.now) for change in gone] == [
        ("old/settings.py", ""),
        ("old/tokens.py", ""),
    ]
    shown = [line for change in gone for part in change.parts for line in part.lines]
    assert {line[0] for line in shown} == {"-"}


def test_a_file_that_is_no_python_is_named_with_its_folder():
    with pytest.raises(CannotDiff, match=r"^answers/settings\.py is not Python"):
        changes({"settings.py": "def f(:\n"}, {}, "answers", "ours")


# What cannot be compared.


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("def f(:\n", "line 1, invalid syntax"),
        ("ok = 1\nreturn = 2\n", "line 2, invalid syntax"),
        ("name = '\0'\n", "null bytes"),
    ],
    ids=["syntax", "second line", "null"],
)
def test_a_file_that_is_no_python_is_named(source: str, reason: str):
    with pytest.raises(CannotDiff, match=rf"^mine\.py is not Python: .*{reason}\.$"):
        parts(source, OLD, "mine.py", "ours.py")
    with pytest.raises(CannotDiff, match=rf"^mine\.py is not Python: .*{reason}\.$"):
        parts(OLD, source, "ours.py", "mine.py")


def test_a_file_that_is_not_there_is_named(tmp_path: Path):
    with pytest.raises(CannotDiff, match=r"There is no .*main\.py"):
        diffing.read(tmp_path / "main.py")


def test_a_folder_is_no_file(tmp_path: Path):
    with pytest.raises(CannotDiff, match="cannot be read"):
        diffing.read(tmp_path)


def test_a_file_in_another_encoding_is_told_with_its_line(tmp_path: Path):
    main = tmp_path / "main.py"
    main.write_bytes(b"one = 1\nname = '\xe9'\n")
    with pytest.raises(CannotDiff, match=r"is not UTF-8, see line 2: save it as UTF-8"):
        diffing.read(main)


MINE = '''
"""Mine."""


def not_written_yet(name):
    return name


def login():
    """How I do it."""
    return 1  # one


def logout():
    "Bye."
    return 2
'''
OURS = '''
"""Ours."""


def login():
    return (
        1
    )


def logout():
    """Another word."""
    return 3
'''


def test_without_words_only_code_is_compared():
    [change] = changes(
        {"main.py": MINE}, {"main.py": OURS}, "mine", "ours", words=False
    )
    assert {part.name: part.lines for part in change.parts} == {
        "def not_written_yet": (
            "-def not_written_yet(name):",
            "-    return name",
        ),
        "def login": (),
        "def logout": (" def logout():", "-    return 2", "+    return 3"),
    }


def test_what_is_left_of_a_template_is_no_change():
    template = "def not_written_yet(name):\n    return name\n"
    [change] = changes(
        {"main.py": MINE},
        {"main.py": OURS},
        "mine",
        "ours",
        words=False,
        template=template,
    )
    assert [part.name for part in change.parts] == ["def login", "def logout"]
