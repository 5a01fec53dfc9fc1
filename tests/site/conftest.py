import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbook.ladder import ROOT
from workbook.site import memory, saves


@pytest.fixture(autouse=True)
def afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fence is made anew, and by the modules that the tests have imported, even
    when somebody saves one while they run."""
    monkeypatch.setattr(memory, "recall", lambda key, make: make())
    monkeypatch.setattr(saves, "happened", lambda: False)


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built strictly."""
    return build(tmp_path_factory.mktemp("site"))


def build(folder: Path) -> Path:
    """Builds the site as `make site` does; fails with what MkDocs says."""
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "mkdocs",
            "build",
            "--strict",
            "--site-dir",
            str(folder),
        ],
        cwd=ROOT,
        env=os.environ
        | {"NO_MKDOCS_2_WARNING": "1", "SOURCE_DATE_EPOCH": "1768478400"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return folder
