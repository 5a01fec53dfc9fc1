"""The body of an answer, read piece by piece: it may have no end, or be a bomb that a
few bytes blow up to gigabytes."""

import zlib
from collections.abc import Iterable
from typing import Any

# An answer of a step has a few hundred bytes, its documentation some ten thousand.
LONGEST_BODY = 2_000_000


class TooLong(Exception):
    """There is more than `LONGEST_BODY`. It has the status, and how the body begins."""

    def __init__(self, status: int, begins: str) -> None:
        self.status = status
        self.begins = begins
        super().__init__(
            f"the answer is longer than {LONGEST_BODY:,} bytes: reading stopped there"
        )


class Undecodable(Exception):
    """The body is not compressed as its header says."""


class Body:
    """Takes the pieces of a body as they come over the wire, and unpacks them."""

    def __init__(self, status: int, encoding: str) -> None:
        self._status = status
        self._encoding = encoding.strip().lower()
        self._bytes = bytearray()
        # Either of the two formats, told from its first bytes.
        self._unpacker = zlib.decompressobj(zlib.MAX_WBITS | 32)

    def add(self, piece: bytes) -> None:
        """Raises `TooLong`, `Undecodable`."""
        if self._encoding in ("gzip", "x-gzip", "deflate", "raw deflate"):
            piece = self._unpacked(piece)
        self._bytes += piece
        if len(self._bytes) > LONGEST_BODY:
            begins = bytes(self._bytes[:300]).decode(errors="replace")
            # A failure is kept with all that its frames refer to.
            self._bytes.clear()
            del piece
            raise TooLong(self._status, begins)

    def whole(self) -> bytes:
        """All of it."""
        return bytes(self._bytes)

    def _unpacked(self, piece: bytes) -> bytes:
        # No more than this comes out of it, however much is in it.
        most = LONGEST_BODY - len(self._bytes) + 1
        try:
            return self._unpacker.decompress(piece, most)
        except zlib.error:
            if self._encoding == "deflate" and not self._bytes:
                # Some send it without the two bytes that say what it is.
                self._encoding = "raw deflate"
                self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
                return self._unpacked(piece)
            raise Undecodable(f"the body is no {self._encoding}") from None


def read(answer: Any, body: Body) -> Any:
    """The response of an HTTP client with this body in the place of a stream."""
    headers = answer.headers.raw
    return response(type(answer), answer.status_code, headers, body, answer.request)


def response(
    kind: Any, status: int, headers: Iterable[tuple[bytes, bytes]], body: Body, to: Any
) -> Any:
    """An answer `to` a request, as the response of an HTTP client. It's read as UTF-8,
    as JSON always is: some encodings that a header can name unpack things."""
    kept = [one for one in headers if one[0].lower() != b"content-encoding"]
    whole = kind(status, headers=kept, content=body.whole(), request=to)
    whole.encoding = "utf-8"
    return whole
