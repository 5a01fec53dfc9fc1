"""The Authorize button of /docs, pressed in a real browser."""

import json
from collections.abc import Sequence

import pytest
from playwright.sync_api import Locator, Page

from tests.end_to_end.server import Running
from tests.end_to_end.swagger_ui import FAVICON, SWAGGER_UI
from workbook.ladder import Step, find

JOHNDOE = {
    "username": "johndoe",
    "email": "johndoe@example.com",
    "full_name": "John Doe",
    "disabled": False,
}
RECORDS = {
    "step01_fake_hash": JOHNDOE | {"hashed_password": "fakehashedsecret"},
    "step05_expiry": JOHNDOE,
    "step08_strict_tokens": JOHNDOE,
    "step09_standard_answers": JOHNDOE,
    "step11_scopes": JOHNDOE,
}
# From step 9 on the dialog has the code, too, and a disabled user gets no token.
INVALID_GRANT = (
    "Error: Bad Request, error: invalid_grant, "
    "description: Incorrect username or password"
)
WRONG_PASSWORD = {
    "step01_fake_hash": "Error: Bad Request",
    "step09_standard_answers": INVALID_GRANT,
    "step11_scopes": INVALID_GRANT,
}


@pytest.mark.long
@pytest.mark.parametrize(
    "step", [find(name) for name in RECORDS], ids=lambda step: step.name
)
def test_the_authorize_button_logs_users_in_and_out(
    step: Step, running: Running, my_record: str, page: Page, elsewhere: list[str]
) -> None:
    open_docs(page, running.url)

    says = WRONG_PASSWORD.get(step.name, "Error: Unauthorized")
    assert refusal_of(page, "johndoe", "wrong") == says

    authorize(page, "johndoe", "secret")
    assert execute(page, my_record) == (200, RECORDS[step.name])

    log_out(page)
    assert execute(page, my_record) == (401, {"detail": "Not authenticated"})

    if step.number < 9:
        authorize(page, "alice", "secret2")
        assert execute(page, my_record) == (400, {"detail": "Inactive user"})
    else:
        assert refusal_of(page, "alice", "secret2") == says

    # All of it with no other host than the step, the two files and the icon aside.
    assert set(elsewhere) - {FAVICON} == SWAGGER_UI.keys()


@pytest.mark.long
@pytest.mark.parametrize("step", [find("11")], ids=lambda step: step.name)
def test_the_authorize_dialog_asks_for_the_scopes_that_are_ticked(
    running: Running, my_record: str, page: Page
) -> None:
    open_docs(page, running.url)
    dialog = open_dialog(page)
    names = dialog.locator(".scopes .name").all_inner_texts()
    assert sorted(names) == ["admin", "items", "me"]
    assert dialog.get_by_text("Read the records of all users").is_visible()
    dialog.get_by_text("Close", exact=True).click()

    authorize(page, "johndoe", "secret", scopes=["me"])
    assert execute(page, my_record) == (200, JOHNDOE)
    status, _ = execute(page, f"{my_record}items/")
    assert status == 403
    log_out(page)

    # What was ticked stays so.
    refused = refusal_of(page, "johndoe", "secret", scopes=["admin"])
    assert "error: invalid_scope" in refused


@pytest.mark.long
@pytest.mark.parametrize("as_run_does", [True])
@pytest.mark.parametrize("step", [find("5")], ids=lambda step: step.name)
def test_workbook_run_serves_a_page_that_asks_no_other_host(
    step: Step, running: Running, my_record: str, page: Page, elsewhere: list[str]
) -> None:
    open_docs(page, running.url, "/")
    assert page.url == f"{running.url}/docs"
    assert page.title() == step.title
    assert page.get_by_text("client_secret").first.is_visible()

    authorize(page, "johndoe", "secret")
    assert execute(page, my_record) == (200, RECORDS[step.name])

    assert elsewhere == []


def open_docs(page: Page, url: str, path: str = "/docs") -> None:
    """Open /docs, and hold its buttons still.

    They glide into place for 0.3 seconds, and each click would wait for that.
    """
    page.goto(f"{url}{path}")
    page.add_style_tag(content="* { transition: none !important }")


def authorize(
    page: Page, username: str, password: str, scopes: Sequence[str] = ()
) -> None:
    """Log in through the dialog behind the Authorize button."""
    dialog = submit(page, username, password, scopes)
    dialog.get_by_text("Logout", exact=True).wait_for()
    dialog.get_by_text("Close", exact=True).click()


def refusal_of(
    page: Page, username: str, password: str, scopes: Sequence[str] = ()
) -> str:
    """Log in, and be refused: what the dialog says then."""
    dialog = submit(page, username, password, scopes)
    said = dialog.locator(".errors span").last.inner_text()
    dialog.get_by_text("Close", exact=True).click()
    return said


def submit(page: Page, username: str, password: str, scopes: Sequence[str]) -> Locator:
    dialog = open_dialog(page)
    for scope in scopes:
        dialog.locator(f"label[for^='{scope}-password-checkbox']").first.click()
    dialog.locator("#oauth_username").fill(username)
    dialog.locator("#oauth_password").fill(password)
    dialog.get_by_text("Authorize", exact=True).click()
    return dialog


def log_out(page: Page) -> None:
    """Make the page forget its token, through the same dialog."""
    dialog = open_dialog(page)
    dialog.get_by_text("Logout", exact=True).click()
    dialog.get_by_text("Authorize", exact=True).wait_for()
    dialog.get_by_text("Close", exact=True).click()


def open_dialog(page: Page) -> Locator:
    page.locator(".auth-wrapper .btn.authorize").click()
    return page.locator(".modal-ux")


def execute(page: Page, path: str) -> tuple[int, object]:
    """Press Execute in the row of `path`: the status and the body that it shows."""
    row = page.locator(".opblock", has=page.locator(f'[data-path="{path}"]'))
    if "is-open" not in row.get_attribute("class").split():
        row.locator(".opblock-summary-control").click()
        row.get_by_text("Try it out", exact=True).click()
    row.get_by_text("Execute", exact=True).click()
    answer = row.locator(".live-responses-table .response")
    status = answer.locator(".response-col_status").inner_text().split()[0]
    body = answer.locator(".highlight-code code").inner_text()
    # An answer stays until the next one comes, and would be taken for it.
    row.get_by_text("Clear", exact=True).click()
    answer.wait_for(state="detached")
    return int(status), json.loads(body)
