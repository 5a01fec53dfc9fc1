"""What outlives a save: answers of steps, kept under all that they came from.

This module imports nothing of ours, so `reload` can leave it loaded.
"""

from collections.abc import Callable, Hashable

_ANSWERS: dict[Hashable, str] = {}


def recall(key: Hashable, make: Callable[[], str]) -> str:
    """What `make` returned for this key before, or returns now."""
    if key not in _ANSWERS:
        _ANSWERS[key] = make()
    return _ANSWERS[key]
