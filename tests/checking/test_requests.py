"""The commands that a failure shows: they reach the app that the suite asked."""

import re
import shlex
from pathlib import Path

import httpx
import pytest

from workbook.checking import Failure
from workbook.checking.exchange import LONGEST_COMMAND, ContractError, shorten_command
from workbook.checking.inprocess import serve
from workbook.checking.server import Server, command_line
from workbook.ladder import find
from workbook.settings import environment

STEP = find("6")
KEY = "5a0d41b3a92c1e7f6d80c4b7e2f3159ad6c8e0714b2f93a57d1e60c8b4f7a293"
OTHER = KEY[::-1]
TOKEN = "curl -i http://127.0.0.1:8000/users/me -H 'Authorization: Bearer ey.ey.ab'"


def failure(request: str) -> Failure:
    return Failure(request, "200 {}", "401 {}", "the status is 200", "why", [])


def test_a_request_to_an_app_that_was_started_once_more_says_how_it_was_started():
    with (
        environment({"SECRET_KEY": KEY}),
        serve(STEP, None, secret_key=KEY) as server,
    ):
        assert server.get("/users/me").request.startswith("curl ")
        with server.launched(f"SECRET_KEY={OTHER}", SECRET_KEY=None) as launch:
            request = launch.must_be_up("the key is in .env").get("/users/me").request
    start, curl = failure(request).commands
    assert start == launch.request
    assert start.startswith(f"printf '%s' SECRET_KEY={OTHER} > .env; ")
    assert start.endswith("; env -u SECRET_KEY uvicorn main:app")
    assert curl == "curl -i http://127.0.0.1:8000/users/me"


def test_a_secret_that_is_printed_comes_with_the_request_that_printed_it(
    tmp_path: Path,
):
    """And its parts aren't told beside it."""
    step = find("1")
    begins = "    user = get_user(fake_users_db, form_data.username)\n"
    prints = f"    print(form_data.username, form_data.password)\n{begins}"
    main = tmp_path / step.name / "main.py"
    main.parent.mkdir()
    main.write_text(step.main.read_text("utf-8").replace(begins, prints), "utf-8")
    with (
        serve(step, tmp_path, secret_key=None) as server,
        server.launched(SECRET_KEY=None) as launch,
    ):
        for name in ("johndoe", "alice", "johndoe"):
            launch.must_be_up("it's right").login(name, f"{name}-password")
        secrets = {"a password": "alice-password", "its end": "password"}
        with pytest.raises(ContractError) as raised:
            launch.must_not_show(secrets)
    assert raised.value.actual == "it prints: alice alice-password"
    assert str(raised.value) == "it prints a secret: a password"
    assert raised.value.request == (
        "env -u SECRET_KEY uvicorn main:app\ncurl -i http://127.0.0.1:8000/token "
        "-d 'grant_type=password&username=alice&password=alice-password'"
    )


def test_a_redirect_points_to_the_address_that_is_shown():
    redirect = httpx.Response(307, headers={"location": "http://127.0.0.1:54321/x"})
    transport = httpx.MockTransport(lambda request: redirect)
    address = "http://127.0.0.1:54321"
    with httpx.Client(transport=transport, base_url=address) as client:
        answer = Server(client, shown_at="http://127.0.0.1:8000").get("/x/")
    assert answer.actual == "307\nLocation: http://127.0.0.1:8000/x"


def test_a_line_has_the_parameters_of_the_request():
    """Pasted without them, it is another request, with another answer."""
    transport = httpx.MockTransport(lambda request: httpx.Response(200))
    address = "http://127.0.0.1:54321"
    with httpx.Client(transport=transport, base_url=address) as client:
        server = Server(client, shown_at="http://127.0.0.1:8000")
        answer = server.post("/token", params={"username": "johndoe"})
    line = "curl -i -X POST 'http://127.0.0.1:8000/token?username=johndoe'"
    assert answer.request == line


def test_a_request_alone_is_one_command():
    assert failure(TOKEN).commands == [TOKEN]
    assert failure("uvicorn main:app").commands == ["uvicorn main:app"]


def test_a_key_that_many_variables_have_is_written_once():
    names = [f"NAME_{number}" for number in range(19)]
    line = command_line({"SECRET_KEY": None} | dict.fromkeys(names, KEY), {})
    assert line.startswith(f"value={KEY}; env -u SECRET_KEY ")
    assert line.count(KEY) == 1
    assert all(f'{name}="$value"' in shlex.split(line, posix=False) for name in names)


def test_a_key_that_one_variable_has_stands_there():
    line = command_line({"SECRET_KEY": KEY, "DEBUG": "1"}, {})
    assert line == f"SECRET_KEY={KEY} DEBUG=1 uvicorn main:app"


def test_a_command_that_nobody_would_paste_is_shown_without_its_middle():
    assert shorten_command(TOKEN) == TOKEN
    line = f"curl -i http://127.0.0.1:8000/token -d '{'s' * 3000}'"
    shown = shorten_command(line)
    assert len(shown) <= LONGEST_COMMAND
    cut = re.search(r" … \((\d+) characters left out\) … ", shown)
    assert cut is not None
    assert len(line) == len(shown) - len(cut[0]) + int(cut[1])


def test_pytest_shows_each_command_on_a_line_of_its_own_and_none_that_is_too_long():
    start = f"SECRET_KEY={'k' * 3000} uvicorn main:app"
    shown = str(failure(f"{start}\n{TOKEN}")).splitlines()
    assert shown[0].startswith("request     SECRET_KEY=kkk")
    assert "characters left out" in shown[0]
    assert len(shown[0]) <= LONGEST_COMMAND + 12
    assert shown[1] == f"            {TOKEN}"
