"""A notebook is rehearsed once, by the worker that has its tests."""

import functools
import importlib
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.notebooks.tidy import NOTEBOOKS

if TYPE_CHECKING:
    from tests.notebooks.rehearsal import Rehearsal

# The one whose rehearsal is not a long proof: it hashes nothing, and starts a server.
IN_THE_GATE = "step01_fake_hash"


HERE = Path(__file__).parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """What is not long stays in one worker: the others need not import what it does."""
    for item in items:
        if HERE not in item.path.parents:
            continue
        group = "tests/notebooks"
        if "rehearsal" in getattr(item, "fixturenames", ()):
            notebook = item.callspec.params["notebook"]  # type: ignore[attr-defined]
            if notebook != IN_THE_GATE:
                item.add_marker(pytest.mark.long)
                group = f"tests/notebooks {notebook}"
        item.add_marker(pytest.mark.group(group))


@pytest.fixture(scope="session")
def rehearsal_of(
    tmp_path_factory: pytest.TempPathFactory,
) -> "Callable[[str], Rehearsal]":
    """Rehearses a notebook when it is asked for first."""
    # Here, because it takes seconds to import what runs notebooks.
    from tests.notebooks.rehearsal import rehearse

    # A machine that has not drawn yet lists its fonts first, and says so in a cell.
    importlib.import_module("matplotlib.font_manager")
    # Nobody's own start-up files and history, and pictures in the notebook.
    environment = os.environ | {"IPYTHONDIR": str(tmp_path_factory.mktemp("ipython"))}
    environment.pop("MPLBACKEND", None)
    paths = {path.stem: path for path in NOTEBOOKS}
    return functools.cache(lambda notebook: rehearse(paths[notebook], environment))


@pytest.fixture
def rehearsal(rehearsal_of: "Callable[[str], Rehearsal]", notebook: str) -> "Rehearsal":
    """The rehearsal of the notebook that the test names."""
    return rehearsal_of(notebook)
