"""What HTTP does not show is reached in the same way here and in a sandbox: other
settings, held hashes, the costs of a login."""

import contextlib
import os
import shutil
from pathlib import Path

import pytest

from workbook.checking import CheckWorker, Outcome, run
from workbook.checking.app import Trial
from workbook.checking.inprocess import serve
from workbook.checking.sandbox import Sandbox
from workbook.ladder import Step, find, steps
from workbook.settings import environment, settings


def checked(step: Step, answers: Path) -> Outcome:
    """What a check of its own says of it."""
    with contextlib.closing(CheckWorker()) as worker:
        return worker.check(step, answers=answers)


def in_process(step: Step, answers: Path) -> Outcome:
    return run(step, answers=answers)


# In step 7's login: a task that FastAPI runs when the answer has been sent.
FIRST_LINE = "    user = await authenticate_user("
HASHED_AFTERWARDS = """\
    if form_data.username not in fake_users_db:
        from starlette.background import BackgroundTask

        task = BackgroundTask(verify_password, form_data.password, DUMMY_HASH)
        return JSONResponse({"detail": "Wrong"}, status_code=401, background=task)
"""
WITH_SETTINGS = [step for step in steps() if step.needs_key]


@pytest.mark.long
@pytest.mark.parametrize("step", WITH_SETTINGS, ids=lambda step: step.name)
def test_our_step_holds_in_a_sandbox_and_nothing_is_skipped(step: Step, tmp_path: Path):
    shutil.copytree(step.folder, tmp_path / step.name)
    outcome = checked(step, tmp_path)
    assert not outcome.problem
    assert [str(result.failure or result.reason) for result in outcome.failed] == []
    assert [result.reason for result in outcome.skipped] == []
    # Else a learner looks for a cause in what the suite provokes on purpose.
    # A suite that locks the database has the app say so.
    printed = outcome.printed.replace("Database: database is locked\n", "")
    assert not printed


@pytest.mark.long
@pytest.mark.apart
@pytest.mark.parametrize("in_a_sandbox", [True, False])
def test_an_answer_may_look_at_its_surroundings_at_each_request(
    in_a_sandbox: bool, tmp_path: Path
):
    """It also puts what is in .env into the environment, as python-dotenv does. The
    next launch and the next answer find nothing of it there."""
    step = WITH_SETTINGS[0]
    shutil.copytree(step.folder, tmp_path / step.name)
    main = tmp_path / step.name / "main.py"
    source = main.read_text("utf-8")
    each_time = source.replace("settings.secret_key", "load_settings().secret_key")
    assert each_time != source
    main.write_text(
        each_time.replace(
            "settings = load_settings()",
            "from dotenv import load_dotenv\n"
            "load_dotenv('.env')\n"
            "settings = load_settings()",
        ),
        "utf-8",
    )
    outcome = (checked if in_a_sandbox else in_process)(step, tmp_path)
    assert not outcome.problem
    assert [str(result.failure or result.reason) for result in outcome.failed] == []
    assert "ACCESS_TOKEN_EXPIRE_MINUTES" not in os.environ


def test_an_answer_that_refuses_to_start_is_told_in_its_own_words(tmp_path: Path):
    step = WITH_SETTINGS[0]
    (tmp_path / step.name).mkdir()
    main = tmp_path / step.name / "main.py"
    main.write_text("import sys\nsys.exit('SECRET_KEY is not to my liking')\n", "utf-8")
    outcome = checked(step, tmp_path)
    assert "and says:\nSECRET_KEY is not to my liking" in outcome.problem


REFUSING = """
import logging, os, sys
KEY_IS_MISSING = not os.environ.get("SECRET_KEY")

async def app(scope, receive, send):
    if scope["type"] == "lifespan":
        await receive()
        if KEY_IS_MISSING:
            {refusal}
        await send({{"type": "lifespan.startup.complete"}})
        await receive()
        await send({{"type": "lifespan.shutdown.complete"}})
"""


SAYS_SO = 'await send({"type": "lifespan.startup.failed", "message": "%s"})'


def test_a_refusal_in_the_lifespan_is_its_message(tmp_path: Path):
    refusal = SAYS_SO % "SECRET_KEY is missing" + "; return"
    trial = tried_without_a_key(REFUSING.format(refusal=refusal), tmp_path)
    assert (trial.said, trial.raised) == ("SECRET_KEY is missing", "")


@pytest.mark.parametrize(
    "refusal", ['sys.exit("SECRET_KEY")', 'raise RuntimeError("SECRET_KEY")']
)
def test_a_lifespan_that_raises_ends_in_a_traceback(refusal: str, tmp_path: Path):
    """Starlette passes it on when it has said so, and uvicorn prints it."""
    refusal = SAYS_SO % "a traceback" + "; " + refusal
    trial = tried_without_a_key(REFUSING.format(refusal=refusal), tmp_path)
    assert "SECRET_KEY" in trial.raised


def test_a_refusal_may_be_logged(tmp_path: Path):
    """pytest has set up logging, and Python's own last resort prints nothing then."""
    main = (
        REFUSING.format(refusal="pass") + "if KEY_IS_MISSING:\n"
        '    logging.critical("SECRET_KEY is missing")\n    sys.exit(3)\n'
    )
    trial = tried_without_a_key(main, tmp_path)
    assert "SECRET_KEY is missing" in trial.said


def tried_without_a_key(main: str, answers: Path) -> Trial:
    """What came of the start without a key of an app that starts with one."""
    step = WITH_SETTINGS[0]
    (answers / step.name).mkdir()
    (answers / step.name / "main.py").write_text(main, "utf-8")
    with (
        environment({"SECRET_KEY": "good"}),
        serve(step, answers, secret_key=None) as server,
        server.launched(SECRET_KEY=None) as launch,
    ):
        assert launch.server is None
        return launch.trial


@pytest.mark.long
@pytest.mark.parametrize("late", [True, False])
def test_an_answer_that_comes_before_its_hash_is_noticed(late: bool, tmp_path: Path):
    """Computed after the answer, the hash of an unknown user is counted all the same,
    and the time tells that there is none."""
    step = find("7")
    shutil.copytree(step.folder, tmp_path / step.name)
    main = tmp_path / step.name / "main.py"
    source = main.read_text("utf-8")
    if late:
        source = source.replace(FIRST_LINE, f"{HASHED_AFTERWARDS}{FIRST_LINE}")
        assert HASHED_AFTERWARDS in source
        main.write_text(source, "utf-8")
    nobody = {"username": "nobody", "password": "a wrong password"}
    with (
        contextlib.closing(Sandbox()) as sandbox,
        sandbox.serve(step, tmp_path, settings(step), secret_key=None) as server,
    ):
        with server.while_logging_in(nobody) as answers:
            for _ in range(20):
                server.get("/users/me/")
        assert [answer.status for answer in answers] == [401]
        assert answers.early == late
