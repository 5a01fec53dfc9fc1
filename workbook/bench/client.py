"""Who asks: HTTP/1.1 over an asyncio transport, and nothing more.

httpx spends about a millisecond of Python on a request, three times what the server
does: its own time would be most of what it measures. This spends a twentieth of that.
It knows what uvicorn answers, one answer at a time and with its length, and no other.
"""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass
from urllib.parse import urlencode

from workbook.attacks import pin

HEAD_ENDS = b"\r\n\r\n"
LENGTH = b"\r\ncontent-length:"


class Unexpected(Exception):
    """The server answered otherwise than it should; the message says how."""


@dataclass(frozen=True)
class Answer:
    status: int
    body: bytes


class Server:
    """Where to connect to. Raises `NotLoopback` for every address but this machine's
    loopback, and `NoTarget` when nobody listens."""

    def __init__(self, url: str) -> None:
        pinned = pin(url)
        self.host, self.port = pinned.host, pinned.port or 80

    @contextlib.asynccontextmanager
    async def connections(self) -> AsyncIterator["Connect"]:
        """What makes connections. They are kept, and closed with the block."""
        loop = asyncio.get_running_loop()
        opened: list[Connection] = []

        async def connect() -> Connection:
            _, made = await loop.create_connection(Connection, self.host, self.port)
            opened.append(made)
            return made

        try:
            yield connect
        finally:
            for connection in opened:
                connection.close()
            await asyncio.gather(*(connection.closed for connection in opened))


class Connection(asyncio.Protocol):
    """Asks one thing after the other. `closed` is done when it has ended."""

    closed: asyncio.Future[None]

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        # Nagle's delay would be 40 ms of a request that is sent in two parts.
        made_by: socket.socket = transport.get_extra_info("socket")
        made_by.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._transport = transport
        self._came = b""
        self._answer: asyncio.Future[Answer] | None = None
        self.closed = asyncio.get_running_loop().create_future()

    async def ask(self, request: bytes, statuses: Collection[int] = (200,)) -> Answer:
        """The answer. Raises `Unexpected` when it has another status, or none comes."""
        if self._transport.is_closing():
            raise Unexpected("The server has closed the connection.")
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        answer = await self._answer
        if answer.status not in statuses:
            told = answer.body[:200].decode(errors="replace")
            expected = " or ".join(map(str, statuses))
            raise Unexpected(f"It answers {answer.status}, not {expected}: {told}")
        return answer

    def close(self) -> None:
        """Ends it, whatever is still under way."""
        self._transport.abort()

    def data_received(self, data: bytes) -> None:
        self._came += data
        head, ended, body = self._came.partition(HEAD_ENDS)
        if not ended:
            return
        length = head.lower().partition(LENGTH)[2].partition(b"\r\n")[0]
        if len(body) < int(length):
            return
        self._came = b""
        if self._answer is not None and not self._answer.done():
            self._answer.set_result(Answer(int(head[9:12]), body))

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(Unexpected("The server hung up."))
        self.closed.set_result(None)


Connect = Callable[[], Awaitable[Connection]]


def show(path: str, token: str) -> bytes:
    """A GET with a bearer token."""
    return _request("GET", path, f"authorization: Bearer {token}\r\n")


def log_in(username: str, password: str) -> bytes:
    """The POST of a login form."""
    grant = {"grant_type": "password"}
    form = urlencode(grant | {"username": username, "password": password})
    kind = "content-type: application/x-www-form-urlencoded\r\n"
    return _request("POST", "/token", f"{kind}content-length: {len(form)}\r\n", form)


def _request(method: str, path: str, headers: str, body: str = "") -> bytes:
    first = f"{method} {path} HTTP/1.1\r\nhost: localhost\r\n"
    return f"{first}{headers}\r\n{body}".encode()
