"""The implementation under test, spoken to by HTTP and by nothing else."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from workbook.checking import patience
from workbook.checking.apps import NoApp, show
from workbook.checking.clock import Clock
from workbook.checking.exchange import Answer, Unmet, curl

# Where `make run` serves: a curl line from a failure can be pasted while it runs.
LOCAL = "http://127.0.0.1:8000"


class Gone(Exception):
    """The server will not answer again; the message says what became of it."""


class Server:
    """Sends requests and wraps what comes back.

    `secret_key` is the key that signs the server's tokens, when it is known. `clock`
    moves its clock and its zone; it is `None` when they are out of reach, as they are
    at a URL. `crash` tells the traceback of the app's last crash, `shown_at` is the
    address that a reader is shown where it is not the real one.
    """

    def __init__(
        self,
        client: Any,
        *,
        secret_key: str | None = None,
        clock: Clock | None = None,
        crash: Callable[[], str] = str,
        shown_at: str = "",
    ) -> None:
        self._client = client
        self._crash = crash
        self._shown_at = shown_at
        self._gone = ""
        self.address = str(client.base_url).rstrip("/")
        self.secret_key = secret_key
        self.clock = clock

    def get(self, path: str, *, token: str | None = None, **request: Any) -> Answer:
        """GET, with `Authorization: Bearer <token>` when a token is given."""
        return self.send("GET", path, token=token, **request)

    def post(self, path: str, *, token: str | None = None, **request: Any) -> Answer:
        """POST; `data=` sends a form, `json=` a JSON body."""
        return self.send("POST", path, token=token, **request)

    def login(self, username: str, password: str, **fields: str) -> Answer:
        """The token request of RFC 6749, section 4.3.2, with further form fields."""
        form = {"grant_type": "password", "username": username, "password": password}
        return self.post("/token", data=form | fields)

    def send(
        self, method: str, path: str, *, token: str | None = None, **request: Any
    ) -> Answer:
        """One request, never redirected; raises `Unmet` when no answer comes."""
        if token is not None:
            request.setdefault("headers", {})["Authorization"] = f"Bearer {token}"
        message = self._client.build_request(method, path, **request)
        asked = curl(
            method,
            self._shown_at + path if self._shown_at else str(message.url),
            [
                (k.decode("latin-1"), v.decode("latin-1"))
                for k, v in message.headers.raw
            ],
            message.read(),
        )
        if self._gone:
            raise Unmet(asked, "no answer", "an answer", [self._gone])
        try:
            response = self._client.send(message, follow_redirects=False)
        except Gone as problem:
            self._gone = str(problem)
            raise Unmet(asked, "no answer", "an answer", [self._gone]) from None
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise Unmet(asked, "no answer", "an answer", [reason]) from None
        finally:
            # Each request stands alone: a cookie that was set is not sent back.
            self._client.cookies.clear()
        raised = self._crash() if response.status_code >= 500 else ""
        return Answer(
            asked, response.status_code, response.headers, response.text, raised
        )


@contextlib.contextmanager
def reach(url: str, *, secret_key: str | None) -> Iterator[Server]:
    """A running server at a URL. Raises `NoApp` when nobody answers there."""
    # Here, because it brings a third of a second of imports with it.
    import httpx

    with httpx.Client(
        base_url=url, timeout=patience.REQUEST, trust_env=False
    ) as client:
        try:
            client.get("/")
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise NoApp(
                f"{url} is no URL: write it as http://127.0.0.1:8000."
            ) from None
        except httpx.HTTPError as error:
            raise NoApp(
                f"Nobody answers at {url} ({error}): start the server first, "
                "or check the port."
            ) from None
        yield Server(client, secret_key=secret_key)


def does_not_start(folder: Path, lines: str) -> str:
    """The sentence for an app that raises while it starts, with its own lines."""
    return f"The app in {show(folder / 'main.py')} does not start:\n{lines}"
