"""What a step promises, by the modules of `tests/steps/contract/` that its suite takes.

A test that is about such a promise asks for it by name, and not for a step's number: a
new step is among them as soon as its suite takes the module.
"""

import re
from functools import cache

from workbook.ladder import Step, steps


@cache
def takes(step: Step, behaviours: str) -> bool:
    """Whether the step's suite takes this module: `takes(step, "safe_login")`."""
    line = rf"^from tests\.steps\.contract\.{behaviours} import \*$"
    return re.search(line, step.suite.read_text("utf-8"), re.MULTILINE) is not None


def steps_that_take(behaviours: str) -> list[Step]:
    """The steps whose suite takes this module, from the first one up."""
    found = [step for step in steps() if takes(step, behaviours)]
    assert found, f"no suite takes tests/steps/contract/{behaviours}.py"
    return found
