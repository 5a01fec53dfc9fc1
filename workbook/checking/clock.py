"""A process's clock and zone, moved for a test."""

import contextlib
import os
import time
from collections.abc import Iterator

import time_machine

HAS_ZONES = hasattr(time, "tzset")


class Clock:
    """The clock of this process, and so of an app that runs in it."""

    @contextlib.contextmanager
    def at(self, moment: float) -> Iterator[None]:
        """It is `moment`, in seconds since 1970, and time goes on from there."""
        with time_machine.travel(moment, tick=True):
            yield

    @contextlib.contextmanager
    def in_zone(self, zone: str) -> Iterator[None]:
        """Local time is that of `zone`, in POSIX spelling: EAST-9 is UTC+9."""
        before = os.environ.get("TZ")
        set_zone(zone)
        try:
            yield
        finally:
            set_zone(before)


def set_zone(zone: str | None) -> None:
    """Local time is that of `zone` from now on; `None` is the machine's own."""
    if zone is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = zone
    if HAS_ZONES:
        time.tzset()
