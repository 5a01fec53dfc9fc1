"""A step asked in this process, by ASGI alone: no client that tidies a request, and no
server between. What a server would not let through is not sent."""

import asyncio
import contextlib
import json
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import bcrypt

from tests.promises import takes
from tests.steps.contract import ALICE, JOHNDOE
from tests.steps.contract.settings import PUBLISHED_KEYS
from workbook import tokens
from workbook.checking import HASHING, bcrypt_cache
from workbook.checking.loader import start
from workbook.checking.surroundings import Surroundings
from workbook.ladder import Step
from workbook.settings import environment, settings

ME = "/users/me/"
GUARDED = (ME, "/users/me/items/")
CHUNK = 64 * 1024

Headers = tuple[tuple[bytes, bytes], ...]


@dataclass(frozen=True)
class Answer:
    """`hashes` were computed for it; `crash` is what the app raised, with a 500."""

    status: int
    headers: Headers
    body: bytes
    hashes: int = 0
    crash: BaseException | None = None

    def header(self, name: bytes) -> bytes | None:
        return dict(self.headers).get(name)

    @property
    def kind(self) -> str:
        """What raised where, such as `TypeError in jose/jwt.py`."""
        if self.crash is None:
            return f"a {self.status}"
        frame = traceback.extract_tb(self.crash.__traceback__)[-1]
        where = "/".join(frame.filename.split("/")[-2:])
        return f"{type(self.crash).__name__} in {where}"


@dataclass
class App:
    """A step's app, its key, and what was seen of it."""

    step: Step
    key: str
    asgi: Any
    runner: asyncio.Runner
    asked: int = 0
    failed: Counter[str] = field(default_factory=Counter)

    @property
    def is_safe(self) -> bool:
        """Whether nothing may crash it, and nobody be told from nobody."""
        return takes(self.step, "safe_login")

    @property
    def is_strict(self) -> bool:
        """Whether only its access tokens are access tokens, and each has one text."""
        return takes(self.step, "strict_tokens")

    @property
    def is_standard(self) -> bool:
        """Whether it refuses in the words of RFC 6749 and RFC 6750."""
        return takes(self.step, "standard_answers")

    def ask(
        self,
        method: str,
        path: str,
        headers: Headers = (),
        body: bytes = b"",
        query: bytes = b"",
    ) -> Answer:
        HASHING.stats()
        with warnings.catch_warnings():
            # Some codecs warn of the text that they are given. That is no crash.
            warnings.simplefilter("ignore")
            status, came, content, crash = self.runner.run(
                _call(self.asgi, method, path, headers, body, query)
            )
        answer = Answer(status, came, content, len(HASHING.stats().costs), crash)
        self.asked += 1
        if answer.status >= 500:
            self.failed[answer.kind] += 1
        return answer

    def token(self, user: dict[str, str] = JOHNDOE) -> str:
        """A token got by logging in, or one like it for a user who gets none."""
        if self.is_standard and user == ALICE:
            header, claims = tokens.read(self.token())
            claims["sub"] = claims["sub"].replace("johndoe", "alice")
            return tokens.sign(claims, self.key, header=header)
        fields = {"grant_type": "password"} | user
        body = "&".join(f"{name}={value}" for name, value in fields.items()).encode()
        form = (b"content-type", b"application/x-www-form-urlencoded")
        answer = self.ask("POST", "/token", (form,), body)
        return str(json.loads(answer.body)["access_token"])


@contextlib.contextmanager
def opened(step: Step) -> Iterator[App]:
    """The app of our step, with cheap hashes."""
    variables = settings(step)
    key = variables.get("SECRET_KEY", PUBLISHED_KEYS["FastAPI"])
    with (
        cheap_hashes(),
        environment(variables),
        # Imported afresh: another test may have imported it with another key.
        contextlib.closing(Surroundings(step, None)) as around,
        asyncio.Runner() as runner,
    ):
        app = App(step, key, start(around), runner)
        # The first hash of all has passlib try its backend, with hashes of its own.
        app.token()
        yield app


@contextlib.contextmanager
def cheap_hashes() -> Iterator[None]:
    """Of the two right passwords the documented hashes, and of all others cheap ones
    that pass for them: they match nothing, either way, in a hundredth of the time."""
    right = {user["password"].encode() for user in (JOHNDOE, ALICE)}
    with bcrypt_cache():
        remembered = bcrypt.hashpw

        def hashpw(password: bytes, salt: bytes) -> bytes:
            if password in right or b"$12$" not in salt:
                return remembered(password, salt)
            cheap = remembered(password, salt.replace(b"$12$", b"$04$", 1))
            return cheap.replace(b"$04$", b"$12$", 1)

        bcrypt.hashpw = hashpw
        yield


async def _call(
    app: Any, method: str, path: str, headers: Headers, body: bytes, query: bytes
) -> tuple[int, Headers, bytes, BaseException | None]:
    chunks = [body[i : i + CHUNK] for i in range(0, len(body), CHUNK)] or [b""]
    messages = [
        {"type": "http.request", "body": chunk, "more_body": n < len(chunks)}
        for n, chunk in enumerate(chunks, 1)
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        return messages.pop(0) if messages else {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": path,
        "raw_path": quote(path).encode(),
        "query_string": query,
        "root_path": "",
        "headers": list(headers),
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 8000),
    }
    crash = None
    try:
        await app(scope, receive, send)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        crash = error
    status = sent[0]["status"] if sent else 500
    came = tuple(sent[0]["headers"]) if sent else ()
    return status, came, b"".join(m.get("body", b"") for m in sent[1:]), crash
