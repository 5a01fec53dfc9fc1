from collections.abc import Iterator
from pathlib import Path

import pytest

from workbook.attacks import Target, reach, serving
from workbook.ladder import find, steps

HERE = Path(__file__).parent

# These measure how long answers take, which a busy machine decides too.
TIMED = ("enumerate_by_timing", "stall_with_logins")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the gate each attack is run at the step that opens it, and at the last, and
    each classic at the step whose mistake opens it."""
    for item in items:
        given = item.callspec.params if hasattr(item, "callspec") else {}
        # Tests of other folders come by here too, and have targets of their own.
        if "target" not in given or HERE not in item.path.parents:
            continue
        if attack := given.get("attack"):
            sample = () if attack.name in TIMED else (attack.opens, steps()[-1].name)
        else:
            sample = (given["classic"].step,)
        if given["target"] not in sample:
            item.add_marker(pytest.mark.long)


@pytest.fixture(scope="session")
def step01_at_a_url() -> Iterator[Target]:
    """Step 1 as a stranger meets it: by its address, and without its source."""
    with serving(find("step01")) as served, reach(served.url) as target:
        yield target


@pytest.fixture(scope="session")
def step05_at_a_url() -> Iterator[Target]:
    with serving(find("step05")) as served, reach(served.url) as target:
        yield target
