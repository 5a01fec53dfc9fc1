"""`/docs` under `workbook run`: no CDN, the title of the step, and `/` leads there."""

import importlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from workbook import serving
from workbook.ladder import find
from workbook.swagger_ui import RESOURCES, WithSwaggerUI

TITLE = "Step 1: Fake hash, typed token"
EXTERNAL = re.compile(r"""(?:src|href)=["'](?:https?:)?//[^"']*""")


@pytest.fixture
def app() -> FastAPI:
    return importlib.import_module(find("1").app.partition(":")[0]).app


@pytest.fixture
def plain(app: FastAPI) -> TestClient:
    return TestClient(app)


@pytest.fixture
def served(app: FastAPI) -> TestClient:
    return TestClient(WithSwaggerUI(app, TITLE))


def test_the_page_names_no_other_host(served: TestClient, plain: TestClient):
    assert EXTERNAL.findall(plain.get("/docs").text)
    page = served.get("/docs")
    assert page.status_code == 200
    assert EXTERNAL.findall(page.text) == []
    assert "cdn" not in page.text


def test_every_file_that_the_page_asks_for_is_served(served: TestClient):
    names = re.findall(r'(?:src|href)="([^"]+)"', served.get("/docs").text)
    assert sorted(names) == [
        "docs/favicon-32x32.png",
        "docs/swagger-ui-bundle.js",
        "docs/swagger-ui.css",
    ]
    for name in names:
        answer = served.get(f"/{name}")
        assert answer.status_code == 200
        assert answer.content == (RESOURCES / Path(name).name).read_bytes()


def test_the_page_has_the_title_of_the_step_and_says_what_stays_empty(
    served: TestClient,
):
    page = served.get("/docs").text
    assert f"<title>{TITLE}</title>" in page
    assert page.count("<strong>") == 1
    assert f"<strong>{TITLE}</strong>" in page
    assert "Leave\n<code>client_id</code> and <code>client_secret</code> empty" in page


def test_a_title_is_text_and_not_html(app: FastAPI):
    page = TestClient(WithSwaggerUI(app, r"<b>\1 & co")).get("/docs").text
    assert r"<title>&lt;b&gt;\1 &amp; co</title>" in page


def test_the_root_leads_to_the_page(served: TestClient):
    answer = served.get("/", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (307, "/docs")


def test_an_app_that_has_a_root_keeps_it(app: FastAPI):
    own = FastAPI()
    own.get("/")(lambda: "mine")
    assert TestClient(WithSwaggerUI(own, TITLE)).get("/").json() == "mine"


@pytest.mark.parametrize(
    "ask",
    [
        lambda client: client.get("/openapi.json"),
        lambda client: client.get("/users/me"),
        lambda client: client.get("/docs/oauth2-redirect"),
        lambda client: client.get("/docs/../main.py"),
        lambda client: client.get("/docs/main.py"),
        lambda client: client.post("/"),
        lambda client: client.post("/docs"),
        lambda client: client.post(
            "/token", data={"username": "johndoe", "password": "secret"}
        ),
    ],
)
def test_everything_else_is_answered_as_by_the_app_alone(
    served: TestClient, plain: TestClient, ask: Callable[[TestClient], object]
):
    here, there = ask(served), ask(plain)
    assert here.status_code == there.status_code
    assert here.headers == there.headers
    assert here.content == there.content


def test_a_page_at_another_address_is_local_too():
    served = TestClient(WithSwaggerUI(FastAPI(docs_url="/api/docs"), TITLE))
    page = served.get("/")
    assert page.url.path == "/api/docs"
    assert EXTERNAL.findall(page.text) == []
    assert served.get("/api/docs/swagger-ui.css").status_code == 200


def test_an_app_without_a_page_gets_none():
    served = TestClient(WithSwaggerUI(FastAPI(docs_url=None), TITLE))
    assert {served.get(path).status_code for path in ("/", "/docs")} == {404}


def test_uvicorn_is_given_the_app_that_the_environment_names(
    monkeypatch: pytest.MonkeyPatch,
):
    for name, value in serving.environment(find("1").app, TITLE).items():
        monkeypatch.setenv(name, value)
    module, _, name = serving.SERVED.partition(":")
    served = getattr(importlib.import_module(module), name)
    assert isinstance(served, WithSwaggerUI)
    assert served.title == TITLE
