"""A step's main module, with settings of our own."""

import importlib
import sys
from typing import Any

from workbook.ladder import Step
from workbook.settings import environment, settings


def own_copy(step: Step, database_url: str | None = None) -> Any:
    """The module with a key of ours, and a database. Whoever else in this process has
    imported the step keeps what they have."""
    package = f"steps.{step.name}"
    others = _forget(package)
    variables = settings(step)
    if database_url is not None:
        variables["DATABASE_URL"] = database_url
    try:
        with environment(variables):
            return importlib.import_module(f"{package}.main")
    finally:
        _forget(package)
        sys.modules.update(others)


def _forget(package: str) -> dict[str, Any]:
    names = [name for name in sys.modules if f"{name}.".startswith(f"{package}.")]
    return {name: sys.modules.pop(name) for name in names}
