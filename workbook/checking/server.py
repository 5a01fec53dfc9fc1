"""The implementation under test, spoken to by HTTP and by nothing else."""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

from workbook.checking import patience
from workbook.checking.apps import NoApp, show
from workbook.checking.clock import Clock
from workbook.checking.exchange import Answer, Unmet, curl, shorten
from workbook.checking.hashing import Seen
from workbook.checking.launch import Launch, Trial, asked

# Where `make run` serves: a curl line from a failure can be pasted while it runs.
LOCAL = "http://127.0.0.1:8000"
# A request can be a megabyte. Nobody pastes that.
LONGEST_LINE = 3000


class Gone(Exception):
    """The server will not answer again; the message says what became of it."""


class Inside(Protocol):
    """What is in reach only where we serve the app ourselves."""

    def crash(self) -> str:
        """The traceback of the app's last crash, empty where there was none."""

    def hold_hashes(self) -> None:
        """Each hash waits, until `release_hashes` or the end of patience."""

    def release_hashes(self) -> None:
        """All hashes go on."""

    def look_at_hashes(self) -> Seen:
        """What the app has hashed since the last look."""

    def begin(self, messages: list[Any]) -> "UnderWay":
        """Sends all messages at once, and comes back before the answers do."""

    def launch(
        self, variables: Mapping[str, str | None], dotenv: str | None
    ) -> contextlib.AbstractContextManager[tuple[Trial, Any]]:
        """The app once more, and a client to it, `None` where it does not start."""


class UnderWay(Protocol):
    """Requests that were sent, and whose answers are still to come."""

    def wait(self, until: Callable[[], bool]) -> None:
        """Comes back when `until` holds, or when all have been answered."""

    def finish(self) -> list[Any]:
        """The responses, in the order of the requests; raises what one of them did."""


class Server:
    """Sends requests and wraps what comes back.

    `secret_key` is the key that signs the server's tokens, when it is known. `clock`
    moves its clock and its zone, `inside` reaches what HTTP does not show; both are
    `None` at a URL. `shown_at` is the address that a reader is shown where it is not
    the real one.
    """

    def __init__(
        self,
        client: Any,
        *,
        secret_key: str | None = None,
        clock: Clock | None = None,
        inside: Inside | None = None,
        shown_at: str = "",
    ) -> None:
        self._client = client
        self.inside = inside
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
        message, asked = self._message(method, path, token=token, **request)
        if self._gone:
            raise Unmet(asked, "no answer", "an answer", [self._gone])
        with self._no_answer_told(asked):
            try:
                response = self._client.send(message, follow_redirects=False)
            finally:
                # Each request stands alone: a cookie that was set is not sent back.
                self._client.cookies.clear()
        return self._answer(asked, response)

    @contextlib.contextmanager
    def while_logging_in(self, *logins: Mapping[str, str]) -> Iterator[list[Answer]]:
        """In this block these logins are under way, and their hashes take as long as
        the block does. Yields a list, which holds their answers afterwards."""
        assert self.inside is not None, "hashes are out of reach"
        sent = [self._message("POST", "/token", data=form) for form in logins]
        answers: list[Answer] = []
        self.inside.look_at_hashes()
        self.inside.hold_hashes()
        try:
            with self._no_answer_told(sent[0][1]):
                under_way = self.inside.begin([message for message, _ in sent])
                under_way.wait(lambda: self.inside.look_at_hashes().running > 0)  # type: ignore[union-attr]
            yield answers
        finally:
            self.inside.release_hashes()
        with self._no_answer_told(sent[0][1]):
            responses = under_way.finish()
        answers += [
            self._answer(asked, response)
            for (_, asked), response in zip(sent, responses, strict=True)
        ]

    @contextlib.contextmanager
    def launched(
        self, dotenv: str | None = None, **variables: str | None
    ) -> Iterator[Launch]:
        """The app started once more, with these variables in its environment, `None`
        for none of that name, and with this `.env` in the folder that it starts in."""
        assert self.inside is not None, "its environment is out of reach"
        with self.inside.launch(variables, dotenv) as (trial, client):
            server = None
            if client is not None:
                server = Server(
                    client,
                    secret_key=variables.get("SECRET_KEY"),
                    clock=self.clock,
                    inside=self.inside,
                    shown_at=self._shown_at,
                )
            yield Launch(asked(variables, dotenv), trial, server)

    def _message(
        self, method: str, path: str, *, token: str | None = None, **request: Any
    ) -> tuple[Any, str]:
        """The request, and the curl line that a reader is shown for it."""
        if token is not None:
            request.setdefault("headers", {})["Authorization"] = f"Bearer {token}"
        message = self._client.build_request(method, path, **request)
        line = curl(
            method,
            self._shown_at + path if self._shown_at else str(message.url),
            [
                (k.decode("latin-1"), v.decode("latin-1"))
                for k, v in message.headers.raw
            ],
            message.read(),
        )
        return message, shorten(line, LONGEST_LINE)

    def _answer(self, asked: str, response: Any) -> Answer:
        crashed = response.status_code >= 500 and self.inside is not None
        raised = self.inside.crash() if crashed else ""  # type: ignore[union-attr]
        return Answer(
            asked, response.status_code, response.headers, response.text, raised
        )

    @contextlib.contextmanager
    def _no_answer_told(self, asked: str) -> Iterator[None]:
        try:
            yield
        except Gone as problem:
            self._gone = str(problem)
            raise Unmet(asked, "no answer", "an answer", [self._gone]) from None
        except Exception as error:
            reason = f"{type(error).__name__}: {error}"
            raise Unmet(asked, "no answer", "an answer", [reason]) from None


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
