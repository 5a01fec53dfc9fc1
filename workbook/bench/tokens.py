"""What a token costs, without a server: made and read by the step's own functions."""

import asyncio
import inspect
import statistics
import time
from datetime import timedelta

from workbook.bench.own_copy import own_copy
from workbook.ladder import Step

BATCHES = 20
TOKENS_IN_A_BATCH = 50


class Tokens:
    """A step's way with tokens. Each function returns microseconds for one."""

    def __init__(self, step: Step) -> None:
        self._app = own_copy(step)
        # Some steps make a token from claims, and some for a user.
        wants = inspect.signature(self._app.create_access_token).parameters
        self._for = {"sub": "johndoe"} if "data" in wants else "johndoe"

    def made(self) -> float:
        """`create_access_token`, as a login calls it."""
        times = []
        for _ in range(BATCHES):
            began = time.perf_counter()
            for _ in range(TOKENS_IN_A_BATCH):
                self._make()
            times.append(time.perf_counter() - began)
        return _microseconds(times)

    def read(self) -> float:
        """`get_current_user`: from the token to the user whose it is."""
        return asyncio.run(self._read(self._make()))

    def _make(self) -> str:
        half_an_hour = timedelta(minutes=30)
        token = self._app.create_access_token(self._for, expires_delta=half_an_hour)
        return str(token)

    async def _read(self, token: str) -> float:
        times = []
        for _ in range(BATCHES):
            began = time.perf_counter()
            for _ in range(TOKENS_IN_A_BATCH):
                found = self._app.get_current_user(token)
                if inspect.isawaitable(found):
                    await found
            times.append(time.perf_counter() - began)
        return _microseconds(times)


def _microseconds(times: list[float]) -> float:
    return statistics.median(times) / TOKENS_IN_A_BATCH * 1e6
