"""From which folder the command is typed, and whether the environment is active."""

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Said
from workbook import shell
from workbook.cli.served import served_at
from workbook.ladder import ROOT, find

Workbook = Callable[..., Said]

COMMAND = Path(sys.executable).with_name("workbook")
STEP2 = find("2")


@pytest.fixture
def inactive(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell whose PATH has nothing of ours."""
    monkeypatch.setenv("PATH", os.defpath)


@pytest.fixture
def active(monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell with the environment activated."""
    monkeypatch.setenv("PATH", f"{COMMAND.parent}{os.pathsep}{os.defpath}")


@pytest.mark.usefixtures("active")
def test_in_an_active_environment_a_program_is_typed_by_its_name():
    assert shell.program("workbook") == "workbook"
    assert shell.program("pytest") == "pytest"


@pytest.mark.usefixtures("inactive")
@pytest.mark.parametrize("below", ["", "docs", "tests/cli"])
def test_in_another_shell_a_program_is_typed_with_its_path_from_here(
    monkeypatch: pytest.MonkeyPatch, below: str
):
    monkeypatch.chdir(ROOT / below)
    typed = shell.program("pytest")
    assert "/" in typed
    found = shutil.which(typed)
    assert found is not None
    assert os.path.samefile(found, COMMAND.with_name("pytest"))


@pytest.mark.usefixtures("inactive")
def test_another_workbook_on_the_path_is_not_taken_for_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    (tmp_path / "workbook").write_text("#!/bin/sh\n", "utf-8")
    (tmp_path / "workbook").chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert shell.program("workbook") != "workbook"


@pytest.mark.usefixtures("inactive")
def test_a_program_without_a_script_is_typed_as_a_module(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(shell.sysconfig, "get_path", lambda name: str(tmp_path))
    assert shell.program("workbook") == f"{sys.executable} -m workbook.cli"


@pytest.mark.usefixtures("inactive")
def test_a_printed_command_runs_as_printed(here: Path, workbook: Workbook):
    """Home names the next one, which is typed into a shell that knows no workbook."""
    printed = workbook().out
    (line,) = (one for one in printed.splitlines() if "workbook start 1" in one)
    done = subprocess.run(
        ["/bin/sh", "-c", line.split("   ")[0]],
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert (here / "answers" / find("1").name / "main.py").exists()


@pytest.mark.usefixtures("inactive")
def test_help_names_the_plain_tool_as_it_is_typed_here(workbook: Workbook):
    plain = workbook("check", "--help").out
    assert f"  {shell.program('pytest')} tests/steps/" in plain


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.long
@pytest.mark.skipif(shutil.which("curl") is None, reason="needs curl")
@pytest.mark.usefixtures("inactive")
def test_the_request_of_a_failure_reaches_the_learners_app_when_it_is_pasted(
    workbook: Workbook, write: Callable[..., Path]
):
    write("2", find("1").main.read_text("utf-8") + "\n# changed\n")
    lines = workbook("check", "2").out.splitlines()
    begins = next(n for n, line in enumerate(lines) if "Serve your version" in line)
    port = str(free_port())
    serve, curl = (line.replace("8001", port) for line in lines[begins + 1 :][:2])
    # A shell becomes its last command: what is ended is uvicorn.
    with subprocess.Popen(
        ["/bin/sh", "-c", f"exec {serve.replace('--reload', '')}"],
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        try:
            assert server.stderr is not None
            for line in server.stderr:
                if "Application startup complete" in line:
                    break
            done = subprocess.run(
                ["/bin/sh", "-c", curl], capture_output=True, text=True, check=True
            )
        finally:
            server.terminate()
    assert "fakehashedsecret" in done.stdout


def test_yours_is_served_by_our_command_where_it_can_be():
    served = served_at(STEP2, ROOT / "answers", None)
    assert " run 2 --answers" in served.command
    assert served.command.endswith(" --port 8001")
    assert served.address == "http://127.0.0.1:8001"


def test_yours_is_served_with_the_key_that_signed_the_tokens_of_the_check():
    assert served_at(STEP2, ROOT / "answers", None).key == ""
    assert served_at(find("6"), ROOT / "answers", "abc").key == "abc"


@pytest.fixture
def workbook_in(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workbook: Workbook
) -> Callable[..., Said]:
    """`workbook_in("a/folder", "start")`: typed in this folder, where the workbook's
    own is `tmp_path / "mine"`."""
    root = tmp_path / "mine"
    root.mkdir()
    (root / "steps").symlink_to(ROOT / "steps")
    monkeypatch.setattr("workbook.ladder.ROOT", root)

    def workbook_in(folder: str, *words: str) -> Said:
        (tmp_path / folder).mkdir(parents=True, exist_ok=True)
        monkeypatch.chdir(tmp_path / folder)
        return workbook(*words)

    return workbook_in


def test_from_any_folder_of_the_workbook_its_answers_are_meant(
    tmp_path: Path, workbook_in: Callable[..., Said]
):
    for folder in ("mine", "mine/docs/steps", f"mine/answers/{STEP2.name}"):
        said = workbook_in(folder, "start", "2", "--again")
        assert said.status == 0
        assert "main.py is our step 1, for you to change." in said.out
    assert sorted(tmp_path.rglob("answers")) == [
        tmp_path / "answers",
        tmp_path / "mine" / "answers",
    ]


@pytest.mark.parametrize(
    "command", ["", "start", "check", "watch", "hint", "which", "diff 2 --mine"]
)
def test_from_another_folder_the_workbook_is_named_and_nothing_is_made(
    tmp_path: Path, workbook_in: Callable[..., Said], command: str
):
    said = workbook_in("elsewhere", *command.split())
    assert said.status == 2
    assert f"The workbook is in {tmp_path / 'mine'}: go there first" in said.err
    assert said.err.count("\n") == 1
    assert list((tmp_path / "elsewhere").iterdir()) == []


def test_a_command_that_needs_no_answers_works_from_anywhere(
    workbook_in: Callable[..., Said],
):
    assert "Usage:" in workbook_in("elsewhere", "check", "--help").out
    assert workbook_in("elsewhere", "diff", "1", "2").out.startswith("--- ")


def test_a_folder_of_answers_that_is_named_is_taken_anywhere(
    tmp_path: Path, workbook_in: Callable[..., Said]
):
    assert workbook_in("elsewhere", "start", "2", "--answers", "class").status == 0
    assert (tmp_path / "elsewhere" / "class" / STEP2.name / "main.py").exists()
