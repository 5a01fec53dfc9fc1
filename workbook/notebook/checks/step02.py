"""Step 2: a response model, and the ways around one."""

from typing import Any

from fastapi import FastAPI
from fastapi.routing import APIRoute
from pydantic import BaseModel

from steps.step02_response_model.main import fake_users_db, get_user
from workbook.notebook.asking import in_process
from workbook.notebook.tasks import NoAnswer, must, task

PUBLIC = {"username": "alice", "full_name": "Alice Wonderson"}
HASH = str(fake_users_db["johndoe"]["hashed_password"])


@task("Public is a class with a line such as `email: str` for each field.")
def public(model: Any) -> str:
    must(
        isinstance(model, type) and issubclass(model, BaseModel),
        "Public must be a class with BaseModel as its base.",
    )
    if not model.model_fields:
        raise NoAnswer
    app = FastAPI()
    app.get("/", response_model=model)(lambda: get_user(fake_users_db, "alice"))
    answer = in_process(app).get("/")
    must(
        answer.status_code == 200,
        f"With this model the server answers {answer.status_code}: it promises "
        "something that a user doesn't have. Look at the names and the types.",
    )
    record = answer.json()
    must(record == PUBLIC, f"With this model the page shows {record}.")
    return f"The page shows {record}. What you didn't name didn't leave."


@task("my_leaks is a list of paths.")
def leaks(my_leaks: Any, app: FastAPI) -> str:
    paths = paths_of(app)
    must(
        isinstance(my_leaks, list | tuple | set) and set(my_leaks) <= set(paths),
        f"It must be a list of some of these: {', '.join(paths)}.",
    )
    client = in_process(app)
    leaking = set()
    for path in paths:
        answer = client.get(path)
        if HASH in answer.text or HASH in str(answer.headers):
            leaking.add(path)
    wrong, missing = set(my_leaks) - leaking, leaking - set(my_leaks)
    must(
        not wrong and not missing,
        f"{len(wrong)} of your {len(my_leaks)} paths keep the hash in, and "
        f"{len(missing)} that let it out are missing.",
    )
    return "Those are the ones, and there are no others. The next cell shows you."


def paths_of(app: FastAPI) -> list[str]:
    """The paths that take no parameters, in the order in which they were declared."""
    routes = [route for route in app.routes if isinstance(route, APIRoute)]
    return [route.path for route in routes if "{" not in route.path]
