"""The server under attack, and what the attackers were given."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import httpx

from workbook.attacks.loopback import NotLoopback, pin

# A stalled server is slow on purpose, and the machine may be busy besides.
TIMEOUT = 20.0


class CannotBeTried(Exception):
    """The attack lacks what it works with; the message says what."""


class Target:
    """A server on this machine's loopback. Raises `NotLoopback` or `NoTarget`.

    `client` reaches it and nothing else. `my_record` is the path at which it shows
    users their own record. `user_table`, password hashes by username, and `secret_key`
    are what an attacker or the company's other service may hold; `None` is not known.
    `move_clock`, where its clock is in reach, puts it so many minutes ahead.
    """

    def __init__(
        self,
        url: str,
        *,
        user_table: Mapping[str, str] | None = None,
        secret_key: str | None = None,
        move_clock: Callable[[int], None] | None = None,
    ) -> None:
        self._pinned = pin(url)
        self._counting = threading.Lock()
        self.requests = 0
        self.url = str(self._pinned)
        self.user_table = user_table
        self.secret_key = secret_key
        self.move_clock = move_clock
        # No proxy of the environment, and no redirect, leads it elsewhere. Connections
        # are not kept: a request that crashes takes its own with it.
        self.client = httpx.Client(
            base_url=self._pinned,
            timeout=TIMEOUT,
            limits=httpx.Limits(max_keepalive_connections=0),
            trust_env=False,
            follow_redirects=False,
            event_hooks={"request": [self._check_and_count]},
        )
        self.my_record = self._find_my_record()

    def log_in(self, username: str = "johndoe", password: str = "secret") -> str:
        """The token of a right login. Raises `CannotBeTried` when there is none."""
        answer = self.client.post(
            "/token", data={"username": username, "password": password}
        )
        body = body_of(answer)
        token = body.get("access_token")
        if answer.status_code != 200 or not isinstance(token, str):
            raise CannotBeTried(
                f"{username} could not log in with {password}: {tell(answer)}."
            )
        return token

    def show(self, token: str) -> httpx.Response:
        """The answer of /users/me to whoever holds this token."""
        return self.client.get(
            self.my_record, headers={"Authorization": f"Bearer {token}"}
        )

    @contextlib.contextmanager
    def later(self, minutes: int) -> Iterator[None]:
        """So many minutes from now, as the server sees it."""
        assert self.move_clock is not None, "its clock is out of reach"
        self.move_clock(minutes)
        try:
            yield
        finally:
            self.move_clock(0)

    def close(self) -> None:
        """Lets go of the connections."""
        self.client.close()

    def _find_my_record(self) -> str:
        """The spelling that the server documents, or the one that is not 404 or 307."""
        documented = body_of(self.client.get("/openapi.json")).get("paths")
        for path in documented if isinstance(documented, dict) else ():
            if path.startswith("/") and path.endswith(("/users/me", "/users/me/")):
                return str(path)
        if self.client.get("/users/me/").status_code in (200, 400, 401, 403):
            return "/users/me/"
        return "/users/me"

    def _check_and_count(self, request: httpx.Request) -> None:
        # A path that the server names could be the address of another one.
        if (request.url.host, request.url.port) != (
            self._pinned.host,
            self._pinned.port,
        ):
            raise NotLoopback(f"{request.url} is not the target {self.url}.")
        with self._counting:
            self.requests += 1


def body_of(answer: httpx.Response) -> dict[str, Any]:
    """The JSON object in an answer, an empty one when there is none."""
    try:
        body = answer.json()
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}


def is_record_of(username: str, answer: httpx.Response) -> bool:
    """Whether an answer shows this user's record."""
    return answer.status_code == 200 and body_of(answer).get("username") == username


def tell(answer: httpx.Response) -> str:
    """An answer in a few words: 401 Not authenticated, 200 with johndoe@example.com."""
    body = body_of(answer)
    words = body.get("detail") or body.get("email")
    if not isinstance(words, str):
        return str(answer.status_code)
    return f"{answer.status_code} {'with ' if answer.is_success else ''}{words}"
