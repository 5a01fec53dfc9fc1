"""What a fresh Codespace and Binder are told, as far as it can be tried here."""

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from workbook.ladder import ROOT

DEVCONTAINER = json.loads(
    (ROOT / ".devcontainer" / "devcontainer.json").read_text("utf-8")
)
POST_BUILD = ROOT / ".binder" / "postBuild"


def oldest_python() -> tuple[int, ...]:
    pyproject = (ROOT / "pyproject.toml").read_text("utf-8")
    (version,) = re.findall(r'^requires-python = ">=(.+)"$', pyproject, re.MULTILINE)
    return tuple(int(part) for part in version.split("."))


def test_a_codespace_sets_itself_up_with_a_target_that_exists():
    command, target = DEVCONTAINER["postCreateCommand"].split()
    assert command == "make"
    assert f"\n{target}:" in (ROOT / "Makefile").read_text("utf-8")


def test_a_codespace_opens_the_index():
    (opened,) = DEVCONTAINER["customizations"]["codespaces"]["openFiles"]
    assert ROOT / opened == ROOT / "notebooks" / "index.ipynb"
    assert (ROOT / opened).is_file()


def test_a_codespace_and_binder_have_a_python_that_is_new_enough():
    image = DEVCONTAINER["image"].rpartition(":")[2]
    runtime = (ROOT / ".binder" / "runtime.txt").read_text("utf-8").strip()
    versions = {image, runtime.removeprefix("python-")}
    assert len(versions) == 1
    assert tuple(int(part) for part in versions.pop().split(".")) >= oldest_python()


@pytest.mark.skipif(os.name != "posix", reason="Binder runs Linux")
def test_binder_may_run_its_script():
    assert POST_BUILD.stat().st_mode & stat.S_IXUSR


@pytest.mark.skipif(os.name != "posix", reason="Binder runs Linux")
def test_binders_kernel_becomes_the_python_of_the_workbook(tmp_path: Path):
    """In a copy where the set-up is done: `.venv` is there, and bootstrap says so."""
    project = tmp_path / "project"
    binders = tmp_path / "binders"
    (project / "workbook").mkdir(parents=True)
    (project / "workbook" / "bootstrap.py").write_text("print('set up')\n")
    (project / ".venv").symlink_to(sys.prefix, target_is_directory=True)
    binders.mkdir()
    (binders / "python").write_text(
        "#!/usr/bin/env bash\n"
        f'[ "$1" = -c ] && echo "{binders}" || exec {sys.executable} "$@"\n'
    )
    (binders / "python").chmod(0o755)
    path = f"{binders}{os.pathsep}{os.environ['PATH']}"
    subprocess.run(
        [shutil.which("bash"), POST_BUILD],
        cwd=project,
        env=os.environ | {"PATH": path},
        check=True,
        capture_output=True,
    )
    spec = binders / "share" / "jupyter" / "kernels" / "python3" / "kernel.json"
    started = Path(json.loads(spec.read_text("utf-8"))["argv"][0])
    assert started.samefile(sys.executable)
    assert started.parts[-3:-1] == (".venv", "bin")
