"""An app that is started once more: its message, and the line that is shown for it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from workbook.checking.inprocess import serve
from workbook.checking.server import command_line, is_named
from workbook.ladder import find


@pytest.mark.parametrize(
    ("said", "is_said"),
    [
        ("SECRET_KEY: Field required.", True),
        ("secret_key\n  Field required", True),
        ("Set `Secret_Key`, please", True),
        ("the variable _SECRET_KEY_ is missing", True),
        ("SECRET_KEY=... is missing", True),
        ("APP_SECRET_KEY is missing", False),
        ("the secret key is missing", False),
        ("SECRET_KEYS are missing", False),
    ],
)
def test_a_message_names_a_variable_in_any_case(said: str, is_said: bool):
    assert is_named("SECRET_KEY", said) is is_said


def test_a_message_says_a_command_to_the_letter():
    assert is_named("openssl rand -hex 32", "export KEY=$(openssl rand -hex 32)")
    assert not is_named("openssl rand -hex 32", "OPENSSL RAND -HEX 32")


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs Bash")
@pytest.mark.parametrize("key", ["a key", "it's", "an é, 1\udcff0'\\ \n\t$x", "\udce9"])
def test_a_launch_is_shown_as_a_line_that_does_the_same(key: str):
    line = command_line({"SECRET_KEY": key}, {}).replace("uvicorn main:app", "env")
    line = f"{line} -0"
    shown = subprocess.run(["bash", "-c", line], capture_output=True, check=True).stdout
    variables = dict(one.split(b"=", 1) for one in shown.split(b"\0") if one)
    assert variables[b"SECRET_KEY"] == os.fsencode(key)


def test_a_launch_in_another_folder_is_shown_with_that_folder():
    line = command_line({"PORT": "1"}, {".env": "A=b"}, "elsewhere")
    assert line == (
        "printf '%s' A=b > .env; mkdir -p elsewhere; cd elsewhere; "
        "PORT=1 uvicorn main:app --app-dir .."
    )


def test_what_a_launched_app_adds_to_a_log_file_is_printed(tmp_path: Path):
    """And not what the learner's own runs have left there."""
    step = find("1")
    shutil.copytree(step.folder, tmp_path / step.name)
    (tmp_path / step.name / "app.log").write_text("an old line\n", "utf-8")
    main = tmp_path / step.name / "main.py"
    source = main.read_text("utf-8")
    logs = "open('app.log', 'a').write('a new line')"
    main.write_text(f"{source}\n\n{logs}\n", "utf-8")
    with serve(step, tmp_path, secret_key=None) as server:
        with server.launched() as launch:
            assert "a new line" not in launch.printed()
        assert "app.log: a new line" in launch.printed()
        assert "an old line" not in launch.printed()
