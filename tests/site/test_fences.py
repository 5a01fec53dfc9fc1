"""A wrong fence fails the strict build with one line that names page and line."""

import json
import logging
import os
import re
import time
from pathlib import Path
from xml.etree import ElementTree

import markdown
import pytest

from workbook.ladder import ROOT, Step, find, steps
from workbook.mistakes import mistakes
from workbook.site import bench, changes, exchanges, problems, waits
from workbook.site.fences import SHOW
from workbook.site.page import Fence, Page

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
        ("```bench\n```", 1, "say which part: there are machine, waits, compared"),
        ("```bench speed\n```", 1, "say which part: there are machine, waits"),
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


def test_code_that_was_copied_from_another_module_is_refused(
    docs: Path, caplog: pytest.LogCaptureFixture, small_ladder: tuple[Step, ...]
):
    source = small_ladder[1].modules[1].read_text("utf-8")
    (warning,) = warnings_of(f"```python\n{source}\n```\n", docs, caplog)
    assert "a copy of steps/step02_settings/settings.py: show it with a" in warning


def test_code_of_the_pages_own_is_left_alone(
    docs: Path, caplog: pytest.LogCaptureFixture
):
    text = "```python\nimport base64\nprint(base64.b64encode(b'secret'))\n```\n"
    assert warnings_of(text, docs, caplog) == []


# A step of several files.


MAIN = "```step step{}\n```\n\n```change\ndocstring\nimports\n{}\n```\n"


@pytest.mark.parametrize(
    "text",
    [
        MAIN.format("02_settings", "SECRET_KEY") + "\n```change\nsettings.py\n```\n",
        MAIN.format("02_settings", "SECRET_KEY")
        + "\n```change\nsettings.py: docstring\nsettings.py: imports\n```\n"
        + "\n```change\nsettings.py: SECRET_KEY\nsettings.py: def is_long\n```\n",
        MAIN.format("03_tokens", "def make_token") + "\n```change\ntokens.py\n```\n",
        "```step 3\n```\n\n```change\nmain.py\n```\n\n```change\ntokens.py\n```\n",
    ],
    ids=["whole", "by part", "moved", "all whole"],
)
def test_a_page_that_shows_every_changed_part_of_each_file_is_right(
    text: str,
    docs: Path,
    caplog: pytest.LogCaptureFixture,
    small_ladder: tuple[Step, ...],
):
    assert warnings_of(text, docs, caplog) == []


def test_a_part_of_another_file_that_a_page_leaves_out_is_named_with_its_file(
    docs: Path, caplog: pytest.LogCaptureFixture, small_ladder: tuple[Step, ...]
):
    text = (
        MAIN.format("02_settings", "SECRET_KEY")
        + "\n```change\nsettings.py: imports\n```\n"
    )
    assert warnings_of(text, docs, caplog) == [
        "page.md, line 1: the change of `settings.py: docstring` is shown nowhere",
        "page.md, line 1: the change of `settings.py: SECRET_KEY` is shown nowhere",
        "page.md, line 1: the change of `settings.py: def is_long` is shown nowhere",
    ]


def test_a_file_that_is_shown_whole_and_by_part_is_shown_twice(
    docs: Path, caplog: pytest.LogCaptureFixture, small_ladder: tuple[Step, ...]
):
    text = MAIN.format("02_settings", "SECRET_KEY") + "\n```change\nsettings.py\n```\n"
    text += "\n```change\nsettings.py: imports\n```\n"
    assert warnings_of(text, docs, caplog) == [
        "page.md, line 1: the change of `settings.py: imports` is shown twice"
    ]


@pytest.mark.parametrize(
    ("fence", "told"),
    [
        (
            "```change\nimports\nsettings.py\n```",
            "one fence shows one file: give main.py and settings.py one each",
        ),
        (
            "```listing 2\nimports\nsettings.py: imports\n```",
            "one fence shows one file: give main.py and settings.py one each",
        ),
        ("```change\ntokens.py\n```", "`tokens.py` is no part of what step02_settings"),
        (
            "```change\nis_long\n```",
            "there are docstring, imports, SECRET_KEY, settings",
        ),
        ("```change\n```", "say which parts, one a line: there are docstring"),
    ],
)
def test_a_fence_of_several_files_that_cannot_be_shown_says_why(
    fence: str,
    told: str,
    docs: Path,
    caplog: pytest.LogCaptureFixture,
    small_ladder: tuple[Step, ...],
):
    whole = MAIN.format("02_settings", "SECRET_KEY") + "\n```change\nsettings.py\n```\n"
    (warning,) = warnings_of(f"{whole}\n{fence}\n", docs, caplog)
    assert told in warning


def test_a_new_file_is_shown_as_code_and_a_part_of_it_as_a_diff(
    small_ladder: tuple[Step, ...],
):
    fence = Fence("change", [], ["settings.py"])
    code = changes.change(Page("step02_settings"), fence)
    source = small_ladder[1].modules[1].read_text("utf-8").rstrip()
    title = 'title="steps/step02_settings/settings.py, a new file"'
    assert code == f"```python {title}\n{source}\n```"
    fence = Fence("change", [], ["settings.py: SECRET_KEY"])
    part = changes.change(Page("step02_settings"), fence)
    title = 'title="steps/step02_settings/settings.py: SECRET_KEY"'
    assert part == f'```diff {title}\n+SECRET_KEY = os.environ["SECRET_KEY"]\n```'


