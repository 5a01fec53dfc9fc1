"""Every command that README and the pages print runs as it's printed, in a shell
without an active environment."""

import os
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from pathlib import Path

import psutil
import pytest

from tests.end_to_end.printed_commands import (
    README,
    Block,
    blocks,
    commands,
    reason_not_to_run,
    script,
)
from workbook import timeouts
from workbook.ladder import ROOT, steps

pytestmark = pytest.mark.skipif(
    os.name != "posix" or not all(map(shutil.which, ("bash", "curl", "git", "make"))),
    reason="needs bash, curl, git and make",
)

PAGES = [README, *sorted((ROOT / "docs").rglob("*.md"))]
WITH_BLOCKS = [page for page in PAGES if blocks(page)]
EACH_PAGE = pytest.mark.parametrize(
    "page", WITH_BLOCKS, ids=lambda page: page.relative_to(ROOT).as_posix()
)
FOLDERS = ("docs", "notebooks", "steps", "tests", "workbook")


@pytest.fixture(scope="module")
def workbook(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the workbook, as a clone is after its set-up."""
    root = tmp_path_factory.mktemp("copy") / "workbook"
    root.mkdir()
    for folder in FOLDERS:
        # With what is compiled already: each command would do so once more.
        shutil.copytree(ROOT / folder, root / folder)
    for name in ("Makefile", "README.md", "pyproject.toml", ".gitignore"):
        shutil.copy(ROOT / name, root)
    (root / ".venv").symlink_to(sys.prefix, target_is_directory=True)
    subprocess.run(["git", "init", "--quiet"], cwd=root, check=True)
    # The class of the page for instructors.
    for name in ("anna", "ben", "cem"):
        step = steps()[2].folder
        shutil.copytree(step, root / "class" / name / step.name)
    return root


def run(blocks: list[Block], workbook: Path, tmp_path: Path) -> None:
    """Runs them in one session; fails with what went wrong in it."""
    number = re.match(r"step0*(\d+)", blocks[0].page.stem)
    # The README begins with it. A page may have said it in its text, or mean the last.
    first = (
        ""
        if blocks[0].page == README
        else f"make run STEP={number[1] if number else 5}"
    )
    for left in ("failed.txt", "servers.txt", ".env"):
        (workbook / left).unlink(missing_ok=True)
    shutil.rmtree(workbook / "answers", ignore_errors=True)
    session = tmp_path / "session.sh"
    session.write_text(script(blocks, first, tmp_path, free_port), "utf-8")
    process = subprocess.Popen(
        ["bash", session],
        cwd=workbook,
        env=environment(workbook),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    )
    with process:
        try:
            printed, _ = process.communicate(timeout=len(blocks) * timeouts.COMMAND)
        except BaseException:
            for child in psutil.Process(process.pid).children(recursive=True):
                child.kill()
            process.kill()
            raise
    print(printed)
    failed = workbook / "failed.txt"
    assert not failed.exists(), failed.read_text("utf-8")
    assert "command not found" not in printed
    assert "No such file" not in printed
    # But those of a learner's app, which a failure shows.
    assert "Traceback" not in re.sub(r"(raised|printed:?)\s+Traceback", "", printed)


def environment(workbook: Path) -> dict[str, str]:
    """That of a shell in which no environment is active."""
    active = {Path(sys.prefix), Path(sys.prefix, "bin")}
    path = [
        folder
        for folder in os.environ["PATH"].split(os.pathsep)
        if Path(folder) not in active and ".venv" not in Path(folder).parts
    ]
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(
            ("VIRTUAL_ENV", "PYTEST", "SECRET_KEY", "DATABASE_URL", "MAKE", "MFLAGS")
        )
    }
    return kept | {
        "PATH": os.pathsep.join(path),
        # The copy, and not the workbook that .venv was made for.
        "PYTHONPATH": str(workbook),
        "MAKEFLAGS": "SET_UP=true",
        # A suite that is put to what isn't written yet: its first failures say enough.
        "PYTEST_ADDOPTS": "--maxfail=5",
    }


def free_port(_: str) -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def before_the_ladder() -> list[Block]:
    text = README.read_text("utf-8")
    heading = text.count("\n", 0, text.index("\n## The ladder"))
    return [block for block in blocks(README) if block.line < heading]


@pytest.mark.long
def test_the_commands_with_which_the_readme_begins_run(workbook: Path, tmp_path: Path):
    first = before_the_ladder()
    assert first
    run(first, workbook, tmp_path)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("workbook start 2", "exit status 127: workbook start 2"),
        (".venv/bin/workbook strat 2", "exit status 2: "),
        ("curl -s http://127.0.0.1:8001/", "exit status 7: curl"),
        ("for n in 1 2; do python3 -c 'exit(1)'; done", "exit status 1: python3"),
    ],
)
def test_a_command_that_does_not_run_is_noticed(
    text: str, complaint: str, workbook: Path, tmp_path: Path
):
    with pytest.raises(AssertionError, match=complaint):
        run([Block(README, 1, text)], workbook, tmp_path)


@pytest.mark.long
@pytest.mark.apart
@EACH_PAGE
def test_the_commands_of_a_page_run(page: Path, workbook: Path, tmp_path: Path):
    run(blocks(page), workbook, tmp_path)


@EACH_PAGE
def test_every_block_is_one_that_bash_can_read(page: Path):
    for block in blocks(page):
        done = subprocess.run(
            ["bash", "-n", "-c", block.text], capture_output=True, text=True
        )
        assert done.stderr == "", f"line {block.line}"


@EACH_PAGE
def test_a_program_of_ours_is_printed_with_its_path(page: Path):
    """`workbook` alone is an unknown command where the environment isn't active."""
    scripts = {"workbook", "pytest", "uvicorn", "jupyter", "mkdocs", "pip"}
    for block in blocks(page):
        text = block.text
        for command in () if "bin/activate" in text else commands(text):
            first = re.match(r"\s*(?:\w+=\S+ )*(\S+)", command)
            assert not first or first[1] not in scripts, f"line {block.line}: {command}"


def test_every_script_that_is_printed_is_there():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    named = {
        name
        for page in WITH_BLOCKS
        for block in blocks(page)
        for name in re.findall(r"(?<!\S)\.venv/bin/([\w-]+)", block.text)
    }
    assert named >= project["scripts"].keys()
    assert [name for name in named if not Path(sys.prefix, "bin", name).exists()] == []


def test_what_is_not_run_has_a_reason():
    assert reason_not_to_run("  .venv/bin/workbook watch 3   # checks at each save")
    assert reason_not_to_run(".venv/bin/workbook check 8 --secret-key …")
    assert reason_not_to_run(".venv/bin/workbook check 8") is None


def test_a_command_is_told_from_the_next_one():
    one_by_one = [
        "curl -s \\\n  x",
        "python3 - <<'END'\nit's\nEND",
        "python3 -c 'a\nb'",
        "echo # it's",
    ]
    assert list(commands("\n".join(one_by_one))) == one_by_one
