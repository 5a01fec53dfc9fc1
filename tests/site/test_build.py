"""The site as it is built: strictly, the same twice, and asking nobody for anything."""

import re
from pathlib import Path

import yaml

from tests.site.conftest import build
from workbook.ladder import ROOT, steps


def test_two_builds_of_one_commit_are_the_same_bytes(site: Path, tmp_path: Path):
    first, second = contents(site), contents(build(tmp_path))
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_the_navigation_is_that_of_the_manifest():
    # The file has a tag of MkDocs, for the environment, that plain YAML does not know.
    text = (ROOT / "mkdocs.yml").read_text("utf-8").replace("!ENV", "")
    (rungs,) = [
        entry["The ladder"]
        for entry in yaml.safe_load(text)["nav"]
        if "The ladder" in entry
    ]
    assert rungs == [
        {f"{step.number}. {step.title}": f"steps/{step.name}.md"} for step in steps()
    ]


def test_no_page_names_a_file_of_another_host(site: Path):
    loads = re.compile(r'(?:src|srcset)="(https?:)?//|<link[^>]+href="https?://')
    found = [
        page.name for page in site.rglob("*.html") if loads.search(page.read_text())
    ]
    assert found == []


def test_every_step_page_has_the_same_parts_in_the_same_order():
    parts = None
    for step in steps():
        headings = re.findall(r"^## (.+)$", step.page.read_text("utf-8"), re.MULTILINE)
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
