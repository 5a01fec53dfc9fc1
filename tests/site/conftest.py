import os
import subprocess
import sys
from pathlib import Path

import pytest

from workbook.ladder import ROOT, steps
from workbook.site import cache, reload

# The page and the look that are tried in the gate. All others are long proofs, and each
# look has a worker and a build of its own.
PAGE_IN_THE_GATE, LOOK_IN_THE_GATE = f"steps/{steps()[0].name}/", "desk"
HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        needed = set(getattr(item, "fixturenames", ()))
        if HERE not in item.path.parents or not {"page", "site"} & needed:
            continue
        given = item.callspec.params if hasattr(item, "callspec") else {}
        look = given.get("look", LOOK_IN_THE_GATE)
        if "page" in needed and (
            (given.get("path"), look) != (PAGE_IN_THE_GATE, LOOK_IN_THE_GATE)
        ):
            item.add_marker(pytest.mark.long)
        is_long = item.get_closest_marker("long") is not None
        name = f"tests/site, {look}" if is_long else "tests/site"
        item.add_marker(pytest.mark.group(name))


@pytest.fixture(autouse=True)
def afresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every fence is made anew, and by the modules that the tests have imported, even
    when somebody saves one while they run."""
    monkeypatch.setattr(cache, "recall", lambda key, make: make())
    monkeypatch.setattr(reload, "happened", lambda: False)


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
