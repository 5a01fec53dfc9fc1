"""What a failed expectation keeps of an answer, for a diagnosis."""

import contextlib
import warnings
from pathlib import Path
from types import SimpleNamespace

import pytest

from workbook.checking import Evidence, Failure, host, run
from workbook.checking.caught import (
    Caught,
    header,
    noted,
    taken_from,
    watch_refusals,
)
from workbook.checking.host import show_warnings
from workbook.checking.routes import Route, closest, function_of, routes_in
from workbook.ladder import find

STEP = find("5")
ROUTES = [
    Route("POST", "/auth/token", is_login=True, function="login"),
    Route("GET", "/auth/users/me"),
    Route("POST", "/users"),
    Route("GET", "/"),
]


@pytest.mark.parametrize(
    ("method", "path", "found"),
    [
        ("POST", "/token", "POST /auth/token"),
        ("GET", "/users/me/", "GET /auth/users/me"),
        ("GET", "/users/me/items/", ""),
        ("GET", "/auth/users/me", ""),
        ("GET", "/users", "POST /users"),
    ],
)
def test_a_route_that_is_missing_is_found_under_another_path(
    method: str, path: str, found: str
):
    assert closest(method, path, ROUTES) == found


def test_a_login_of_any_name_is_the_token_endpoint():
    routes = [Route("POST", "/login/oauth", is_login=True), Route("POST", "/signup")]
    assert closest("POST", "/token", routes) == "POST /login/oauth"


def test_without_documented_routes_none_is_found():
    assert closest("POST", "/token", []) == ""
    assert function_of("POST", "/token", []) == ""


def test_routes_are_read_from_an_openapi_document():
    form = {"properties": {"username": {}, "password": {}}}
    content = {
        "application/x-www-form-urlencoded": {
            "schema": {"$ref": "#/components/schemas/Body_login"}
        }
    }
    document = {
        "paths": {
            "/token": {
                "post": {"summary": "Log In", "requestBody": {"content": content}}
            },
            "/me": {"get": {}, "parameters": []},
        },
        "components": {"schemas": {"Body_login": form}},
    }
    assert routes_in(document) == [
        Route("POST", "/token", is_login=True, function="log_in"),
        Route("GET", "/me"),
    ]


def test_an_exception_that_the_app_catches_is_noted_with_its_own_line():
    from jose import jwt
    from jose.exceptions import JWTError

    with noted(Path(__file__).parent) as caught, contextlib.suppress(JWTError):
        jwt.decode("no token", "key", algorithms=["HS256"])
    kind, line = caught.last().splitlines()
    assert kind.startswith("jose.exceptions.JWTError: ")
    assert line == 'jwt.decode("no token", "key", algorithms=["HS256"])'


def test_outside_of_a_request_nothing_is_noted():
    from jose.exceptions import JWTError

    with noted(Path(__file__).parent) as caught:
        pass
    JWTError("later")
    assert caught.last() == ""
    assert header(caught) == []


def test_what_was_caught_travels_in_a_header_that_a_suite_never_sees():
    caught = Caught(Path("/answers"))
    caught.note(ValueError("a b\nц"), None)
    headers = {name.decode(): value.decode() for name, value in header(caught)}
    assert taken_from(headers) == "builtins.ValueError: a b ц\n"
    assert headers == {}
    assert taken_from(headers) == ""


def failure_of(edits: dict[str, str], only: str, answers: Path) -> Failure:
    """The first failure of one behaviour, for our step 5 with these edits."""
    source = (STEP.folder / "main.py").read_text("utf-8")
    for old, new in edits.items():
        assert old in source
        source = source.replace(old, new)
    folder = answers / STEP.name
    folder.mkdir()
    (folder / "main.py").write_text(source, "utf-8")
    failure = run(STEP, answers=answers, only=[only]).failed[0].failure
    assert failure is not None
    return failure


def test_a_refusal_keeps_what_the_app_caught(tmp_path: Path):
    failure = failure_of(
        {'data={"sub": user.username}': 'data={"sub": 1}'},
        "test_the_token_of_a_login_is_accepted",
        tmp_path,
    )
    assert failure.evidence.status == 401
    kind, line = failure.evidence.caught.splitlines()
    assert kind == "jose.exceptions.JWTClaimsError: Subject must be a string."
    assert line == "payload = jwt.decode(token, SECRET_KEY, algorithms=[ALGORITHM])"


