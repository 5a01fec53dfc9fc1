"""Notebooks rehearsed once, two at a time; a test waits for its own."""

import importlib
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest

from tests.notebooks.rehearsal import Rehearsal, rehearse
from tests.notebooks.tidy import NOTEBOOKS

# They hash and wait, so they begin first.
SLOW = {"step03_bcrypt", "step05_expiry"}


@pytest.fixture(scope="session")
def rehearsals(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, Future[Rehearsal]]]:
    """The rehearsals by the notebook's name: those that tests of this run ask for."""
    asked_for = {
        item.callspec.params.get("notebook")
        for item in request.session.items
        if hasattr(item, "callspec")
    }
    # A machine that has not drawn yet lists its fonts first, and says so in a cell.
    importlib.import_module("matplotlib.font_manager")
    # Nobody's own start-up files and history, and pictures in the notebook.
    environment = os.environ | {"IPYTHONDIR": str(tmp_path_factory.mktemp("ipython"))}
    environment.pop("MPLBACKEND", None)
    with ThreadPoolExecutor(2) as pool:
        yield {
            path.stem: pool.submit(rehearse, path, environment)
            for path in sorted(NOTEBOOKS, key=lambda path: path.stem not in SLOW)
            if path.stem in asked_for
        }
        pool.shutdown(cancel_futures=True)


@pytest.fixture
def rehearsal(rehearsals: dict[str, Future[Rehearsal]], notebook: str) -> Rehearsal:
    """The rehearsal of the notebook that the test names."""
    return rehearsals[notebook].result()
