"""Fences that speak to a step: `exchange` and `sequence`. The answers are real.

A request is written as HTTP writes it. `{johndoe}` and `{alice}` in it are tokens that
these users get by logging in. Every recording sees the same moment, the same settings
and the same chance, so that the tokens and the bytes of every build are the same.
"""

import contextlib
import functools
import html
import importlib
import json
import os
import random
import re
import sys
import warnings
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any
from unittest import mock

from workbook.checking import Clock, bcrypt_cache, curl
from workbook.ladder import Step
from workbook.settings import settings
from workbook.site.page import Fence, Page, step_of
from workbook.site.problems import Wrong

ADDRESS = "http://127.0.0.1:8000"
# 2026-01-15, noon in UTC: when every page was recorded.
NOW = 1768478400.0
# What a step takes from the environment.
SETTINGS = {
    "SECRET_KEY": "5f0c9b2ad4e17836c1a85be90d3f7246e8b7164cd02f9a53b1e6d8407c2395fa",
    "ACCESS_TOKEN_EXPIRE_MINUTES": "30",
}
PASSWORDS = {"johndoe": "secret", "alice": "secret2"}
# The headers of an answer that are worth a reader's look.
TELLING = ("content-type", "www-authenticate", "cache-control", "location", "allow")
FORM = "application/x-www-form-urlencoded"


@dataclass(frozen=True)
class Request:
    """One request as the page writes it."""

    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass(frozen=True)
class Recorded:
    """A request that was sent, as a curl line, and what came back."""

    curl: str
    status: int
    headers: list[tuple[str, str]]
    body: str


def exchange(page: Page, fence: Fence) -> str:
    """```exchange [STEP] STATUS: a request, really sent, and its answer as it came.

    The build fails when another status comes.
    """
    step, expected = _step_and_status(page, fence.words)
    request = parse(fence.lines)
    recorded = record(step, request)
    if recorded.status != expected:
        raise Wrong(
            f"{request.method} {request.path} at {step.name} answers "
            f"{recorded.status}, not {expected}: {recorded.body}"
        )
    head = [f"HTTP/1.1 {recorded.status} {HTTPStatus(recorded.status).phrase}"]
    head += [f"{name}: {value}" for name, value in recorded.headers]
    lines = [*_fenced("bash", "Ask", [recorded.curl]), ""]
    answer = [*head, "", *_pretty(recorded.body)]
    return "\n".join([*lines, *_fenced("http", f"Step {step.number} answers", answer)])


def sequence(page: Page, fence: Fence) -> str:
    """```sequence [STEP]: who sends what to whom, drawn from requests really sent.

    A line is what the client means, two colons, and the request: `log in :: POST /token
    username=johndoe&password=secret`, or with a token `:: GET /users/me {johndoe}`, or
    with one that was typed `:: GET /users/me Bearer alice`.
    """
    step = step_of(page, fence.words)
    rows = []
    for line in fence.told:
        means, _, brief = line.partition("::")
        request = _brief(brief.strip())
        recorded = record(step, request)
        rows += [
            _arrow("ask", f"{request.method} {request.path}", _given(request), means),
            _arrow("answer", str(recorded.status), _short(recorded), ""),
        ]
    return (
        '<div class="sequence" role="group" aria-label="Messages between client and '
        'server">\n<p class="lanes" aria-hidden="true"><span>Client</span>'
        f"<span>Server</span></p>\n<ol>\n{''.join(rows)}</ol>\n</div>\n"
    )


def parse(lines: list[str]) -> Request:
    """A request line, headers, an empty line, a body. Raises `Wrong`."""
    head, _, body = "\n".join(lines).strip().partition("\n\n")
    first, *rest = head.splitlines() or [""]
    words = first.split()
    if len(words) != 2 or not words[1].startswith("/"):
        raise Wrong(f"a request begins with a method and a path, not with {first!r}")
    headers = dict(line.split(": ", 1) for line in rest if ": " in line)
    return Request(words[0], words[1], headers, body.strip())


def record(step: Step, request: Request, moment: float = NOW) -> Recorded:
    """Sends the request to our step, at the moment and by the chance of all pages."""
    with _client(step) as client, Clock().at(moment), _no_chance():

        def filled(text: str) -> str:
            return re.sub(r"\{(\w+)\}", lambda m: _token(client, m[1]), text)

        headers = {name: filled(value) for name, value in request.headers.items()}
        if request.body and not any(n.lower() == "content-type" for n in headers):
            headers["Content-Type"] = FORM
        message = client.build_request(
            request.method,
            filled(request.path),
            headers=headers,
            content=filled(request.body).encode(),
        )
        raw = [(k.decode(), v.decode("latin-1")) for k, v in message.headers.raw]
        line = curl(request.method, str(message.url), raw, message.read())
        response = client.send(message, follow_redirects=False)
    telling = [(n, v) for n, v in response.headers.items() if n in TELLING]
    return Recorded(line, response.status_code, telling, response.text)