def test_a_refusal_keeps_any_exception_that_it_was_raised_from(tmp_path: Path):
    """An `except Exception` hides the plainest of mistakes."""
    failure = failure_of(
        {
            "algorithms=[ALGORITHM]": "algorithm=ALGORITHM",
            "except JWTError:": "except Exception:",
        },
        "test_the_token_of_a_login_is_accepted",
        tmp_path,
    )
    kind, line = failure.evidence.caught.splitlines()
    assert kind.startswith("builtins.TypeError: decode() got an unexpected keyword")
    assert line == "payload = jwt.decode(token, SECRET_KEY, algorithm=ALGORITHM)"


def test_a_refusal_keeps_what_the_app_made_an_exception_of_its_own_of(tmp_path: Path):
    failure = failure_of(
        {
            "app = FastAPI()": "app = FastAPI()\n\n\nclass Bad(Exception): ...",
            'data={"sub": user.username}': 'data={"sub": 1}',
            "    except JWTError:\n        raise credentials_exception": (
                "    except Bad:\n        raise credentials_exception"
            ),
            "payload = jwt.decode(token, SECRET_KEY, algorithms=[ALGORITHM])": (
                "payload = read(token)"
            ),
            "async def get_current_user": (
                "def read(token):\n"
                "    try:\n"
                "        return jwt.decode(token, SECRET_KEY, algorithms=[ALGORITHM])\n"
                "    except JWTError:\n"
                "        raise Bad('no good') from None\n\n\n"
                "async def get_current_user"
            ),
        },
        "test_the_token_of_a_login_is_accepted",
        tmp_path,
    )
    own, its_line, kind, line = failure.evidence.caught.splitlines()
    assert own.endswith(".Bad: no good")
    assert its_line == "raise Bad('no good') from None"
    assert kind == "jose.exceptions.JWTClaimsError: Subject must be a string."
    assert line == "return jwt.decode(token, SECRET_KEY, algorithms=[ALGORITHM])"


def test_an_exception_that_is_raised_again_brings_no_old_context():
    class App:
        exception_handlers = {ValueError: lambda request, error: "refused"}  # noqa: RUF012

    kept = ValueError("refused")
    kept.__context__ = KeyError("then")
    watch_refusals(App)
    watch_refusals(App)
    with noted(Path("/answers")) as caught:
        assert App.exception_handlers[ValueError](None, kept) == "refused"
    assert caught.last() == "builtins.KeyError: 'then'\n"
    with noted(Path("/answers")) as caught:
        App.exception_handlers[ValueError](None, kept)
    assert caught.last() == ""


def test_a_warning_is_shown_without_a_place_in_the_workbook(
    capsys: pytest.CaptureFixture[str],
):
    """A coroutine is missed where Python throws it away, often in our own code."""
    told: list[str] = []
    with warnings.catch_warnings():
        show_warnings(SimpleNamespace(warn=told.append))  # type: ignore[arg-type]
        for file in (host.__file__, "/answers/main.py"):
            text = "coroutine 'f' was never awaited"
            warnings.warn_explicit(text, RuntimeWarning, file, 7)
    assert told == [
        "RuntimeWarning: coroutine 'f' was never awaited",
        "/answers/main.py:7: RuntimeWarning: coroutine 'f' was never awaited",
    ]
    assert capsys.readouterr().err == "".join(f"{line}\n" for line in told)


def test_an_app_without_a_table_of_handlers_is_left_alone():
    watch_refusals(object())


def test_a_redirect_is_shown_with_its_location(tmp_path: Path):
    failure = failure_of(
        {'@app.get("/users/me/"': '@app.get("/users/me"'},
        "test_the_token_of_a_login_is_accepted",
        tmp_path,
    )
    assert failure.actual == "307\nLocation: http://127.0.0.1:8000/users/me"
    assert failure.evidence.location == "http://127.0.0.1:8000/users/me"


def test_a_path_that_is_not_there_is_compared_with_the_documented_ones(tmp_path: Path):
    failure = failure_of(
        {'@app.post("/token"': '@app.post("/auth/token"'},
        "test_johndoe_logs_in",
        tmp_path,
    )
    assert failure.evidence == Evidence(
        "POST /token", 404, '{"detail":"Not Found"}', elsewhere="POST /auth/token"
    )
    assert failure.difference.splitlines()[-1] == (
        "your app has POST /auth/token; this step asks for POST /token"
    )
