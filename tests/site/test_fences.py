"""A wrong fence fails the strict build with one line that names page and line."""

import html
import json
import logging
import os
import re
import time
from pathlib import Path
from xml.etree import ElementTree

import markdown
import pytest

from workbook.attacks import ATTACKS, CLASSICS
from workbook.ladder import ROOT, Step, find, steps
from workbook.mistakes import measured_mutants, mistakes, survivor_kinds
from workbook.site import (
    bench,
    changes,
    counts,
    diffs,
    exchanges,
    latency_plot,
    matrix,
    problems,
    tables,
    terms,
)
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
    extensions = [
        "md_in_html",
        "pymdownx.superfences",
        "pymdownx.details",
        "workbook.site",
        "tables",
    ]
    return markdown.markdown(text, extensions=extensions)


def said(made: str) -> str:
    """HTML without its tags."""
    return html.unescape(re.sub(r"<[^>]+>", "", made))


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
        (
            "```ladder 5\n```",
            1,
            "say `ladder`, `ladder teaches`, or `ladder notebooks`",
        ),
        (
            "```attacks 5\n```",
            1,
            "say `attacks`, `attacks classics`, or `attacks open`",
        ),
        ("```planned 9\n```", 1, "say `planned`, or `planned asides`"),
        ("```attacks open\n```", 1, "the page has no step fence above"),
        ("Text.\nAll {{ rungs }}.", 2, "`{{ rungs }}` counts nothing: there are steps"),
        ("All {{ steps 5 }}.", 1, "`steps` counts all steps, and not those of `5`"),
        ("All {{ attacks 99 }}.", 1, "There is no step '99'"),
        ("{{ classics 5 }}.", 1, "`classics` counts all of them, and not those of `5`"),
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
    text = WHOLE_STEP_2.replace("def read_users_me\n", "")
    assert warnings_of(text, docs, caplog) == [
        "page.md, line 1: the change of `def read_users_me` is shown nowhere"
    ]


def test_a_page_need_not_show_the_change_of_a_docstring(
    docs: Path, caplog: pytest.LogCaptureFixture
):
    text = WHOLE_STEP_2.replace("docstring\n", "")
    assert warnings_of(text, docs, caplog) == []


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
    assert len(missing) == len(changes.pieces(steps()[0])) - len(["docstring"])


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


# A change.


CHANGED = [" def f():", "-    return 1", '+    return """two', '+    lines"""', " "]


def test_a_change_is_python_in_its_colours_line_by_line():
    made = diffs.as_html("main.py: def f", CHANGED)
    assert said(made) == "main.py: def f" + "\n".join([*CHANGED, ""])
    assert made.count('class="ins"') == 2
    assert made.count('class="del"') == 1
    # The second line of the text is known as one.
    assert '<span class="ins">+<span class="s2">' in made


@pytest.mark.parametrize(
    ("before", "after", "folds"),
    [
        (9, 8, []),
        (10, 9, ["6", "6"]),
        (20, 0, ["16"]),
        (0, 9, ["6"]),
        (0, 3, []),
    ],
)
def test_unchanged_lines_away_from_a_change_are_folded(
    before: int, after: int, folds: list[str]
):
    lines = [f" {n}" for n in range(before)] + ["+x"] + [" y"] * after
    made = diffs.as_html("title", lines)
    assert re.findall(r"<summary>(\d+) unchanged lines", made) == folds
    shown = re.sub(r"<summary>.*?</summary>", "", made)
    assert said(shown).replace("title", "", 1).splitlines() == lines


def test_a_docstring_that_is_named_is_folded_and_not_searched():
    made = render(WHOLE_STEP_2)
    aside = made[made.index("<details") : made.rindex("</details>")]
    assert "data-search-exclude" in aside
    assert "steps/step02_response_model/main.py: docstring" in aside
    assert ": docstring, def read_users_me" not in made
    assert "wzxhzdk" not in made


