"""Every page in a real browser, with no network: what it asks for, whether it fits, and
whether a screen reader could read it."""

import functools
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from tests.end_to_end.chromium import FLAGS, find_chromium
from workbook import timeouts
from workbook.ladder import ROOT

PAGES = sorted(
    ""
    if path.stem == "index"
    else f"{path.relative_to(ROOT / 'docs').with_suffix('')}/"
    for path in (ROOT / "docs").rglob("*.md")
)
EACH_PAGE = pytest.mark.parametrize("path", PAGES, ids=lambda path: path or "start")
LOOKS = {"desk": (1280, "light"), "phone": (360, "dark")}
EACH_LOOK = pytest.mark.parametrize("look", LOOKS)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """Serves a folder and says nothing of it."""

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    """Where the built site is served, on this machine alone."""
    handler = functools.partial(Quiet, directory=str(site))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        serving = threading.Thread(target=server.serve_forever)
        serving.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        serving.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        program = find_chromium(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A blank page, of the width and in the colours that the test asks for."""
    given = request.node.callspec.params if hasattr(request.node, "callspec") else {}
    width, scheme = LOOKS[given.get("look", "desk")]
    context = browser.new_context(
        viewport={"width": width, "height": 900},
        color_scheme=scheme,
        service_workers="block",
    )
    context.set_default_timeout(1000 * timeouts.BROWSER)
    yield context.new_page()
    context.close()


@EACH_LOOK
def test_the_title_in_the_header_is_not_cut(page: Page, address: str, look: str):
    page.goto(address)
    title = page.locator(".md-header__topic .md-ellipsis").first
    cut = "e => [e.scrollWidth - e.clientWidth, e.scrollHeight - e.clientHeight]"
    assert title.evaluate(cut) == [0, 0]


@EACH_PAGE
@EACH_LOOK
def test_a_page_asks_nobody_else_says_no_error_and_fits_its_screen(
    page: Page, address: str, path: str, look: str
):
    asked: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda m: errors.append(m.text) if m.type == "error" else None)
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.goto(address + path, wait_until="networkidle")
    elsewhere = [url for url in asked if not url.startswith((address, "data:"))]
    assert elsewhere == []
    assert errors == []
    root = page.locator("html")
    assert root.evaluate("html => html.scrollWidth - html.clientWidth") == 0


@EACH_PAGE
@EACH_LOOK
def test_a_page_has_nothing_that_seriously_hinders_a_screen_reader(
    page: Page, address: str, path: str, look: str
):
    page.goto(address + path)
    # What the theme draws around a page is the theme's own to mend.
    found = Axe().run(
        page, context=".md-content", options={"resultTypes": ["violations"]}
    )
    serious = [
        f"{finding['id']}: {finding['nodes'][0]['html'][:200]}"
        for finding in found.response["violations"]
        if finding["impact"] in {"serious", "critical"}
    ]
    assert serious == []


def test_the_search_finds_a_header(page: Page, address: str):
    page.goto(address)
    page.locator("input.md-search__input").click()
    page.keyboard.type("WWW-Authenticate")
    first = page.locator(".md-search-result__link").first
    first.wait_for()
    assert first.get_attribute("href")


def test_a_listing_can_be_copied(page: Page, address: str):
    page.goto(f"{address}steps/step02_response_model/")
    assert page.locator("button.md-code__button[data-md-type=copy]").count() > 0


def test_the_first_screen_says_where_to_begin_and_shows_the_ladder(
    page: Page, address: str
):
    page.goto(address)
    bottom = page.viewport_size["height"] if page.viewport_size else 0
    for seen in (".md-button--primary", ".picture-ladder svg", "code:has-text('hash')"):
        box = page.locator(seen).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= bottom, seen


def test_unchanged_lines_are_shown_when_they_are_unfolded(page: Page, address: str):
    page.goto(f"{address}steps/step05_expiry/")
    fold = page.locator(".diff details").first
    lines = fold.locator("pre")
    assert not lines.is_visible()
    fold.locator("summary").click()
    assert lines.is_visible()
