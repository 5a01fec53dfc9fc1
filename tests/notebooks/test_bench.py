"""The tools on the bench: what they print, and what they leave behind."""

import threading
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from fastapi import FastAPI, Request

from workbook.notebook import (
    bearer,
    brief,
    in_process,
    names,
    predicted,
    serve,
    show,
    table,
)
from workbook.notebook.tasks import NoAnswer, call, must, task

app = FastAPI()


@app.post("/echo")
async def echo(request: Request):
    body = await request.body()
    return {"header": request.headers["authorization"], "body": body.decode()}


@app.get("/crash")
def crash():
    raise RuntimeError("on purpose")


def ask(client: httpx.Client) -> dict[str, str]:
    return client.post("/echo", headers=bearer("ticket"), content=b"a=1").json()


def test_in_process_and_under_uvicorn_an_app_answers_the_same():
    with serve(app) as real:
        over_the_wire = ask(real)
    assert ask(in_process(app)) == over_the_wire
    assert over_the_wire == {"header": "Bearer ticket", "body": "a=1"}


def test_in_process_a_crash_is_a_500():
    assert in_process(app).get("/crash").status_code == 500


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
def test_a_proxy_of_the_environment_is_not_asked(
    monkeypatch: pytest.MonkeyPatch, variable: str
):
    monkeypatch.setenv(variable, "http://127.0.0.1:9")
    assert ask(in_process(app))["body"] == "a=1"
    with serve(app) as real:
        assert ask(real)["body"] == "a=1"


def test_a_served_app_stops_when_the_block_ends():
    with serve(app) as real:
        url = real.base_url
    with pytest.raises(httpx.ConnectError):
        httpx.get(url, trust_env=False)
    assert "uvicorn" not in {thread.name for thread in threading.enumerate()}


def test_a_served_app_stops_when_the_block_fails():
    with pytest.raises(ZeroDivisionError), serve(app):
        raise ZeroDivisionError
    assert "uvicorn" not in {thread.name for thread in threading.enumerate()}


def test_an_exchange_is_shown_with_what_matters(capsys: pytest.CaptureFixture[str]):
    show(in_process(app).post("/echo?x=1", headers=bearer("t"), content=b"a=1"))
    assert capsys.readouterr().out == (
        "> POST /echo?x=1\n"
        "> authorization: Bearer t\n"
        ">\n"
        "> a=1\n"
        "\n"
        "< 200 OK\n"
        "< content-type: application/json\n"
        "<\n"
        '< {"header":"Bearer t","body":"a=1"}\n'
    )


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (401, b'{"detail": "Not authenticated"}', "401 Not authenticated"),
        (200, b'{"access_token": "x"}', "200 a token"),
        (200, b'{"username": "johndoe"}', "200 johndoe's record"),
        (422, b'{"detail": [{"msg": "Field required"}]}', "422 Unprocessable Entity"),
        (500, b"Internal Server Error", "500 Internal Server Error"),
    ],
)
def test_an_answer_in_a_few_words(status: int, body: bytes, words: str):
    assert brief(httpx.Response(status, content=body)) == words


def test_a_table_is_aligned(capsys: pytest.CaptureFixture[str]):
    table(["a", "longer"], [("wide cell", 1)])
    assert capsys.readouterr().out == (
        "a          longer\n─────────  ──────\nwide cell  1\n"
    )


def test_a_table_may_be_empty(capsys: pytest.CaptureFixture[str]):
    table(["a"], [])
    assert capsys.readouterr().out == "a\n─\n"


@pytest.mark.parametrize(
    ("guess", "actual", "printed"),
    [
        (200, 401, "✗ You guessed 200. It's 401.\n\n"),
        (401, 401, "✓ You guessed 401, and that's right.\n\n"),
        ("401", 401, "✓ You guessed 401, and that's right.\n\n"),
        ("true", True, "✗ You guessed true. It's True.\n\n"),
    ],
)
def test_a_guess_is_put_beside_the_answer(
    capsys: pytest.CaptureFixture[str], guess: object, actual: object, printed: str
):
    predicted(guess, actual)
    assert capsys.readouterr().out == printed


def test_without_a_guess_the_answer_is_not_given_away(
    capsys: pytest.CaptureFixture[str],
):
    predicted(..., 401)
    assert capsys.readouterr().out.startswith("○ No guess yet.")


def test_a_token_is_shown_in_the_colours_of_its_parts(
    capsys: pytest.CaptureFixture[str],
):
    show(in_process(app).post("/echo", headers=bearer("eyJh.eyJw.s-1")))
    coloured = "Bearer \x1b[31meyJh\x1b[0m.\x1b[35meyJw\x1b[0m.\x1b[36ms-1\x1b[0m\n"
    assert coloured in capsys.readouterr().out


@task("An answer is a number.")
def double(function: Any) -> str:
    must(call(function, 2) == 4, "Twice two is four.")
    return "It doubles."


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (..., "○ No answer yet. An answer is a number."),
        (lambda _: ..., "○ No answer yet. An answer is a number."),
        (lambda _: 5, "✗ Not yet. Twice two is four."),
        (lambda n: n / 0, "✗ Not yet. It stops with ZeroDivisionError"),
        (lambda: 4, "✗ Not yet. It stops with TypeError"),
        (4, "✗ Not yet. 4 isn't a function"),
        (lambda n: 2 * n, "✓ Right. It doubles."),
    ],
)
def test_a_verdict_is_a_sentence(
    capsys: pytest.CaptureFixture[str], answer: object, verdict: str
):
    double(answer)
    assert capsys.readouterr().out.startswith(verdict)


def test_what_a_function_gives_back_may_be_no_answer():
    with pytest.raises(NoAnswer):
        call(lambda: ...)


def unknown_name(shell: SimpleNamespace, source: str, where: dict[str, Any]) -> None:
    try:
        exec(source, where)
    except NameError as error:
        names._explain(shell, type(error), error, error.__traceback__)


def test_a_name_that_a_cell_does_not_know_is_explained(
    capsys: pytest.CaptureFixture[str],
):
    shell = SimpleNamespace(user_ns={})
    unknown_name(shell, "my_token", shell.user_ns)
    assert "`my_token` is not known here." in capsys.readouterr().out


def test_a_name_that_a_library_does_not_know_keeps_its_traceback(
    capsys: pytest.CaptureFixture[str],
):
    shown: list[Any] = []
    shell = SimpleNamespace(
        user_ns={}, showtraceback=lambda error, tb_offset: shown.append(error)
    )
    unknown_name(shell, "their_mistake", {})
    assert [kind for kind, _, _ in shown] == [NameError]
    assert capsys.readouterr().out == ""
