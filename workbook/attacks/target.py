"""The server under attack, and what the attackers were given."""

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, MutableMapping, Sequence
from typing import Any

import httpx

from workbook import timeouts, tokens
from workbook.attacks.answers import body_of, is_record_of, summary, token_in
from workbook.attacks.api import Api
from workbook.attacks.loopback import NotLoopback, pin

STEPS_API = Api()
# So many documented paths are looked at: an app may have any number.
MOST_PATHS = 10


class CannotBeTried(Exception):
    """The attack lacks what it works with; the message says what."""


class Target:
    """A server on this machine's loopback. Raises `NotLoopback` or `NoTarget`.

    `client` reaches it and nothing else. `api` says how users log in there, and
    `my_record` is the path at which it shows them their own record. `user_table`,
    password hashes by username, `secret_key` and `public_keys` in PEM are what an
    attacker or the company's other service may have; `None` is not known. A table that
    is changed is the app's own, which is in a database or in its code.
    `move_clock`, where its clock is in reach, puts it so many minutes ahead.
    """

    def __init__(
        self,
        url: str,
        *,
        api: Api = STEPS_API,
        user_table: MutableMapping[str, str] | None = None,
        has_database: bool = False,
        secret_key: str | None = None,
        public_keys: Sequence[str] = (),
        move_clock: Callable[[int], None] | None = None,
    ) -> None:
        self._pinned = pin(url)
        self._counting = threading.Lock()
        self._own_token: str | None = None
        self._own_record: bytes | None = None
        self._crash: str | None = None
        self.requests = 0
        # Whoever did not answer once is not waited for by each attack anew.
        self.is_silent = False
        self.url = str(self._pinned)
        self.api = api
        self.username = api.username
        self.user_table = user_table
        self.has_database = has_database
        self.secret_key = secret_key
        self.public_keys = tuple(public_keys)
        self.move_clock = move_clock
        # No proxy of the environment, and no redirect, leads it elsewhere. Connections
        # are not kept: a request that crashes takes its own with it.
        self.client = httpx.Client(
            base_url=self._pinned,
            timeout=timeouts.TARGET_REQUEST,
            limits=httpx.Limits(max_keepalive_connections=0),
            trust_env=False,
            follow_redirects=False,
            event_hooks={"request": [self._check_and_count]},
        )
        self.my_record = api.me_path or self._find_my_record()

    def send_login(self, fields: Mapping[str, object]) -> httpx.Response:
        """The answer to a login with these fields, as a form or as JSON."""
        if self.api.json_login:
            return self.client.post(self.api.token_path, json=fields)
        return self.client.post(self.api.token_path, data=fields)

    def try_login(self, username: str, password: str) -> httpx.Response:
        """The answer to a login, whether it is right or wrong."""
        return self.send_login(self.api.credentials(username, password))

    def log_in(self, username: str | None = None, password: str | None = None) -> str:
        """The token of a right login, the user's own unless another is given. Raises
        `CannotBeTried` when there is none."""
        username = self.username if username is None else username
        password = self.api.password if password is None else password
        answer = self.try_login(username, password)
        token = token_in(answer)
        if token is None:
            raise CannotBeTried(
                f"{username} could not log in with {password} at "
                f"{self.api.token_path}: {summary(answer)}."
            )
        return token

    def own_token(self) -> str:
        """A token of the user's own, the same at each call: one login for all attacks
        that only need to see a token. Raises `CannotBeTried` when there is none."""
        if self._own_token is None:
            self._own_token = self.log_in()
        return self._own_token

    def own_jwt(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Header and claims of the user's own token, both empty where it is no JWT.
        Raises `CannotBeTried` when there is no token."""
        try:
            return tokens.read(self.own_token())
        except ValueError:
            return {}, {}

    def show(self, token: str, path: str | None = None) -> httpx.Response:
        """What the server answers to a request with this token, for the user's own
        record or for what is at another path."""
        return self.client.get(
            path or self.my_record, headers={"Authorization": f"Bearer {token}"}
        )

    def paths_below_my_record(self) -> list[str]:
        """The paths that the server documents below that of the user's own record, and
        that can be asked for as they stand: /users/me/items/."""
        documented = body_of(self.client.get("/openapi.json")).get("paths")
        below = f"{self.my_record.rstrip('/')}/"
        return [
            path
            for path, methods in (
                documented.items() if isinstance(documented, dict) else ()
            )
            if path.startswith(below) and path != below and "{" not in path
            if isinstance(methods, dict) and "get" in methods
        ][:MOST_PATHS]

    @property
    def crash(self) -> str:
        """Where the server fails on a right login, or on a request for the user's own
        record; empty where it doesn't. Asked once."""
        if self._crash is None:
            self._crash = ""
            with contextlib.suppress(CannotBeTried, httpx.HTTPError):
                login = self.try_login(self.username, self.api.password)
                token = token_in(login)
                record = self.show(token) if token else login
                if record.is_server_error:
                    where = self.my_record if token else self.api.token_path
                    self._crash = (
                        f"The app fails at {where} with {record.status_code}, for "
                        f"{self.username}'s own login, too."
                    )
        return self._crash

    def is_own_record(self, answer: httpx.Response) -> bool:
        """Whether an answer shows the record of the user: it has the username in it, or
        else it is the same that the user's own token gets."""
        if answer.status_code != 200:
            return False
        return is_record_of(self.username, answer) or answer.content == self._record()

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

    def _record(self) -> bytes | None:
        """What the user's own token gets, `None` when that is no record."""
        if self._own_record is None:
            try:
                answer = self.show(self.own_token())
            except CannotBeTried:
                return None
            if answer.status_code == 200:
                self._own_record = answer.content
        return self._own_record

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
        if self.is_silent:
            raise CannotBeTried("The server gave no answer to an attack before.")
        with self._counting:
            self.requests += 1
