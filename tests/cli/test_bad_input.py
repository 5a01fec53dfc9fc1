"""What cannot be done is refused with exit status 2 and one line on standard error that
says what would be right."""

import os
import re
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Said
from workbook.ladder import find, steps

STEP1, STEP2 = find("1"), find("2")
SOURCE = STEP2.main.read_text("utf-8")

pytestmark = pytest.mark.apart

Workbook = Callable[..., Said]
Write = Callable[..., Path]


def is_refused(said: Said, *told: str) -> None:
    """One line, no traceback, and the words that help."""
    assert said.status == 2
    assert said.out == ""
    assert re.fullmatch(r"workbook: .+\n", said.err), said.err
    for words in told:
        assert words in said.err


@pytest.fixture
def free_port() -> int:
    """A port that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield server.getsockname()[1]


@pytest.mark.parametrize(
    "command", ["run", "start", "check", "watch", "hint", "diff", "which"]
)
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("99", "give a number from 1 to "),
        ("nothing", "give a number from 1 to "),
        ("", "give a number from 1 to "),
        ("9" * 5000, "give a number from 1 to "),
        ("step", "say which, a number will do"),
    ],
    ids=["99", "nothing", "empty", "endless", "ambiguous"],
)
def test_a_step_that_is_none_or_several(
    workbook: Workbook, command: str, text: str, told: str
):
    is_refused(workbook(command, text), told)


@pytest.mark.parametrize("command", ["check", "watch", "hint", "start", "which"])
def test_a_path_outside_the_answers_is_refused(workbook: Workbook, command: str):
    """Another version than the one that was named must not be judged."""
    path = f"elsewhere/{STEP2.name}"
    said = workbook(command, path)
    is_refused(said, f"{path} isn't in your folder", "write 2 --answers elsewhere")


@pytest.mark.parametrize("command", ["run", "attack", "diff"])
def test_a_command_on_our_steps_takes_no_path(workbook: Workbook, command: str):
    said = workbook(command, f"answers/{STEP2.name}")
    is_refused(said, "is a path: write 2 for step 2, and --answers for your version")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["chek"], "Did you mean 'check'?"),
        (["check", "--ulr", "x"], "'--url'"),
        (["--nothing"], "workbook --help."),
        (["check", "2", "3"], "workbook check --help."),
        (["check", "2", "--url"], "'--url' requires an argument"),
        (["diff", "1", "2", "3"], "workbook diff --help."),
        (["run", "--port", "0"], "1<=x<=65535"),
        (["run", "--port", "65536"], "1<=x<=65535"),
        (["run", "--port", "http"], "'--port'"),
    ],
    ids=" ".join,
)
def test_words_that_a_command_does_not_know(
    workbook: Workbook, words: list[str], told: str
):
    is_refused(workbook(*words), told)


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["check", "1", "--reference", "--url", "http://x"], "--reference or --url"),
        (["which", "1", "--reference", "--url", "http://x"], "--reference or --url"),
        (["which", "1", "--url", "http://x"], "STEP or --url"),
        (["check", "--reference"], "workbook check 1 --reference"),
        (["check", "--url", "http://x"], "workbook check 1 --url http://x"),
        (["which", "--reference"], "workbook which 3 --reference"),
        (["diff", "1"], "workbook diff 1 2"),
        (["diff", "2", "3", "--mine"], "one STEP with --mine"),
        (["run", "--answers", "3"], "workbook run STEP --answers DIR"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_words_that_do_not_go_together(workbook: Workbook, words: list[str], told: str):
    is_refused(workbook(*words), told)


@pytest.mark.parametrize("command", [["check", "1"], ["which"]], ids=" ".join)
def test_a_url_that_nobody_answers(
    workbook: Workbook, command: list[str], free_port: int
):
    url = f"http://127.0.0.1:{free_port}"
    is_refused(workbook(*command, "--url", url), url, "start the server first")


def test_a_url_that_nobody_answers_with_the_plain_pytest(
    workbook: Workbook, free_port: int
):
    """pytest says as much of a version that cannot be imported, which is a failure."""
    url = f"http://127.0.0.1:{free_port}"
    assert workbook("check", "1", "--pytest", "--url", url).status == 2


@pytest.mark.parametrize("url", ["localhost", "ftp://127.0.0.1", ""])
def test_a_url_that_is_none(workbook: Workbook, url: str):
    is_refused(
        workbook("check", "1", "--url", url), "write it as http://127.0.0.1:8000"
    )


@pytest.mark.parametrize(
    "command", ["start", "check", "watch", "hint", "which", "run", "diff --mine", ""]
)
def test_an_answers_folder_that_is_a_file(here: Path, workbook: Workbook, command: str):
    (here / "mine").write_text("no folder", "utf-8")
    words = [*command.split(), *(["2"] if command else []), "--answers", "mine"]
    is_refused(workbook(*words), "mine is a file: --answers takes a folder.")


@pytest.mark.parametrize(
    "command", ["check", "watch", "hint", "which", "run", "diff --mine"]
)
def test_an_answers_folder_without_the_step(
    here: Path, workbook: Workbook, command: str
):
    (here / "my answers").mkdir()
    said = workbook(*command.split(), "2", "--answers", "my answers")
    is_refused(said, "There's no", "workbook start 2 --answers 'my answers'")


@pytest.mark.parametrize(
    "command", ["start", "start --again", "check", "watch", "hint", "which", "run"]
)
def test_a_folder_in_the_place_of_the_file(
    here: Path, workbook: Workbook, command: str
):
    main = here / "answers" / STEP2.name / "main.py"
    main.mkdir(parents=True)
    words = [*command.split(), "2", "--answers", "answers"]
    is_refused(workbook(*words), "main.py is a folder")


@pytest.mark.parametrize("command", ["start", "check", "watch", "hint", "which", "run"])
def test_a_name_that_is_too_long(workbook: Workbook, command: str):
    is_refused(workbook(command, "2", "--answers", "x" * 300), "name too long")


def test_a_folder_that_cannot_be_made(here: Path, workbook: Workbook):
    (here / "mine").write_text("no folder", "utf-8")
    is_refused(workbook("start", "2", "--answers", "mine/deep"), "cannot be written")


def test_a_port_that_is_in_use(workbook: Workbook, taken_port: int):
    is_refused(
        workbook("run", "3", "--port", str(taken_port)), "is in use", "run 3 --port"
    )


def test_the_last_port_in_use_is_not_answered_with_one_that_does_not_exist(
    workbook: Workbook,
):
    with socket.socket() as server:
        try:
            server.bind(("127.0.0.1", 65535))
        except OSError:
            pytest.skip("somebody else has the port, and may let it go")
        server.listen()
        is_refused(workbook("run", "1", "--port", "65535"), "--port 65534")


def test_a_version_of_mine_that_is_no_text_to_diff(workbook: Workbook, write: Write):
    write("2", SOURCE).write_bytes(b"ok = 1\nname = '\xe9'\n")
    is_refused(workbook("diff", "2", "--mine"), "is not UTF-8, see line 2")


# Progress that cannot be written: the verdict is given first, then this is told.


@pytest.fixture
def progress(here: Path, write: Write) -> Path:
    """Where progress would be, beside a version that cannot be imported: its verdict
    comes soonest."""
    write("2", "import no_such_thing\n")
    return here / "answers" / "progress.jsonl"


def progress_is_not_written(said: Said, reason: str) -> None:
    assert said.status == 2
    assert "No module named 'no_such_thing'" in said.out
    path = Path("answers") / "progress.jsonl"
    assert said.err == f"workbook: Progress cannot be written to {path}: {reason}.\n"


def test_a_folder_in_the_place_of_progress(workbook: Workbook, progress: Path):
    progress.mkdir()
    progress_is_not_written(workbook("check", "2"), "Is a directory")
    assert workbook().status == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_under_progress(workbook: Workbook, progress: Path):
    progress.symlink_to("/dev/full")
    progress_is_not_written(workbook("check", "2"), "No space left on device")
    assert workbook().status == 0


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX permissions")
def test_a_read_only_folder_under_progress(workbook: Workbook, progress: Path):
    if os.geteuid() == 0:
        pytest.skip("nothing is read-only to root")
    progress.parent.chmod(0o500)
    try:
        progress_is_not_written(workbook("check", "2"), "Permission denied")
    finally:
        progress.parent.chmod(0o700)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_under_the_output():
    """In a process of its own, because ours has no other standard output to give."""
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "workbook.cli", "diff", "1", "2"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert "No space left" in done.stderr
    assert "Traceback" not in done.stderr


# An answer that cannot be judged is no wrong usage but a verdict: exit status 1.


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "is empty: it needs a line such as app = FastAPI()"),
        (b"name = '\xe9'\n", "'utf-8' codec can't decode"),
        (b"app = None\n", "is no ASGI app"),
    ],
    ids=["empty", "not UTF-8", "no app"],
)
def test_an_answer_that_cannot_be_judged_is_a_verdict(
    workbook: Workbook, write: Write, content: bytes, told: str
):
    write("2", SOURCE).write_bytes(content)
    said = workbook("check", "2")
    assert said.status == 1
    assert said.err == ""
    assert told in said.out


@pytest.mark.long
def test_an_answer_that_cannot_be_judged_is_told_once_and_by_its_own_name(
    workbook: Workbook, write: Write
):
    """`which` judges a copy, as the answer to each step in turn."""
    write("2", "app = (\n")
    said = workbook("which", "2")
    assert said.status == 1
    assert said.out.count("SyntaxError") == 1
    assert f"answers/{STEP2.name}/main.py cannot be imported" in said.out
    assert STEP1.name not in said.out


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs POSIX permissions")
def test_an_answer_that_may_not_be_read_is_a_verdict(workbook: Workbook, write: Write):
    if os.geteuid() == 0:
        pytest.skip("root may read everything")
    write("2", SOURCE).chmod(0)
    said = workbook("check", "2")
    assert said.status == 1
    assert "cannot be read: Permission denied" in said.out


def test_a_hint_for_an_answer_that_does_not_run_says_who_tells_why(
    workbook: Workbook, write: Write
):
    write("2", "import no_such_thing\n")
    said = workbook("hint", "2")
    assert said.status == 1
    assert said.out.startswith("No test fails, but something else is wrong. See ")
    assert said.out.endswith("workbook check 2\n")


def test_hints_that_were_remembered_for_a_test_of_another_day(
    here: Path, workbook: Workbook, write: Write
):
    """A suite is mended, and the learner's version is still what was checked."""
    write("2", "import no_such_thing\n")
    workbook("check", "2")
    progress = here / "answers" / "progress.jsonl"
    said = progress.read_text("utf-8").replace('"first": ""', '"first": "test_gone"')
    progress.write_text(said, "utf-8")
    is_refused(workbook("hint", "2"), "Check again:", "workbook check 2")


def test_the_steps_are_as_many_as_is_told(workbook: Workbook):
    is_refused(workbook("check", "0"), f"from 1 to {len(steps())}")
