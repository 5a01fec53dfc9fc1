"""What other files repeat of the manifest is what the manifest says."""

import json

import pytest
import yaml

from workbook import ladder_files
from workbook.ladder import ROOT, Step
from workbook.ladder_files import BEGIN, END, FILES, NoRegion, with_region

EACH_FILE = pytest.mark.parametrize("file", FILES)


@EACH_FILE
def test_a_file_says_what_the_manifest_says(file: str):
    text = (ROOT / file).read_text("utf-8")
    assert FILES[file](text) == text, "run: make ladder"


@EACH_FILE
def test_another_manifest_changes_the_region_and_nothing_around_it(
    file: str, small_ladder: tuple[Step, ...]
):
    text = (ROOT / file).read_text("utf-8")
    made = FILES[file](text)
    for step in small_ladder:
        assert f"{step.number}. {step.title}" in made
    assert "Strict tokens" not in made
    assert FILES[file](made) == made
    assert made.partition(BEGIN)[0] == text.partition(BEGIN)[0]
    assert made.partition(END)[2] == text.partition(END)[2]


def test_a_title_may_have_signs_that_mean_something_in_yaml(
    monkeypatch: pytest.MonkeyPatch, small_ladder: tuple[Step, ...]
):
    title = 'Keys: #1, "mine" & {yours} — one\'s own'
    step = Step(**vars(small_ladder[0]) | {"title": title})
    monkeypatch.setattr(ladder_files, "steps", lambda: (step,))
    made = ladder_files.navigation(f"nav:\n      # {BEGIN}\n      # {END}\n")
    assert yaml.safe_load(made) == {"nav": [{f"1. {title}": f"steps/{step.name}.md"}]}


def test_the_index_of_the_notebooks_stays_a_notebook(small_ladder: tuple[Step, ...]):
    text = (ROOT / "notebooks" / "index.ipynb").read_text("utf-8")
    before, after = json.loads(text), json.loads(ladder_files.notebooks_index(text))
    changed = [cell for cell in after["cells"] if cell not in before["cells"]]
    assert [cell["id"] for cell in changed] == ["which"]
    assert before | {"cells": []} == after | {"cells": []}


@pytest.mark.parametrize(
    "text",
    ["", f"<!-- {BEGIN} -->\n", f"<!-- {END} -->\n", f"# {BEGIN}\n# {END}\n" * 2],
    ids=["no marks", "no end", "no beginning", "two regions"],
)
def test_a_file_without_its_one_region_is_refused(text: str):
    with pytest.raises(NoRegion, match="not one region"):
        with_region(text, ["line"])
