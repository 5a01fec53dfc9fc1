"""A learner's folder is copied within limits, and what is no plain file is refused."""

import os
import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from workbook.checking import NoApp, copy_submission
from workbook.checking.submission import MOST_BYTES, must_be_a_file


def copied(folder: Path) -> set[str]:
    """The names of what is copied of it."""
    target = folder.parent / f"copy-{time.monotonic_ns()}"
    copy_submission(folder, target, "mine")
    return {
        str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()
    }


def bytes_in(folder: Path) -> int:
    return sum(path.stat().st_blocks * 512 for path in folder.rglob("*"))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "answers" / "mine"
    folder.mkdir(parents=True)
    (folder / "main.py").write_text("app = 1\n")
    return folder


def test_files_and_folders_come_along(folder: Path):
    for name in ("models.py", "users.json", ".env", "routers/auth.py", "a/b/c.txt"):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    (folder / "same.json").symlink_to("users.json")
    assert copied(folder) == {
        "main.py",
        "models.py",
        "users.json",
        "same.json",
        ".env",
        "routers/auth.py",
        "a/b/c.txt",
    }


def test_what_no_app_needs_stays_behind(folder: Path):
    for name in (
        "__pycache__/x.pyc",
        ".git/HEAD",
        "node_modules/x.js",
        "env/pyvenv.cfg",
        "env/lib/x.py",
    ):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text("")
    # What an editor leaves while a file is open.
    (folder / ".#main.py").symlink_to("someone@somewhere.1234")
    assert copied(folder) == {"main.py"}


def links_to(target: str, name: str = "data") -> Callable[[Path], object]:
    return lambda folder: (folder / name).symlink_to(target)


def make_socket(folder: Path) -> None:
    here = os.getcwd()
    os.chdir(folder)
    try:
        with socket.socket(socket.AF_UNIX) as made:
            made.bind("data")
    finally:
        os.chdir(here)


def make_large(folder: Path) -> None:
    # Sparse: it takes no room where it lies.
    with (folder / "data").open("wb") as file:
        file.truncate(10**12)


def make_deep(folder: Path) -> None:
    deep = folder.joinpath(*["d"] * 40)
    deep.mkdir(parents=True)


def make_many(folder: Path) -> None:
    for number in range(2100):
        (folder / f"{number}.txt").touch()


REFUSED = {
    "a link to a device": (links_to("/dev/zero"), "mine/data is a link out of its"),
    "a link to another folder": (links_to("/etc"), "mine/data is a link out of its"),
    "a link to a file elsewhere": (
        links_to("/etc/passwd"),
        "mine/data is a link out of its folder: put the file itself there",
    ),
    "a link upwards": (links_to(".."), "mine/data is a link out of its folder"),
    "a link to itself": (links_to("."), "mine/data is a link to a folder"),
    "a pipe": (
        lambda folder: os.mkfifo(folder / "data"),
        "mine/data is no plain file, but a pipe, a socket or a device",
    ),
    "a socket": (make_socket, "mine/data is no plain file, but a pipe, a socket"),
    "a file without end": (make_large, "mine/data is too large: an app .* 50 MB"),
    "folders in folders": (make_deep, "mine has folders in folders, more than 20"),
    "many files": (make_many, "mine has more than 2000 files"),
}


@pytest.mark.parametrize(("make", "reason"), REFUSED.values(), ids=REFUSED)
def test_it_is_refused_in_one_line(
    folder: Path, make: Callable[[Path], object], reason: str
):
    make(folder)
    with pytest.raises(NoApp, match=reason) as caught:
        copied(folder)
    assert "\n" not in str(caught.value)
    copies = [path for path in folder.parent.iterdir() if path != folder]
    assert sum(map(bytes_in, copies)) <= 1.1 * MOST_BYTES


def test_a_folder_that_is_a_link_out_of_the_answers_is_refused(folder: Path):
    outside = folder.parent.parent / "outside"
    folder.rename(outside)
    folder.symlink_to(outside)
    with pytest.raises(NoApp, match="mine is a link out of its folder"):
        copied(folder)


def test_a_loop_of_links_is_none_of_the_files(folder: Path):
    (folder / "a").symlink_to("b")
    (folder / "b").symlink_to("a")
    assert copied(folder) == {"main.py"}


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")])
def test_a_main_that_has_no_end_is_not_read(
    folder: Path, make: Callable[[Path], object]
):
    (folder / "main.py").unlink()
    make(folder / "main.py")
    with pytest.raises(NoApp, match="is no plain file, but a pipe, a socket or a"):
        must_be_a_file(folder / "main.py", "main.py")


def test_a_name_that_a_terminal_would_obey_is_shown_as_it_is(folder: Path):
    os.mkfifo(folder / "\x1b[2J")
    with pytest.raises(NoApp, match=r"mine/␛\[2J is no plain file"):
        copied(folder)
