"""HTTP/1.1 to an app on this machine, without all that a client for the web has: a
suite sends thousands of requests, one after the other. uvicorn brings h11, and reads
and writes HTTP with it, too."""

import contextlib
import select
import socket
from collections.abc import Iterator
from typing import Any

import h11

# As httpx takes it, in bytes.
LONGEST_HEAD = 100 * 1024
CHUNK = 64 * 1024


class Connections:
    """Connections to a port. One is kept for the next request. In several threads at
    once, each request has its own."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._kept: list[_Connection] = []

    @contextlib.contextmanager
    def one(self) -> Iterator["_Connection"]:
        """A connection for one request and its answer. Raises `OSError`."""
        connection = self._kept.pop() if self._kept else None
        if connection is not None and connection.is_over():
            connection.close()
            connection = None
        connection = connection or _Connection(self._port)
        try:
            yield connection
        finally:
            if not self._kept and connection.is_ready_for_another():
                self._kept.append(connection)
            else:
                connection.close()

    def close(self) -> None:
        """Ends the one that is kept."""
        while self._kept:
            self._kept.pop().close()


class _Connection:
    """One connection. What it does raises `OSError`, or `h11.ProtocolError` where what
    comes is not HTTP."""

    def __init__(self, port: int) -> None:
        self._socket = socket.create_connection(("127.0.0.1", port))
        self._http = h11.Connection(h11.CLIENT, LONGEST_HEAD)

    def send(self, request: Any) -> None:
        """Sends a request of httpx2."""
        head = h11.Request(
            method=request.method,
            target=request.url.raw_path,
            headers=request.headers.raw,
        )
        parts = [head, h11.Data(data=request.read()), h11.EndOfMessage()]
        sent = b"".join(self._http.send(part) or b"" for part in parts)
        # A server may refuse what it hasn't read to the end, and say why.
        with contextlib.suppress(OSError):
            self._socket.sendall(sent)

    def head(self) -> h11.Response:
        """Waits for the status and the headers."""
        while not isinstance(event := self._event(), h11.Response):
            if not isinstance(event, h11.InformationalResponse):
                raise h11.RemoteProtocolError("there is no status")
        return event

    def body(self) -> Iterator[bytes]:
        """What follows the headers, in pieces as it comes."""
        while isinstance(event := self._event(), h11.Data):
            yield bytes(event.data)

    def is_over(self) -> bool:
        """Whether the app has closed it meanwhile."""
        return bool(select.select([self._socket], [], [], 0)[0])

    def is_ready_for_another(self) -> bool:
        """Whether the answer was read to its end, and the app goes on listening."""
        if {self._http.our_state, self._http.their_state} != {h11.DONE}:
            return False
        self._http.start_next_cycle()
        return True

    def close(self) -> None:
        self._socket.close()

    def _event(self) -> Any:
        while (event := self._http.next_event()) is h11.NEED_DATA:
            data = self._socket.recv(CHUNK)
            if not data and self._http.their_state is h11.SEND_RESPONSE:
                raise ConnectionError("closed without an answer")
            self._http.receive_data(data)
        return event