def logged_in(step: Step, username: str = "johndoe") -> str:
    """The token that this user gets at our step."""
    with _client(step) as client, Clock().at(NOW), _no_chance():
        return _token(client, username)


def started_module(step: Step) -> Any:
    """The step's `main.py` as it was imported for the pages."""
    return _started(step, _changed(step))[1]


@contextlib.contextmanager
def _client(step: Step) -> Iterator[Any]:
    with bcrypt_cache():
        if step.needs_database:
            # Anew, so that no recording finds what another one has stored.
            yield _started.__wrapped__(step, _changed(step))[0]
        else:
            yield _started(step, _changed(step))[0]


def _changed(step: Step) -> int:
    return max(file.stat().st_mtime_ns for file in step.modules)


@functools.cache
def _started(step: Step, changed: int) -> tuple[Any, Any]:
    """A client to the step as it is on disk, and its `main.py`. `changed` tells one
    save from the next."""
    from starlette.testclient import TestClient

    package = f"steps.{step.name}"
    others = _taken_out(package)
    given = settings(step) | SETTINGS
    with warnings.catch_warnings(), mock.patch.dict(os.environ, given):
        # passlib imports crypt, which Python 3.13 no longer has.
        warnings.simplefilter("ignore", DeprecationWarning)
        module = importlib.import_module(f"{package}.main")
    # What others import has their own settings, and not those of the pages.
    _taken_out(package)
    sys.modules.update(others)
    client = TestClient(module.app, base_url=ADDRESS, raise_server_exceptions=False)
    return client, module


def _taken_out(package: str) -> dict[str, Any]:
    """The modules of a package, which are no longer imported."""
    names = [name for name in sys.modules if name.startswith(f"{package}.")]
    return {name: sys.modules.pop(name) for name in names}


@contextlib.contextmanager
def _no_chance() -> Iterator[None]:
    """Random bytes, such as those of `uuid4`, are the same in every recording.

    They are replaced where `uuid` gets them: however a step has imported it, it gets
    these. Within a recording they differ, as they must.
    """
    with mock.patch("os.urandom", random.Random(NOW).randbytes):
        yield


def _token(client: Any, username: str) -> str:
    if username not in PASSWORDS:
        raise Wrong(f"{{{username}}} is no user: there are {', '.join(PASSWORDS)}")
    form = {
        "grant_type": "password",
        "username": username,
        "password": PASSWORDS[username],
    }
    answer = client.post("/token", data=form)
    if answer.status_code != 200:
        raise Wrong(f"{username} gets no token here: the login is {answer.status_code}")
    return str(answer.json()["access_token"])


def _step_and_status(page: Page, words: list[str]) -> tuple[Step, int]:
    if not words or not words[-1].isdecimal():
        raise Wrong("say which status is expected: exchange 401")
    return step_of(page, words[:-1]), int(words[-1])


def _brief(text: str) -> Request:
    words = text.split()
    if len(words) < 2:
        raise Wrong(f"a line of a sequence ends in a request, not in {text!r}")
    method, path, *rest = words
    given = " ".join(rest)
    if given.startswith(("{", "Bearer ")):
        token = given.removeprefix("Bearer ")
        return Request(method, path, {"Authorization": f"Bearer {token}"}, "")
    return Request(method, path, {}, given)


def _given(request: Request) -> str:
    shown = request.headers.get("Authorization", "")
    if shown:
        shown = shown.removeprefix("Bearer ")
        if token := re.match(r"\{\w+\}", shown):
            added = shown.removeprefix(token[0])
            return f"with the token and {added}" if added else "with the token"
        return f"with {shown}"
    return request.body.replace("&", " ")


def _short(recorded: Recorded) -> str:
    """An answer in a few words: its detail, its token, or the fields it holds."""
    try:
        body = json.loads(recorded.body)
    except ValueError:
        return ""
    if not isinstance(body, dict):
        return "a list"
    if "detail" in body:
        return str(body["detail"])
    token = str(body.get("access_token", ""))
    if token:
        return f"token {token if len(token) < 20 else token[:12] + '…'}"
    return ", ".join(body)


def _arrow(kind: str, label: str, detail: str, means: str) -> str:
    who = "The client sends" if kind == "ask" else "The server answers"
    spoken = f'<span class="spoken">{who} </span>'
    note = f"<em>{html.escape(means.strip())}</em>" if means.strip() else ""
    small = f"<small>{html.escape(detail)}</small>" if detail else ""
    return f'<li class="{kind}">{note}{spoken}<b>{html.escape(label)}</b>{small}</li>\n'


def _pretty(body: str) -> list[str]:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False).splitlines()
    except ValueError:
        return body.splitlines()


def _fenced(language: str, title: str, lines: list[str]) -> list[str]:
    return [f'```{language} title="{title}"', *lines, "```"]