def test_the_whole_change_is_not_searched(small_ladder: tuple[Step, ...]):
    page = Page("step03_tokens")
    assert "data-search-exclude" in changes.change(page, Fence("change", ["all"], []))


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("`A: Bearer eyJh.eyJz.sig-_1`", ["eyJh", "eyJz", "sig-_1"]),
        ("`eyJh.eyJz.`", ["eyJh", "eyJz"]),
        ("eyJh.eyJz.sig", []),
        ("`main.app.name`", []),
    ],
)
def test_a_token_in_code_has_its_parts_in_colours(text: str, parts: list[str]):
    made = render(text)
    assert re.findall(r'<span class="part\d">(.*?)</span>', made) == parts
    assert said(made) == text.strip("`")


def test_a_link_to_a_term_has_its_meaning_as_a_title():
    made = render("[a salt](../glossary.md#salt), [x](glossary.md#none), [y](#salt)")
    assert terms.meanings()["salt"] in html.unescape(made)
    assert made.count("title=") == 1


def test_every_term_of_the_glossary_has_a_meaning_in_one_sentence():
    text = (ROOT / "docs" / "glossary.md").read_text("utf-8")
    known = terms.meanings()
    assert set(known) == set(re.findall(r"\{ #([\w-]+) \}", text))
    assert [term for term, meaning in known.items() if len(meaning) > 200] == []
    assert [
        term for term, meaning in known.items() if re.search(r"[\[*`]", meaning)
    ] == []


# What grows with the ladder.


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("All {{ steps }}.", "All three."),
        ("{{ Steps }} steps.", "Three steps."),
        ("{{Steps}} and {{steps}}", "Three and three"),
        ("{{ attacks }}", counts.NUMBERS[len(ATTACKS)]),
        ("```text\n{{ steps }}\n```", "{{ steps }}"),
    ],
)
def test_a_count_is_a_word_in_a_sentence(
    text: str, shown: str, small_ladder: tuple[Step, ...]
):
    assert shown in render(text)


def test_a_count_of_attacks_is_that_of_the_matrix():
    for step in steps():
        through = [attack for attack in ATTACKS if attack.is_open_at(step)]
        (line,) = re.findall("<p>(.+)</p>", render(f"{{{{ Attacks {step.number} }}}}"))
        assert line == counts.NUMBERS[len(through)].capitalize()


def test_each_tile_of_the_matrix_says_what_the_attack_declares():
    made = render("```matrix\n```")
    for attack in ATTACKS:
        row = made[made.index(f"attacks.md#{attack.name}") :].partition("</tr>")[0]
        tiles = re.findall(r'<td class="tile (\w+)"', row)
        assert [tile == "open" for tile in tiles] == [
            attack.is_open_at(step) for step in steps()
        ]
        assert tiles == sorted(tiles, key=list(matrix.TILES).index)
        spoken = re.findall(r'<span class="spoken">(.*?)</span>', row)
        assert spoken == [matrix.TILES[tile][1] for tile in tiles]


@pytest.mark.parametrize(
    ("numbers", "shown"),
    [([3], "3"), ([3, 4], "3 to 4"), ([1, 2, 3, 5, 7, 8], "1 to 3, 5, 7 to 8")],
)
def test_the_steps_with_a_behaviour_are_ranges_without_those_that_lack_it(
    numbers: list[int], shown: str
):
    assert tables.ranges(numbers) == shown


