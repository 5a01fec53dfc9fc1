"""The load goes to loopback, tells the truth, and ends by itself."""

import asyncio
import contextlib
from collections.abc import AsyncIterator

import pytest

from workbook import timeouts
from workbook.attacks import NoTarget, NotLoopback
from workbook.bench.client import Server, Unexpected, log_in, show
from workbook.bench.load import crowd, refusals, requests_per_second

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
REFUSED = b"HTTP/1.1 401 Unauthorized\r\ncontent-length: 2\r\n\r\n{}"


@contextlib.asynccontextmanager
async def answering(
    *parts: bytes, asked: list[bytes] | None = None
) -> AsyncIterator[Server]:
    """A server that answers each request with these parts, one after the other."""

    served: set[asyncio.Task[None]] = set()

    async def answer(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        served.add(asyncio.current_task())
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while head := await reader.readuntil(b"\r\n\r\n"):
                if asked is not None:
                    asked.append(head)
                if b"content-length: " in head:
                    length = head.partition(b"content-length: ")[2].partition(b"\r")[0]
                    await reader.readexactly(int(length))
                for part in parts:
                    writer.write(part)
                    await asyncio.sleep(0)
                if not parts:
                    break
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    async with server:
        port = server.sockets[0].getsockname()[1]
        # In a thread: the address is tried, and the server is in this one.
        yield await asyncio.to_thread(Server, f"http://127.0.0.1:{port}")
        await asyncio.gather(*served)


@pytest.mark.parametrize(
    "url", ["http://192.0.2.1:8000", "http://example.com", "http://0.0.0.0:8000"]
)
def test_load_goes_to_loopback_and_nowhere_else(
    monkeypatch: pytest.MonkeyPatch, url: str
):
    def refuse(*address: object, **settings: object) -> None:
        raise AssertionError(f"it connected to {address}")

    monkeypatch.setattr("socket.create_connection", refuse)
    with pytest.raises(NotLoopback):
        Server(url)


def test_where_nobody_listens_is_no_server():
    with pytest.raises(NoTarget):
        Server("http://127.0.0.1:1")


def test_an_answer_is_read_however_it_is_cut():
    async def asks() -> bytes:
        parts = [OK[:3], OK[3:30], OK[30:-1], OK[-1:]]
        async with answering(*parts) as server, server.connections() as connect:
            connection = await connect()
            await connection.ask(show("/users/me", "token"))
            return (await connection.ask(show("/users/me", "token"))).body

    assert asyncio.run(asks()) == b"{}"


@pytest.mark.parametrize(
    ("parts", "told"),
    [([REFUSED], "It answers 401, not 200"), ([], "The server hung up")],
)
def test_another_answer_than_the_wanted_one_ends_the_run(parts: list[bytes], told: str):
    async def asks() -> None:
        async with answering(*parts) as server:
            await requests_per_second(server, show("/", "token"), seconds=0.1)

    with pytest.raises(Unexpected, match=told):
        asyncio.run(asks())


def test_users_come_at_their_rate_whatever_became_of_those_before():
    asked: list[bytes] = []

    async def asks() -> list[float]:
        async with answering(OK, asked=asked) as server:
            request, login = show("/users/me", "token"), log_in("johndoe", "secret")
            came = await crowd(server, request, login, clients=0, seconds=0.2)
            return came.waits

    assert len(asyncio.run(asks())) == 10
    assert len(asked) == 10


def test_clients_log_in_until_the_time_is_over():
    asked: list[bytes] = []

    async def asks() -> float:
        async with answering(OK, asked=asked) as server:
            request, login = show("/users/me", "token"), log_in("johndoe", "secret")
            came = await crowd(server, request, login, clients=2, seconds=0.1)
            return came.logins

    assert asyncio.run(asks()) > 0
    assert sum(head.startswith(b"POST /token") for head in asked) >= 2
    assert sum(head.startswith(b"GET /users/me") for head in asked) == 5


def test_logins_are_bounded_in_number(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("workbook.bench.load.LOGINS_AT_MOST", 3)
    # One user in so long a time: it is over when the logins are.
    monkeypatch.setattr("workbook.bench.load.ARRIVALS_PER_SECOND", 1e-9)
    asked: list[bytes] = []

    async def asks() -> None:
        async with answering(OK, asked=asked) as server:
            request, login = show("/users/me", "token"), log_in("johndoe", "secret")
            await crowd(server, request, login, clients=2, seconds=3600)

    asyncio.run(asks())
    assert sum(head.startswith(b"POST /token") for head in asked) == 6


def test_a_server_that_never_answers_ends_the_run(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(timeouts, "LOAD", 0.1)

    async def asks() -> None:
        async with answering(b"HTTP/1.1 200 OK\r\n") as server:
            await requests_per_second(server, show("/", "token"), seconds=0.01)

    with pytest.raises(Unexpected, match="No answer within"):
        asyncio.run(asks())


def test_requests_a_second_are_counted():
    asked: list[bytes] = []

    async def asks() -> float:
        async with answering(OK, asked=asked) as server:
            return await requests_per_second(server, show("/", "token"), seconds=0.1)

    assert 0 < asyncio.run(asks()) <= len(asked) / 0.1


def test_known_and_unknown_users_are_refused_in_pairs():
    async def asks() -> tuple[list[float], list[float]]:
        async with answering(REFUSED) as server:
            return await refusals(server, pairs=3)

    known, unknown = asyncio.run(asks())
    assert len(known) == len(unknown) == 3