def test_the_whole_change_is_that_of_all_files(small_ladder: tuple[Step, ...]):
    whole = changes.change(Page("step03_tokens"), Fence("change", ["all"], []))
    assert "+++ steps/step03_tokens/main.py" in whole
    assert "--- /dev/null\n    +++ steps/step03_tokens/tokens.py" in whole
    assert "settings.py\n" not in whole


def test_a_whole_listing_is_a_block_for_each_file(small_ladder: tuple[Step, ...]):
    shown = changes.listing(Page(), Fence("listing", ["2"], []))
    titles = re.findall('^```python title="(.*)"$', shown, re.MULTILINE)
    assert titles == [
        f"steps/step02_settings/{name}.py" for name in ("main", "settings")
    ]
    alone = changes.listing(Page(), Fence("listing", ["2"], ["settings.py"]))
    assert alone == shown[shown.index(alone[:50]) :]


def test_the_first_fence_of_a_page_names_every_file(small_ladder: tuple[Step, ...]):
    facts = changes.step(Page(), Fence("step", ["2"], []))
    assert "`steps/step02_settings/main.py`, `settings.py` ·" in facts


LOGIN = exchanges.parse(["POST /token"])


def test_a_step_gets_its_settings_and_leaves_none_behind(
    small_ladder: tuple[Step, ...], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv("SECRET_KEY", raising=False)
    answer = exchanges.record(small_ladder[1], LOGIN).body
    assert exchanges.SETTINGS["SECRET_KEY"] in answer
    assert "SECRET_KEY" not in os.environ


def test_an_id_by_chance_is_the_same_in_every_build(small_ladder: tuple[Step, ...]):
    exchanges._started.cache_clear()
    first = exchanges.record(small_ladder[2], LOGIN)
    exchanges.record(small_ladder[2], exchanges.parse(["GET /nothing"]))
    exchanges._started.cache_clear()
    assert exchanges.record(small_ladder[2], LOGIN) == first
    assert re.search(r":[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", first.body)


def test_two_ids_of_one_recording_differ(small_ladder: tuple[Step, ...]):
    asked = exchanges.Request("POST", "/token", {"X-Token": "{johndoe}"}, "")
    recorded = exchanges.record(small_ladder[2], asked)
    token = json.loads(recorded.body)["access_token"]
    assert "johndoe:" in recorded.curl
    assert token not in recorded.curl


def test_a_module_that_was_saved_again_is_loaded_again(small_ladder: tuple[Step, ...]):
    tokens = small_ladder[2].folder / "tokens.py"
    before = exchanges.record(small_ladder[2], LOGIN)
    changed = tokens.read_text("utf-8").replace('f"{username}', 'f"new {username}')
    tokens.write_text(changed, "utf-8")
    os.utime(tokens, ns=(later := time.time_ns() + 10**9, later))
    assert "new johndoe" not in before.body
    assert "new johndoe" in exchanges.record(small_ladder[2], LOGIN).body


# What is sent, and what comes back.


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


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        ("machine", "Measured on"),
        ("waits", "16 clients log in"),
        ("compared", "16 clients log in"),
        ("alone", "µs to make a token"),
        ("routes", "<code>/empty</code>"),
    ],
)
def test_each_part_of_the_kept_figures_can_be_shown(part: str, shown: str):
    page = render(f"```bench {part}\n```")
    assert shown in page
    assert "failure" not in page


def test_the_plot_of_the_waits_is_told_in_words_and_followed_by_its_figures():
    page = render("```bench waits\n```")
    drawing = ElementTree.fromstring(
        page[page.index("<svg") : page.index("</figure>")].partition("</svg>")[0]
        + "</svg>"
    )
    assert drawing.attrib["role"] == "img"
    title, told = drawing.attrib["aria-labelledby"].split()
    assert drawing.find(f"title[@id='{title}']").text
    assert "16 clients log in: at step 5" in drawing.find(f"desc[@id='{told}']").text
    assert page.index("</figure>") < page.index("<table>")


def test_every_mark_of_the_plot_is_within_it():
    figures = bench.read()
    drawing = waits.plot(figures)
    marks = [float(x) for x in re.findall(r' (?:x1|x2|cx)="([\d.]+)"', drawing)]
    # A circle for each step in each crowd.
    assert drawing.count("<circle") == len(figures.steps) * len(figures.clients)
    assert min(marks) >= waits.LEFT
    assert max(marks) <= waits.WIDTH - waits.RIGHT


def test_figures_that_nobody_has_measured_are_asked_for(
    docs: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bench, "FILE", ROOT / "docs" / "assets" / "none.json")
    (warning,) = warnings_of("```bench waits\n```", docs, caplog)
    assert warning == (
        "page.md, line 1: docs/assets/none.json has no figures: make bench"
    )


def test_every_fence_is_documented_for_contributors():
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert [name for name in SHOW if f"`{name}`" not in table] == []
    assert [name for name, show in SHOW.items() if not show.__doc__] == []
