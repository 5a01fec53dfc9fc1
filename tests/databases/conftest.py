import os
from collections.abc import Iterator

import pytest

from tests.databases.postgresql import Server, find_binaries, running


@pytest.fixture(scope="session")
def postgresql() -> Iterator[Server]:
    """A PostgreSQL server for all tests of this process. Where none is installed, they
    are skipped, and in CI they fail."""
    binaries = find_binaries()
    if binaries is None:
        reason = "PostgreSQL isn't installed: apt-get install postgresql"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with running(binaries) as server:
        yield server
