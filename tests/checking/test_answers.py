"""An answer that cannot be judged is one clear error that names the file and why."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from workbook import tokens
from workbook.checking import run
from workbook.checking.report import Failure
from workbook.ladder import ROOT, find

STEP = find("1")
# Enough, where it matters whether the app runs.
LOGIN = ["test_johndoe_logs_in"]


@pytest.fixture
def main(tmp_path: Path) -> Path:
    """Where the learner's version of step 1 would be."""
    folder = tmp_path / STEP.name
    folder.mkdir()
    return folder / "main.py"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("", "is empty"),
        ("\n \n", "is empty"),
        ("x = 1\n", "has no `app`"),
        ("app = 'FastAPI'\n", "`app` in .* is no ASGI app, it is str"),
        ("from fastapi import FastAPI as app\n", "the class FastAPI and not an object"),
        ("def app():\n    return 1\n", "is no ASGI app, calling it awaits nothing"),
        ("app = (\n", "cannot be imported.*SyntaxError"),
        ("import nothing_like_it\n", "cannot be imported.*No module named"),
        ("1 / 0\n", "cannot be imported.*line 1.*ZeroDivisionError"),
        (
            "import sys; sys.exit(3)\n",
            r"ends the program when it is imported \(exit 3\)",
        ),
        ("app = '\xe9'\n", "cannot be imported.*utf-8"),
        (
            "from fastapi import FastAPI\n"
            "async def lifespan(app):\n"
            "    raise RuntimeError('no database')\n"
            "    yield\n"
            "from contextlib import asynccontextmanager\n"
            "app = FastAPI(lifespan=asynccontextmanager(lifespan))\n",
            "does not start.*no database",
        ),
    ],
    ids=[
        "empty",
        "blank",
        "no app",
        "app is a string",
        "app is a class",
        "app is a factory",
        "syntax error",
        "missing import",
        "raises",
        "exits",
        "not UTF-8",
        "does not start",
    ],
)
def test_a_broken_answer_is_one_problem_that_names_the_file(
    main: Path, source: str, reason: str
):
    main.write_text(source, "latin-1")
    outcome = run(STEP, answers=main.parent.parent)
    assert not outcome.results
    assert "main.py" in outcome.problem
    assert re.search(reason, outcome.problem, re.DOTALL), outcome.problem


def test_a_missing_answer_says_where_it_was_looked_for(tmp_path: Path):
    outcome = run(STEP, answers=tmp_path)
    assert f"There is no {tmp_path / STEP.name / 'main.py'}" in outcome.problem


def test_a_folder_in_the_place_of_the_file_is_told_so(main: Path):
    main.mkdir()
    outcome = run(STEP, answers=main.parent.parent)
    assert "main.py is a folder" in outcome.problem


def test_the_traceback_is_cut_to_the_learners_own_lines(main: Path):
    main.write_text("from .settings import KEY\napp = KEY\n", "utf-8")
    (main.parent / "settings.py").write_text("KEY = int('no number')\n", "utf-8")
    problem = run(STEP, answers=main.parent.parent).problem
    assert re.findall(r'File ".*/(\w+\.py)", line (\d+)', problem) == [
        ("main.py", "1"),
        ("settings.py", "1"),
    ]
    assert problem.endswith(
        "ValueError: invalid literal for int() with base 10: 'no number'"
    )


def test_an_answer_may_have_modules_beside_it(main: Path):
    shutil.copy(STEP.main, main.parent / "app.py")
    main.write_text("from .app import app\n", "utf-8")
    assert run(STEP, answers=main.parent.parent, only=LOGIN).all_passed


def test_an_answer_is_read_anew_each_time(main: Path):
    main.write_text("app = None\n", "utf-8")
    assert run(STEP, answers=main.parent.parent).problem
    shutil.copy(STEP.main, main)
    assert run(STEP, answers=main.parent.parent, only=LOGIN).all_passed


def test_a_crash_in_a_handler_is_told_with_the_learners_line(main: Path):
    source = STEP.main.read_text("utf-8")
    broken = source.replace("form_data.username)", "form_data.user)", 1)
    assert broken != source
    main.write_text(broken, "utf-8")
    failure = run(STEP, answers=main.parent.parent, only=LOGIN).failed[0].failure
    assert failure is not None
    assert failure.actual.startswith("500")
    assert failure.request.startswith("curl -i http://127.0.0.1:8000/token -d ")
    assert "AttributeError" in failure.raised
    assert "fastapi/routing.py" not in failure.raised


def test_a_deprecated_call_is_no_wrong_answer(main: Path):
    source = STEP.main.read_text("utf-8")
    warns = source.replace(
        'return "fakehashed" + password',
        'import warnings; warnings.warn("old", DeprecationWarning)\n'
        '    return "fakehashed" + password',
    )
    assert warns != source
    main.write_text(warns, "utf-8")
    assert run(STEP, answers=main.parent.parent, only=LOGIN).all_passed


def pytest_says(*options: str) -> tuple[int, str]:
    """The exit status and the output of a real pytest run of step 1's suite."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", *options],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_pytest_shows_one_error_and_no_traceback_of_ours(tmp_path: Path):
    status, output = pytest_says(str(STEP.suite), f"--answers={tmp_path}")
    assert status != 0
    assert output.count("There is no") == 1
    assert "Traceback" not in output
    assert "1 error" in output


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (["--answers=nowhere"], "--answers nowhere: there is no such folder."),
        (["--answers=.", "--url=http://127.0.0.1"], "--answers or --url, not both"),
        (["--url=http://127.0.0.1:9"], "Nobody answers at http://127.0.0.1:9"),
        (["--url=localhost"], "localhost is no URL"),
    ],
)
def test_wrong_options_are_refused_in_one_line(options: list[str], told: str):
    status, output = pytest_says(str(STEP.suite), *options)
    assert status != 0
    assert told in output
    assert "Traceback" not in output


def test_a_failure_shows_what_is_in_the_token_that_was_sent():
    """Nobody reads base64url."""
    token = tokens.sign({"sub": "johndoe", "nbf": None}, "a key")
    assert told(f"Bearer {token}").token == (
        '{"alg": "HS256", "typ": "JWT"}  {"sub": "johndoe", "nbf": null}'
    )


@pytest.mark.parametrize("sent", ["Bearer johndoe", "Bearer W10.e30x.x", "Basic eA=="])
def test_a_token_that_cannot_be_read_is_not_shown(sent: str):
    assert told(sent).token == ""


def told(authorization: str) -> Failure:
    """A failure of a request with this header."""
    asked = (
        f"curl -i http://127.0.0.1:8000/users/me -H 'Authorization: {authorization}'"
    )
    return Failure(
        asked, actual="200", expected="401", difference="", why="", standards=[]
    )