def test_a_count_above_twenty_is_written_in_digits(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(counts, "steps", lambda: range(21))
    assert counts.with_counts("{{ steps }}") == "21"


def test_a_page_is_told_the_open_attacks_that_it_does_not_explain(
    monkeypatch: pytest.MonkeyPatch,
):
    step = find("1")
    first, *others = [attack for attack in ATTACKS if attack.is_open_at(step)]
    page = Page(step.name, text=f"[It](../attacks.md#{first.name}).")
    shown = tables.attacks(page, Fence("attacks", ["open"], []))
    assert shown.startswith("These get through as well:\n")
    assert first.title not in shown
    assert all(f"](../attacks.md#{attack.name})" in shown for attack in others)


def test_each_classic_is_shown_with_the_mistake_that_opens_it_and_what_it_finds():
    shown = render("```attacks classics\n```")
    for classic in CLASSICS:
        section = shown.partition(f"{{#{classic.name}}}")[2].partition("<h3")[0]
        step = find(classic.step)
        (mistake,) = [one for one in mistakes(step) if one.name == classic.mistake]
        assert mistake.diagnosis.partition("`")[0] in section
        assert classic.shows in html.unescape(section)
        assert f"Sources: {classic.sources}" in section


def test_a_page_that_explains_every_open_attack_is_told_no_more():
    text = "".join(f"(attacks.md#{attack.name})" for attack in ATTACKS)
    page = Page(find("1").name, text=text)
    assert tables.attacks(page, Fence("attacks", ["open"], [])) == ""


def test_a_step_that_resists_every_attack_says_so(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tables, "ATTACKS", ())
    shown = tables.attacks(Page(find("1").name), Fence("attacks", ["open"], []))
    assert shown.startswith("No attack in ")


def test_the_ladder_is_shown_with_its_questions_or_with_what_it_teaches():
    asks, teaches = render("```ladder\n```"), render("```ladder teaches\n```")
    for step in steps():
        link = f'<a href="steps/{step.name}.md">{step.number}. {step.title}</a>'
        assert link in asks
        assert link in teaches
    assert asks.count("<tr>") == teaches.count("<tr>") == 1 + len(steps())
    assert "What it teaches" in teaches
    assert "What it teaches" not in asks


def test_the_notebooks_are_listed_with_what_you_do_in_them():
    shown = html.unescape(render("```ladder notebooks\n```"))
    for step in steps():
        assert step.experiments.replace("`", "") in said(shown)


def test_only_steps_that_are_not_on_the_ladder_are_planned(
    monkeypatch: pytest.MonkeyPatch,
):
    def numbers() -> list[int]:
        rows = tables.planned(Page(), Fence("planned", [], [])).splitlines()[2:]
        return [int(row.partition(".")[0].strip("| ")) for row in rows]

    assert min(numbers()) == len(steps()) + 1
    monkeypatch.setattr(tables, "steps", lambda: range(12))
    assert min(numbers()) == 13
    assert "Cookie session" in tables.planned(Page(), Fence("planned", ["asides"], []))


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
    assert "steps/step02_settings/settings.py: SECRET_KEY" in part
    assert said(part).endswith('+SECRET_KEY = os.environ["SECRET_KEY"]\n')


def test_the_whole_change_is_that_of_all_files(small_ladder: tuple[Step, ...]):
    whole = said(changes.change(Page("step03_tokens"), Fence("change", ["all"], [])))
    assert "+++ steps/step03_tokens/main.py" in whole
    assert "--- /dev/null\n+++ steps/step03_tokens/tokens.py" in whole
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
    drawing = latency_plot.plot(figures)
    marks = [float(x) for x in re.findall(r' (?:x1|x2|cx)="([\d.]+)"', drawing)]
    # A circle for each step in each crowd.
    assert drawing.count("<circle") == len(figures.steps) * len(figures.clients)
    assert min(marks) >= latency_plot.LEFT
    assert max(marks) <= latency_plot.WIDTH - latency_plot.RIGHT


def test_figures_that_nobody_has_measured_are_asked_for(
    docs: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(bench, "FILE", ROOT / "docs" / "assets" / "none.json")
    (warning,) = warnings_of("```bench waits\n```", docs, caplog)
    assert warning == (
        "page.md, line 1: docs/assets/none.json has no figures: make bench"
    )


def test_the_mutants_are_shown_as_a_table_and_by_kind():
    table, kinds = render("```mutants table\n```"), render("```mutants kinds\n```")
    assert table.count("<tr>") == 1 + len(measured_mutants())
    told = map(int, re.findall(r"(\d+) survivors?</summary>", kinds))
    assert sum(told) == sum(len(of.survivors) for of in measured_mutants().values())
    assert kinds.count("<strong>") == len(survivor_kinds())
    assert "failure" not in table + kinds


def test_every_fence_is_documented_for_contributors():
    table = (ROOT / "CONTRIBUTING.md").read_text("utf-8")
    assert [name for name in SHOW if f"`{name}`" not in table] == []
    assert [name for name, show in SHOW.items() if not show.__doc__] == []
