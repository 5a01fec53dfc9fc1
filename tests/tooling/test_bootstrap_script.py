"""Which Python makes the environment: `bootstrap.sh`, among programs that only look
like Pythons."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from workbook.ladder import ROOT

pytestmark = pytest.mark.skipif(os.name != "posix", reason="it's a shell script")

SCRIPT = ROOT / "workbook" / "bootstrap.sh"
SHIM = "pyenv: python3: command not found. The `python3' command exists in 3.12.1"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "workbook").mkdir(parents=True)
    shutil.copy(SCRIPT, root / "workbook")
    return root


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The one folder on the path."""
    folder = tmp_path / "path"
    folder.mkdir()
    return folder


def python(file: Path, *, is_new_enough: bool = True) -> None:
    """A program that says what it runs, and whether it's a Python that will do."""
    program(
        file,
        f'case "$*" in *version_info*) exit {0 if is_new_enough else 1};; esac\n'
        'echo "$0 $*"',
    )


def program(file: Path, code: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(f"#!/bin/sh\n{code}\n")
    file.chmod(0o755)


def set_up(project: Path, path: Path, **variables: str) -> tuple[int, str, str]:
    """Exit status, what it printed, and what it complained about."""
    done = subprocess.run(
        [shutil.which("sh") or "sh", "workbook/bootstrap.sh", "--quiet", "run"],
        cwd=project,
        env={"PATH": str(path), "HOME": str(project / "no-home"), **variables},
        capture_output=True,
        text=True,
    )
    return done.returncode, done.stdout, done.stderr


def test_in_a_fresh_checkout_it_is_python3(project: Path, path: Path):
    python(path / "python3")
    ran = f"{path}/python3 workbook/bootstrap.py --quiet run\n"
    assert set_up(project, path) == (0, ran, "")


def test_later_it_is_the_one_in_the_environment(project: Path, path: Path):
    """It starts at once, where python3 may be a shim that takes a tenth of a second."""
    python(path / "python3")
    python(project / ".venv" / "bin" / "python")
    ran = ".venv/bin/python -I -S workbook/bootstrap.py --quiet run\n"
    assert set_up(project, path) == (0, ran, "")


@pytest.mark.parametrize("kind", ["old", "broken", "a link to nowhere"])
def test_an_environment_that_is_of_no_use_is_left_to_python3(
    project: Path, path: Path, kind: str
):
    python(path / "python3")
    ours = project / ".venv" / "bin" / "python"
    if kind == "old":
        python(ours, is_new_enough=False)
    elif kind == "broken":
        program(ours, "echo no such library >&2; exit 127")
    else:
        ours.parent.mkdir(parents=True)
        ours.symlink_to(project / "gone")
    ran = f"{path}/python3 workbook/bootstrap.py --quiet run\n"
    assert set_up(project, path) == (0, ran, "")


def test_a_python_that_is_named_is_the_one(project: Path, path: Path):
    python(path / "python3")
    python(path / "python3.13")
    python(project / ".venv" / "bin" / "python")
    ran = f"{path}/python3.13 workbook/bootstrap.py --quiet run\n"
    assert set_up(project, path, PYTHON="python3.13") == (0, ran, "")


def test_the_shim_of_pyenv_gets_our_message_and_not_its_own(project: Path, path: Path):
    program(path / "python3", f'echo "{SHIM}" >&2; exit 127')
    program(path / "python3.12", f'echo "{SHIM}" >&2; exit 127')
    python(path / "python3.11")
    assert set_up(project, path) == (
        1,
        "",
        "The workbook needs Python 3.11 or newer, and `python3` isn't one here. "
        "Run: make PYTHON=python3.11 setup\n",
    )


def test_a_python_that_pyenv_has_and_does_not_offer_is_found(project: Path, path: Path):
    program(path / "python3", f'echo "{SHIM}" >&2; exit 127')
    versions = project / "pyenv" / "versions"
    python(versions / "3.10.1" / "bin" / "python3", is_new_enough=False)
    python(versions / "3.12.1" / "bin" / "python3")
    _, _, said = set_up(project, path, PYENV_ROOT=str(project / "pyenv"))
    assert f"Run: make PYTHON={versions}/3.12.1/bin/python3 setup\n" in said


@pytest.mark.parametrize("name", ["python3", "python3.8"])
def test_a_python_that_is_too_old_or_missing_is_told_in_a_line(
    project: Path, path: Path, name: str
):
    python(path / "python3.8", is_new_enough=False)
    status, printed, said = set_up(project, path, PYTHON=name)
    assert (status, printed) == (1, "")
    assert said == (
        f"The workbook needs Python 3.11 or newer, and `{name}` isn't one here. "
        "Install one, then run: make PYTHON=python3.13 setup\n"
    )
