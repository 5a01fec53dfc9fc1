"""The forger's web server: key sets on the loopback, and a list of what was fetched."""

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class KeyServer:
    """Serves key sets by name. `asked` has the names that were fetched."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._sets: dict[str, bytes] = {}
        self.asked: list[str] = []

    def url_of(self, name: str, key: dict[str, str]) -> str:
        """The URL of a set that has this key in it."""
        self._sets[f"/{name}"] = json.dumps({"keys": [key]}).encode()
        return f"{self._url}/{name}"

    def fetch(self, path: str) -> bytes | None:
        """The set at this path, `None` when there is none. The request is noted."""
        self.asked.append(path.removeprefix("/"))
        return self._sets.get(path)


@contextlib.contextmanager
def serving_keys() -> Iterator[KeyServer]:
    """A key server on a free loopback port, for as long as the block lasts."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = keys.fetch(self.path)
            self.send_response(404 if body is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body or b"")))
            self.end_headers()
            self.wfile.write(body or b"")

        def log_message(self, *_: Any) -> None:
            """Nothing: the attack says what was fetched."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    keys = KeyServer(f"http://127.0.0.1:{server.server_address[1]}")
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield keys
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
