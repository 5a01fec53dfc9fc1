"""Learner's folders to check: step 5, and edits of it."""

import contextlib
from collections.abc import Iterator, Mapping
from pathlib import Path

from workbook.checking import NoApp, Server, bcrypt_cache
from workbook.checking.inprocess import serve
from workbook.ladder import Step, find

STEP = find("5")
RIGHT = STEP.main.read_text("utf-8")
TABLE = RIGHT[RIGHT.index("fake_users_db = {") : RIGHT.index("class Token(")]
KEY_LINE = next(line for line in RIGHT.splitlines() if line.startswith("SECRET_KEY"))
KEY = KEY_LINE.split('"')[1]
USERS = RIGHT[RIGHT.index("class User(") : RIGHT.index("pwd_context =")]


def edited(*edits: tuple[str, str], source: str = RIGHT) -> str:
    """Step 5 with these texts replaced."""
    for old, new in edits:
        assert old in source, old
        source = source.replace(old, new)
    return source


def written(answers: Path, files: Mapping[str, str | bytes], step: Step = STEP) -> Path:
    """An answers folder with these files of a step."""
    for name, content in files.items():
        path = answers / step.name / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(content, str):
            content = content.encode()
        path.write_bytes(content)
    return answers


@contextlib.contextmanager
def served(
    answers: Path, files: Mapping[str, str | bytes], step: Step = STEP
) -> Iterator[Server]:
    """That folder's app, in this process. Raises `NoApp`."""
    written(answers, files, step)
    with bcrypt_cache(), serve(step, answers, secret_key=None) as server:
        yield server


def refusal_of(
    answers: Path, files: Mapping[str, str | bytes], step: Step = STEP
) -> str:
    """Why that folder's app can't be judged."""
    try:
        with served(answers, files, step):
            return ""
    except NoApp as reason:
        return str(reason)


def must_work(server: Server) -> None:
    """johndoe logs in and sees his record."""
    token = server.login("johndoe", "secret").token
    server.get("/users/me/", token=token).must_have_status(200)
