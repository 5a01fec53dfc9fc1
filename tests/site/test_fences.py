"""A wrong fence fails the strict build with one line that names page and line."""

import logging
from pathlib import Path

import markdown
import pytest

from workbook.ladder import ROOT, find, steps
from workbook.mistakes import mistakes
from workbook.site import changes, problems
from workbook.site.fences import SHOW

WHOLE_STEP_2 = """```step step02_response_model
```

```change
docstring
def read_users_me
```
"""


@pytest.fixture
def docs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A docs folder of its own."""
    monkeypatch.setattr(problems, "DOCS", tmp_path)
    return tmp_path


def warnings_of(text: str, docs: Path, caplog: pytest.LogCaptureFixture) -> list[str]:
    """What the build would complain of, with this text as a page."""
    (docs / "page.md").write_text(text, "utf-8")
    with caplog.at_level(logging.WARNING, logger="mkdocs"):
        render(text)
    return [record.getMessage() for record in caplog.records]


def render(text: str) -> str:
    extensions = ["pymdownx.superfences", "pymdownx.details", "workbook.site", "tables"]
    return markdown.markdown(text, extensions=extensions)


@pytest.mark.parametrize(
    ("text", "line", "told"),
    [
        (
            "```exchange step03_bcrypt 200\nPOST /token\n\nusername=a&password=b\n```",
            1,
            "POST /token at step03_bcrypt answers 401, not 200",
        ),
        ("```exchange 401\nGET /users/me\n```", 1, "the page has no step fence above"),
        ("Text.\n\n```exchange step01\nGET /\n```", 3, "say which status is expected"),
        ("```exchange step99 200\nGET /\n```", 1, "There is no step 'step99'"),
        (
            "```exchange 1 200\nhello\n```",
            1,
            "a request begins with a method and a path",
        ),
        (
            "```exchange 1 200\nGET /users/me\nAuthorization: Bearer {bob}\n```",
            1,
            "{bob}",
        ),
        ("```listing step01\ndef nothing\n```", 1, "`def nothing` is no part of"),
        ("```listing nowhere\n```", 1, "There is no step 'nowhere'"),
        ("```change\ndef login\n```", 1, "the page has no step fence above"),
        ("```sequence 1\nlog in\n```", 1, "a line of a sequence ends in a request"),
        ("```mistakes 99\n```", 1, "There is no step '99'"),
    ],
)
def test_a_fence_that_cannot_be_shown_is_told_with_its_page_and_line(
    text: str, line: int, told: str, docs: Path, caplog: pytest.LogCaptureFixture
):
    (warning,) = warnings_of(text, docs, caplog)
    assert warning.startswith(f"page.md, line {line}: ")
    assert told in warning


def test_a_page_that_shows_every_changed_part_once_is_right(
    docs: Path, caplog: pytest.LogCaptureFixture
):
    assert warnings_of(WHOLE_STEP_2, docs, caplog) == []


def test_a_change_that_a_page_leaves_out_is_named(
    docs: Path, caplog: pytest.LogCaptureFixture
):
    text = WHOLE_STEP_2.replace("docstring\n", "")
    assert warnings_of(text, docs, caplog) == [
        "page.md, line 1: the change of `docstring` is shown nowhere"
    ]


def test_a_change_that_a_page_shows_twice_is_named(
    docs: Path, caplog: pytest.LogCaptureFixture
):
    text = WHOLE_STEP_2 + "\n```change\ndocstring\n```\n"
    assert warnings_of(text, docs, caplog) == [
        "page.md, line 1: the change of `docstring` is shown twice"
    ]


def test_a_part_of_step_1_that_its_page_does_not_list_is_named(
    docs: Path, caplog: pytest.LogCaptureFixture
):
    missing = warnings_of("```step step01_fake_hash\n```\n", docs, caplog)
    assert len(missing) == len(changes.pieces(steps()[0]))


def test_code_that_was_copied_from_a_step_is_refused(
    docs: Path, caplog: pytest.LogCaptureFixture
):
    source = changes.pieces(steps()[0])["def login"]
    (warning,) = warnings_of(f"```python\n{source}\n```\n", docs, caplog)
    assert "a copy of steps/step01_fake_hash/main.py: show it with a listing" in warning


def test_code_of_the_pages_own_is_left_alone(
    docs: Path, caplog: pytest.LogCaptureFixture
):
    text = "```python\nimport base64\nprint(base64.b64encode(b'secret'))\n```\n"
    assert warnings_of(text, docs, caplog) == []


def test_an_exchange_shows_the_request_as_curl_and_the_answer_as_it_came():
    page = render("```exchange 3 401\nPOST /token\n\nusername=johndoe&password=no\n```")
    assert "curl" in page
    assert "username=johndoe&amp;password=no" in page
    assert "401" in page
    assert "www-authenticate" in page
    assert "Incorrect username or password" in page


def test_a_token_is_the_same_in_every_build():
    text = "```exchange 5 200\nPOST /token\n\nusername=johndoe&password=secret\n```"
    assert render(text) == render(text)


def test_a_sequence_draws_each_request_and_its_real_answer():
    page = render(
        "```sequence 1\nask :: GET /users/me\nask :: GET /users/me {alice}\n```"
    )
    assert page.count('<li class="ask">') == 2
    assert "Not authenticated" in page
    assert "Inactive user" in page


def test_a_mistakes_list_holds_every_mistake_of_the_step():
    page = render("```mistakes 3\n```")
    assert page.count("Caught by:") == len(mistakes(find("3")))


def test_every_fence_is_documented_for_contributors():
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert [name for name in SHOW if f"`{name}`" not in table] == []
    assert [name for name, show in SHOW.items() if not show.__doc__] == []
