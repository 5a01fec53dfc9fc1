"""What is asked of a server, and how long it takes. Bounded in time and in number.

All of it comes from one thread of one process, which mostly waits: on a machine of two
cores it leaves the server as much of them as it can.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass

from workbook import timeouts
from workbook.bench.client import Connection, Server, Unexpected, log_in

# Users who look at their record arrive at this rate, whatever became of those before.
# Who asks again only when answered would meet a stall once, and everyone in it waits.
ARRIVALS_PER_SECOND = 50
# A client that logs in stops here, however fast the server is.
LOGINS_AT_MOST = 10_000
# So many requests are under way when the server is to be busy all the time.
AT_ONCE = 8
# What a wrong login gets: from step 9 on it's 400.
REFUSED = (400, 401)


@dataclass(frozen=True)
class Crowd:
    """`waits` in milliseconds; `logins` a second, 0 where nobody logs in."""

    waits: list[float]
    logins: float


async def crowd(
    server: Server, asked: bytes, login: bytes, *, clients: int, seconds: float
) -> Crowd:
    """How long users wait for their record while clients log in without pause."""
    waits: list[float] = []
    free: list[Connection] = []
    logins = 0
    began = time.perf_counter()
    end = began + seconds

    async def look_at_record() -> None:
        # From when it is sent: when it was due, asyncio's clock says only to the
        # millisecond.
        sent = time.perf_counter()
        connection = free.pop() if free else await connect()
        await connection.ask(asked)
        waits.append((time.perf_counter() - sent) * 1000)
        free.append(connection)

    async def log_in_without_pause() -> None:
        nonlocal logins
        connection = await connect()
        for _ in range(LOGINS_AT_MOST):
            await connection.ask(login)
            logins += 1
            if time.perf_counter() > end:
                return

    async with server.connections() as connect:
        async with _together() as group:
            for _ in range(clients):
                group.create_task(log_in_without_pause())
            for number in range(max(1, int(seconds * ARRIVALS_PER_SECOND))):
                due = began + number / ARRIVALS_PER_SECOND
                await asyncio.sleep(due - time.perf_counter())
                group.create_task(look_at_record())
        # To the last answer, so that none is counted without its time.
        elapsed = time.perf_counter() - began
    return Crowd(waits, logins / elapsed)


async def requests_per_second(server: Server, asked: bytes, *, seconds: float) -> float:
    """How many requests a server answers that is never without one."""
    answered = 0

    async def ask_without_pause(connection: Connection) -> None:
        nonlocal answered
        while True:
            await connection.ask(asked)
            answered += 1
            if time.perf_counter() > end:
                return

    async with server.connections() as connect:
        connections = [await connect() for _ in range(AT_ONCE)]
        began = time.perf_counter()
        end = began + seconds
        async with _together() as group:
            for connection in connections:
                group.create_task(ask_without_pause(connection))
        elapsed = time.perf_counter() - began
    return answered / elapsed


async def refusals(server: Server, *, pairs: int) -> tuple[list[float], list[float]]:
    """How long it takes to refuse johndoe, and names that nobody has, in ms."""
    known: list[float] = []
    unknown: list[float] = []
    async with server.connections() as connect, _together():
        connection = await connect()
        for number in range(pairs):
            pair = [("johndoe", known), (f"nobody-{number}", unknown)]
            # At random, so that no rhythm of the machine falls on one of them alone.
            for username, times in random.sample(pair, 2):
                sent = time.perf_counter()
                await connection.ask(log_in(username, f"wrong-{number}"), REFUSED)
                times.append((time.perf_counter() - sent) * 1000)
    return known, unknown


@contextlib.asynccontextmanager
async def _together() -> AsyncIterator[asyncio.TaskGroup]:
    """Tasks that all end with the first fault, which is the one that is raised."""
    try:
        async with asyncio.timeout(timeouts.LOAD), asyncio.TaskGroup() as group:
            yield group
    except TimeoutError:
        raise Unexpected(f"No answer within {timeouts.LOAD:g} seconds.") from None
    except ExceptionGroup as several:
        raise several.exceptions[0] from None
