"""While the site is served, a save reaches every page, and asks no step that it did not
touch. Each save is made in a copy of the sources, read by a process of its own, as
`mkdocs serve` would."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from workbook.ladder import ROOT
from workbook.site import reload

pytestmark = pytest.mark.apart

# Renders each page that it is given, as MkDocs does; says which fences asked a step.
RENDER = """
import json, sys
import markdown
from workbook.site import cache

for line in sys.stdin:
    known = set(cache._ANSWERS)
    extensions = ["pymdownx.superfences", "pymdownx.details", "workbook.site", "tables"]
    page = markdown.markdown(json.loads(line), extensions=extensions)
    asked = [key[-1] for key in cache._ANSWERS if key not in known]
    print(json.dumps([page, asked]), flush=True)
"""
LOGIN = "```exchange {}\nPOST /token\n\nusername=johndoe&password=no\n```\n\n"
AT_1, AT_3 = LOGIN.format("1 400"), LOGIN.format("3 401")


class Copy:
    """A copy of the sources, and a process that renders pages from it."""

    def __init__(self, folder: Path, process: subprocess.Popen[str]) -> None:
        self.folder = folder
        self.process = process

    def render(self, text: str) -> tuple[str, list[str]]:
        """The page that the text becomes; the fences that asked a step for it."""
        assert self.process.stdin
        assert self.process.stdout
        print(json.dumps(text), file=self.process.stdin, flush=True)
        page, asked = json.loads(self.process.stdout.readline())
        return page, [" ".join([name, *words]) for name, words, _ in asked]

    def save(self, file: str, old: str, new: str) -> None:
        path = self.folder / file
        text = path.read_text("utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), "utf-8")


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    for name in ("docs/steps", "steps", "tests/steps", "workbook"):
        shutil.copytree(
            ROOT / name,
            tmp_path / name,
            ignore=shutil.ignore_patterns("__pycache__"),
        )
    shutil.copy(ROOT / "tests/__init__.py", tmp_path / "tests")
    with subprocess.Popen(
        [sys.executable, "-c", RENDER],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        encoding="utf-8",
    ) as process:
        yield Copy(tmp_path, process)
        # Popen closes its input, and so it ends.


# By what is saved: a file, what is replaced in it, and the page that shows it.
SAVES = {
    "step": ("steps/step03_bcrypt/main.py", "Incorrect username", "Marked", AT_3),
    "module": (
        "steps/step06_settings/settings.py",
        "class ",
        "class Marked",
        "```listing 6\n```",
    ),
    "manifest": (
        "steps/ladder.toml",
        'question = "',
        'question = "Marked ',
        "```ladder\n```",
    ),
    "mistake": (
        "workbook/mistakes/step03_bcrypt.toml",
        'diagnosis = "',
        'diagnosis = "Marked ',
        "```mistakes 3\n```",
    ),
    "attack": (
        "workbook/attacks/type_a_token.py",
        'title="',
        'title="Marked ',
        "```attacks\n```",
    ),
    "suite": (
        "tests/steps/contract/bearer.py",
        "def test_the_scheme_is",
        "def test_marked_is",
        "```standards\n```",
    ),
    "fence": ("workbook/site/tables.py", "What it adds", "Marked", "```ladder\n```"),
}


@pytest.mark.parametrize(
    ("file", "old", "new", "page"),
    [
        pytest.param(*save, id=what, marks=[] if what == "step" else pytest.mark.long)
        for what, save in SAVES.items()
    ],
)
def test_a_save_is_on_the_page_that_is_built_next(
    file: str, old: str, new: str, page: str, copy: Copy
):
    before, _ = copy.render(page)
    copy.save(file, old, new)
    after, _ = copy.render(page)
    assert "marked" not in before.lower()
    assert "marked" in after.lower()


@pytest.mark.long
def test_saves_within_one_second_are_told_apart(copy: Copy):
    copy.render(AT_3)
    for old, new in [("Incorrect", "Marked 1"), ("Marked 1", "Marked 2")]:
        copy.save("steps/step03_bcrypt/main.py", old, new)
        page, _ = copy.render(AT_3)
        assert new in page


def test_a_save_of_a_step_asks_that_step_alone(copy: Copy):
    _, first = copy.render(AT_1 + AT_3)
    _, again = copy.render(AT_1 + AT_3)
    copy.save("steps/step03_bcrypt/main.py", "Incorrect", "Marked")
    _, saved = copy.render(AT_1 + AT_3)
    assert (first, again) == (["exchange 1 400", "exchange 3 401"], [])
    assert saved == ["exchange 3 401"]


@pytest.mark.long
def test_a_save_of_a_page_asks_only_for_what_is_new(copy: Copy):
    copy.render(AT_1)
    _, asked = copy.render("New words.\n\n" + AT_1 + AT_3)
    assert asked == ["exchange 3 401"]


@pytest.mark.long
def test_a_save_of_our_own_code_asks_every_step(copy: Copy):
    copy.render(AT_1 + AT_3)
    copy.save("workbook/site/exchanges.py", '"Ask"', '"Marked"')
    page, asked = copy.render(AT_1 + AT_3)
    assert page.count("Marked") == 2
    assert asked == ["exchange 1 400", "exchange 3 401"]


def test_what_mkdocs_watches_is_what_is_forgotten():
    # The file has a tag of MkDocs, for the environment, that plain YAML does not know.
    text = (ROOT / "mkdocs.yml").read_text("utf-8").replace("!ENV", "")
    assert yaml.safe_load(text)["watch"] == list(reload.WATCHED)
