from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Route, sync_playwright

from tests.end_to_end.chromium import FLAGS, find_chromium
from tests.end_to_end.server import Running, path_of_my_record, serve
from tests.end_to_end.swagger_ui import SWAGGER_UI
from workbook import timeouts
from workbook.ladder import Step


@pytest.fixture
def as_run_does() -> bool:
    """Whether the step is served as `workbook run` does it, or as it is."""
    return False


@pytest.fixture
def running(step: Step, as_run_does: bool) -> Iterator[Running]:
    """The step at hand, served by uvicorn."""
    with serve(step, as_run_does=as_run_does) as running:
        yield running


@pytest.fixture
def my_record(running: Running) -> str:
    """The path at which it shows users their own record."""
    with running.client() as client:
        return path_of_my_record(client)


# Not for the session: while Playwright runs, its event loop counts as the running one
# of this thread, and asyncio.run() would refuse in every test that comes after.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        program = find_chromium(playwright.chromium.executable_path)
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def elsewhere() -> list[str]:
    """The addresses that the page asked for outside the step."""
    return []


@pytest.fixture
def page(browser: Browser, running: Running, elsewhere: list[str]) -> Iterator[Page]:
    """A blank page that reaches the step, is given Swagger UI, and nothing else."""

    def answer(route: Route) -> None:
        asked = route.request.url
        if asked.startswith(f"{running.url}/"):
            route.continue_()
            return
        elsewhere.append(asked)
        if asked in SWAGGER_UI:
            route.fulfill(path=SWAGGER_UI[asked])
        else:
            route.abort()

    page = browser.new_page(service_workers="block")
    page.set_default_timeout(1000 * timeouts.BROWSER)
    page.route("**/*", answer)
    yield page
    # The favicon comes when it likes: an answer to a page that is gone is an error.
    page.unroute_all(behavior="ignoreErrors")
    page.close()
