"""What a step reads from its environment, for whoever starts one without a person."""

import contextlib
import os
import secrets
from collections.abc import Iterator, Mapping

from workbook.ladder import Step

# One for this process: apps that run side by side in it share its environment.
KEY = secrets.token_hex(32)


def settings(step: Step, secret_key: str | None = None) -> dict[str, str]:
    """The variables that the step needs, empty for those that have all in their code.

    A key that is not given is a fresh one.
    """
    return {"SECRET_KEY": secret_key or KEY} if step.needs_key else {}


@contextlib.contextmanager
def environment(variables: Mapping[str, str | None]) -> Iterator[None]:
    """The environment of this process with these variables; `None` takes one away."""
    before = {name: os.environ.get(name) for name in variables}
    _put(variables)
    try:
        yield
    finally:
        _put(before)


def _put(variables: Mapping[str, str | None]) -> None:
    for name, value in variables.items():
        if value is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = value
