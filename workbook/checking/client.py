"""What speaks to a sandboxed app, and to the paths that its host serves beside it."""

import contextlib
import json
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import h11
import httpx2

from workbook import timeouts
from workbook.checking.body import Body, response
from workbook.checking.connection import Connections
from workbook.checking.exchange import LOCAL
from workbook.checking.probes import CONTROL, Clock, Hashes, HashStats, unpack
from workbook.checking.server import Gone, Server, Unanswered, own_key
from workbook.checking.trial import Trial
from workbook.watchdog import Watchdog


@contextlib.contextmanager
def connected(
    port: int,
    watchdog: Watchdog,
    ended: Callable[..., str],
    *,
    secret_key: str | None,
    dotenv: Mapping[str, str | None],
) -> Iterator[tuple[Server, "Probe"]]:
    """The app that is served at a port. `ended` says what became of it when it gives no
    answer. `dotenv` may have the key of its tokens, if that is not given."""
    with contextlib.closing(Client(port, watchdog, ended)) as client:
        probe = Probe(client)
        server = Server(
            client,
            secret_key=secret_key,
            clock=_HostClock(client),
            probe=probe,
            shown_at=LOCAL,
        )
        if secret_key is None:
            server.secret_key = own_key(server, dotenv)
        yield server, probe


class Client(httpx2.Client):
    """Makes requests as httpx2 does, and sends them itself. Reads no more of an answer
    than an answer can have. Says what became of an app that gives none. It knows
    nothing of redirects and cookies: each request stands alone."""

    def __init__(
        self, port: int, watchdog: Watchdog, ended: Callable[..., str]
    ) -> None:
        super().__init__(
            base_url=f"http://127.0.0.1:{port}",
            transport=httpx2.BaseTransport(),
            trust_env=False,
        )
        self._connections = Connections(port)
        self._watchdog = watchdog
        self._ended = ended

    def send(self, request: httpx2.Request, **how: Any) -> httpx2.Response:
        """Raises `Gone`, `Unanswered`, `TooLong`, `Undecodable`."""
        body = None
        try:
            with self._watchdog.limits(timeouts.REQUEST), self._connections.one() as it:
                it.send(request)
                head = it.head()
                body = Body(head.status_code, _encoding(head))
                for piece in it.body():
                    body.add(piece)
        except (OSError, h11.ProtocolError) as error:
            if not self._answers():
                raise Gone(self._ended(begun=body is not None)) from None
            # It goes on: what is broken is this answer.
            if isinstance(error, OSError):
                raise Unanswered("the app closed the connection") from None
            raise Unanswered(f"the answer can't be read as HTTP: {error}") from None
        status, headers = head.status_code, head.headers.raw_items()
        answer: httpx2.Response = response(
            httpx2.Response, status, headers, body, request
        )
        return answer

    def close(self) -> None:
        """Ends the connection."""
        self._connections.close()
        super().close()

    def _answers(self) -> bool:
        """Whether the app's process goes on. A port can be open for a moment longer
        than its process lives, so it's asked something."""
        ask = self.build_request("POST", f"{CONTROL}/warned", content="{}")
        try:
            with self._watchdog.limits(timeouts.REQUEST), self._connections.one() as it:
                it.send(ask)
                it.head()
        except (OSError, h11.ProtocolError):
            return False
        return self._watchdog.exceeded is None


def _encoding(head: h11.Response) -> str:
    found = (value for name, value in head.headers if name == b"content-encoding")
    return b", ".join(found).decode("latin-1")


class Probe:
    """What HTTP does not show of a sandboxed app, by the paths that its host serves."""

    def __init__(self, client: Client) -> None:
        self._client = client

    def crash(self) -> str:
        return str(self._ask("/crash"))

    def warned(self) -> str:
        return str(self._ask("/warned"))

    def hold_hashes(self, logins: int) -> None:
        self._ask("/hold", logins=logins)

    def release_hashes(self) -> None:
        self._ask("/release")

    def skip_time(self, seconds: float) -> None:
        self._ask("/skip", seconds=seconds)

    def hash_stats(self) -> HashStats:
        return HashStats(**self._ask("/stats"))

    def hashes(self) -> Hashes:
        return unpack(self._ask("/hashes"))

    def stored(self) -> dict[str, Any]:
        return dict(self._ask("/stored"))

    def words(self) -> list[str]:
        return list(self._ask("/words"))

    def variables(self) -> dict[str, str]:
        return dict(self._ask("/variables"))

    def printed(self) -> str:
        return str(self._ask("/printed"))

    def rewrite(self, files: Mapping[str, str]) -> None:
        self._ask("/rewrite", files=dict(files))

    def begin(self, messages: list[httpx2.Request]) -> "_Threads":
        # Without it the first may be answered before the last has come.
        self._ask("/gather", count=len(messages))
        return _Threads(self._client, messages)

    @contextlib.contextmanager
    def launch(
        self,
        variables: Mapping[str, str | None],
        files: Mapping[str, str],
        start_in: str,
    ) -> Iterator[tuple[Trial, Client | None]]:
        said = self._ask(
            "/launch", variables=dict(variables), files=dict(files), start_in=start_in
        )
        trial = Trial(**said)
        if trial.ended:
            yield trial, None
            return
        try:
            yield trial, self._client
        finally:
            with contextlib.suppress(Gone):
                self._ask("/land")

    def _ask(self, path: str, **said: object) -> Any:
        # In ASCII: what isn't UTF-8 in a variable is half a character to Python.
        return self._client.post(f"{CONTROL}{path}", content=json.dumps(said)).json()


class _Threads:
    """Requests under way, each in a thread that waits for its answer."""

    def __init__(self, client: Client, messages: list[httpx2.Request]) -> None:
        self._pool = ThreadPoolExecutor(len(messages))
        self._answers = [self._pool.submit(client.send, one) for one in messages]

    def wait(self, until: Callable[[], bool]) -> None:
        while not until() and not all(answer.done() for answer in self._answers):
            time.sleep(0.002)

    def answered(self) -> int:
        return sum(answer.done() for answer in self._answers)

    def finish(self) -> list[httpx2.Response]:
        with self._pool:
            return [answer.result() for answer in self._answers]


class _HostClock(Clock):
    """The clock of the host, and ours with it."""

    def __init__(self, client: httpx2.Client) -> None:
        self._client = client

    @contextlib.contextmanager
    def at(self, moment: float) -> Iterator[None]:
        with self._set(moment=moment), super().at(moment):
            yield

    @contextlib.contextmanager
    def in_zone(self, zone: str) -> Iterator[None]:
        with self._set(zone=zone):
            self.zone = zone
            try:
                yield
            finally:
                self.zone = ""

    @contextlib.contextmanager
    def _set(self, **clock: object) -> Iterator[None]:
        with contextlib.suppress(Gone):
            self._client.post(f"{CONTROL}/clock", json=clock)
        try:
            yield
        finally:
            with contextlib.suppress(Gone):
                self._client.post(f"{CONTROL}/clock", json=dict.fromkeys(clock))
