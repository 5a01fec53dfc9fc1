"""How uvicorn is started for a learner's version, so that it works there."""

import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from workbook.ladder import ROOT, find
from workbook.learning import launch_of
from workbook.serving import Launch, typed
from workbook.shell import program

STEP = find("5")
APP = "from fastapi import FastAPI\n\napp = FastAPI()\n"
NEIGHBOUR = "import models\n" + APP
RELATIVE = "from .settings import KEY\n" + APP


def written(answers: Path, files: Mapping[str, str]) -> Path:
    """The files as a version of the step; the folder of it."""
    folder = answers / STEP.name
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    return folder


@pytest.fixture
def below_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An answers folder of a project."""
    monkeypatch.setattr("workbook.learning.launching.ROOT", tmp_path)
    return tmp_path / "answers"


@pytest.mark.parametrize("files", [{"main.py": APP}, {"main.py": RELATIVE}])
def test_a_version_of_our_kind_is_named_as_a_module_of_the_project(
    below_root: Path, files: dict[str, str]
):
    written(below_root, files)
    assert launch_of(STEP, below_root) == Launch(f"answers.{STEP.name}.main:app", ROOT)


def test_a_deeper_folder_is_a_longer_name(below_root: Path):
    answers = below_root / "spring"
    written(answers, {"main.py": APP})
    assert launch_of(STEP, answers).app == f"answers.spring.{STEP.name}.main:app"


@pytest.mark.parametrize(
    ("files", "line"),
    [
        ({"main.py": NEIGHBOUR, "models.py": ""}, "uvicorn main:app --reload"),
        (
            {"main.py": f"from models.users import x\n{APP}", "models/users.py": ""},
            "uvicorn main:app --reload",
        ),
        ({"main.py": APP, ".env": "SECRET_KEY=x"}, "uvicorn main:app --reload"),
        ({"main.py": APP, "users.json": "[]"}, "uvicorn main:app --reload"),
        (
            {"main.py": RELATIVE, "settings.py": "", ".env": ""},
            f"uvicorn {STEP.name}.main:app --reload --app-dir ..",
        ),
        (
            {"main.py": RELATIVE + NEIGHBOUR, "models.py": "", "settings.py": ""},
            f"PYTHONPATH=. uvicorn {STEP.name}.main:app --reload --app-dir ..",
        ),
    ],
)
def test_a_version_that_needs_its_own_folder_is_started_there(
    below_root: Path, files: dict[str, str], line: str
):
    folder = written(below_root, files)
    launch = launch_of(STEP, below_root)
    assert launch.folder == folder
    line = line.replace("uvicorn", program("uvicorn", elsewhere=True))
    assert typed(launch, 8000, "here") == f"cd here && {line}"


def test_answers_elsewhere_are_started_in_their_own_folder(tmp_path: Path):
    folder = written(tmp_path, {"main.py": APP})
    assert launch_of(STEP, tmp_path) == Launch("main:app", folder)


def test_a_folder_whose_name_is_no_python_name_is_started_in_itself(below_root: Path):
    answers = below_root.with_name("my-answers")
    folder = written(answers, {"main.py": APP})
    assert launch_of(STEP, answers) == Launch("main:app", folder)


def test_files_that_say_nothing_of_the_app_change_nothing(below_root: Path):
    files = {"main.py": APP, "README.md": "", ".gitignore": "", "bad.py": "x = ("}
    written(below_root, files)
    assert launch_of(STEP, below_root).folder == ROOT


MODELS = "import json\nKEY = json.load(open('users.json'))\n"
VERSIONS = {
    "modules beside it": {"main.py": NEIGHBOUR, "models.py": MODELS},
    "a package": {"main.py": RELATIVE, "settings.py": MODELS},
    "both": {
        "main.py": RELATIVE + NEIGHBOUR,
        "settings.py": "KEY = 1",
        "models.py": "",
    },
}


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="needs a POSIX shell")
@pytest.mark.parametrize("files", VERSIONS.values(), ids=VERSIONS)
def test_the_printed_command_works_as_it_is(tmp_path: Path, files: dict[str, str]):
    folder = written(tmp_path, {**files, "users.json": "[]"})
    line = typed(launch_of(STEP, tmp_path), 0, str(folder))
    # A reloading server goes on watching an app that can't be imported.
    line = re.sub(" --reload", "", line)
    # The server takes the place of the shell, so that ours is its own handle.
    line = re.sub(r"(\S*uvicorn )", r"exec \1", line, count=1)
    scripts = str(Path(sys.executable).parent)
    env = {k: v for k, v in os.environ.items() if k != "PYTHONPATH"}
    with subprocess.Popen(
        ["sh", "-c", line],
        env=env | {"PATH": f"{scripts}{os.pathsep}{os.environ['PATH']}"},
        stderr=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stderr is not None
        said = ""
        for one in server.stderr:
            said += one
            if "Uvicorn running" in one:
                break
        server.terminate()
    assert "Uvicorn running" in said, said
