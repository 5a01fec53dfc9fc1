from collections.abc import Iterator

import pytest

from workbook.attacks import Attempt, Target, matrix, reach, serving
from workbook.ladder import find, steps


@pytest.fixture(scope="session")
def attempts() -> dict[str, dict[str, Attempt]]:
    """Every attack run at every step, once."""
    return matrix(steps())


@pytest.fixture(scope="session")
def step01_at_a_url() -> Iterator[Target]:
    """Step 1 as a stranger meets it: by its address, and without its source."""
    with serving(find("step01")) as served, reach(served.url) as target:
        yield target


@pytest.fixture(scope="session")
def step05_at_a_url() -> Iterator[Target]:
    with serving(find("step05")) as served, reach(served.url) as target:
        yield target
