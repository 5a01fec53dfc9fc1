"""The site as it is built: strictly, the same twice, and asking nobody for anything."""

import ast
import json
import re
from itertools import pairwise
from pathlib import Path

import pytest
import yaml

from tests.site.conftest import build
from workbook.ladder import ROOT, steps


@pytest.mark.long
def test_two_builds_of_one_commit_are_the_same_bytes(site: Path, tmp_path: Path):
    first, second = contents(site), contents(build(tmp_path))
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_the_navigation_is_that_of_the_manifest():
    # The file has a tag of MkDocs, for the environment, that plain YAML does not know.
    text = (ROOT / "mkdocs.yml").read_text("utf-8").replace("!ENV", "")
    (learn,) = [e["Learn"] for e in yaml.safe_load(text)["nav"] if "Learn" in e]
    pages = [page for entry in learn for page in entry.items()]
    assert [page for page in pages if page[1].startswith("steps/")] == [
        (f"{step.number}. {step.title}", f"steps/{step.name}.md") for step in steps()
    ]


def test_no_page_names_a_file_of_another_host(site: Path):
    loads = re.compile(r'(?:src|srcset)="(https?:)?//|<link[^>]+href="https?://')
    found = [
        page.name for page in site.rglob("*.html") if loads.search(page.read_text())
    ]
    assert found == []


def test_each_page_has_one_title(site: Path):
    """A line of text that begins with a number such as #123 would be another one."""
    titles = {
        page.relative_to(site).as_posix(): page.read_text("utf-8").count("<h1")
        for page in site.rglob("index.html")
    }
    assert {page: count for page, count in titles.items() if count != 1} == {}


def test_the_search_does_not_look_into_docstrings_and_whole_changes(site: Path):
    index = json.loads((site / "search" / "search_index.json").read_text("utf-8"))
    for step, lower in pairwise(steps()[::-1]):
        sections = [
            section["text"]
            for section in index["docs"]
            if section["location"].startswith(f"steps/{step.name}/")
        ]
        assert sections
        # Only a diff has the docstring of the step before.
        docstring = ast.get_docstring(ast.parse(lower.main.read_text("utf-8"))) or ""
        line = docstring.splitlines()[0]
        assert not any(line in text for text in sections), step.name
        assert not any("diff -u" in text for text in sections), step.name


def test_every_step_page_has_the_same_parts_in_the_same_order():
    parts = None
    for step in steps():
        text = step.page.read_text("utf-8")
        headings = re.findall(r"^## (?!Appendix: )(.+)$", text, re.MULTILINE)
        parts = parts or headings
        assert headings == parts, step.name


def test_every_step_page_begins_with_its_title_and_its_step():
    for step in steps():
        lines = step.page.read_text("utf-8").splitlines()
        assert lines[0] == f"# {step.number}. {step.title}"
        assert f"```step {step.name}" in lines[:4]


def contents(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
