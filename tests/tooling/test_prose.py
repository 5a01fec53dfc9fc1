"""The pages are plain English, as far as figures tell, and the figures are right."""

from pathlib import Path

import pytest

from tests import prose

PAGES = sorted(prose.DOCS.glob("*.md"))

PAGE = """---
title: whoever
---
# A page; no more

You don't need `nobody;` here. It's ours.[^1]

```text
whoever; nobody
```

    ```bash
    somebody
    ```

| We can | [link](whoever.md) |

## Sources

RFC 6749; whoever.
"""


def test_code_sources_and_addresses_are_no_prose():
    found = prose.measure(PAGE)
    assert found.signs["nobody"] == found.signs["RFCs"] == 0
    assert found.signs["semicolons"] == 1000 / found.words


def test_the_signs_are_counted_for_a_thousand_words():
    found = prose.measure(PAGE)
    # A page no more You don't need CODE here It's ours We can link
    assert found.words == 14
    counted = {sign: round(n * found.words / 1000) for sign, n in found.signs.items()}
    assert counted == {
        "contractions": 2,
        "you": 1,
        "we": 2,
        "nobody": 0,
        "semicolons": 1,
        "RFCs": 0,
    }


def test_a_sentence_ends_with_its_paragraph_its_cell_or_its_item():
    text = "# A long title\n\nOne two three. Four five six\n\n- seven eight nine\n"
    assert list(prose.sentences(prose.prose(text))) == [
        "A long title",
        "One two three.",
        "Four five six",
        "seven eight nine",
    ]


def test_the_worst_sentence_comes_first():
    text = "All is well here. Whoever reads this; nobody does. It is somebody else."
    assert prose.worst(text) == [
        (3, "Whoever reads this; nobody does."),
        (1, "It is somebody else."),
    ]


def test_the_page_about_standards_may_cite_them():
    found = prose.measure("See RFC 6749 §5.1 and whoever wrote it.")
    assert set(found.over(Path("standards.md"))) == {"nobody"}
    assert set(found.over(Path("index.md"))) == {"nobody", "RFCs"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_keeps_to_what_plain_english_does_without(page: Path):
    found = prose.measure(page.read_text("utf-8"))
    assert found.over(page) == {}, "see: make prose"


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_talks_with_its_reader(page: Path):
    found = prose.measure(page.read_text("utf-8"))
    assert found.signs["contractions"] >= 4
    assert found.signs["you"] >= 4


def test_the_figures_of_every_page_are_printed(capsys: pytest.CaptureFixture[str]):
    prose.main([])
    printed = capsys.readouterr().out
    assert "index.md" in printed
    assert "step01_fake_hash.md" in printed
    assert "To look at first:" in printed
