"""What the README says is so."""

import re
import shutil
from pathlib import Path

from workbook.checking import run
from workbook.ladder import ROOT, find

README = (ROOT / "README.md").read_text("utf-8")


def test_every_link_into_the_repository_leads_somewhere():
    links = [
        link for link in re.findall(r"\]\(([^)#]+)\)", README) if "://" not in link
    ]
    assert links
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_the_failure_that_it_shows_is_the_one_that_comes(tmp_path: Path):
    first, second = find("1"), find("2")
    (tmp_path / second.name).mkdir()
    shutil.copy(first.main, tmp_path / second.name)
    failed = run(second, answers=tmp_path).failed
    assert f"```text\n{failed[0].failure}\n```" in README
