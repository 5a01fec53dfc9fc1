"""The implementation under test, spoken to by HTTP and by nothing else."""

import contextlib
import re
import shlex
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol, cast

from workbook import timeouts, tokens
from workbook.checking.body import LONGEST_BODY, Body, TooLong, Undecodable, read
from workbook.checking.caught import taken_from
from workbook.checking.exchange import START, Answer, ContractError, curl, shorten
from workbook.checking.probes import Clock, HashStats
from workbook.checking.report import PRINTS
from workbook.checking.routes import Route, closest, function_of, routes_in
from workbook.checking.submission import NoApp
from workbook.checking.trial import Trial
from workbook.shell import program
from workbook.watchdog import NotJudged

# A request can be a megabyte. Nobody pastes that.
LONGEST_LINE = 3000
GRANT = {"grant_type": "password"}
# A value of so many characters is written once, where so many variables have it.
LONG_VALUE = 16
OFTEN = 3
# Of the secrets that an app prints, so many are named.
MOST_SECRETS = 3


class Logins(list[Answer]):
    """The answers to logins. So many of them came `early`, while hashes were held."""

    early = 0


class Gone(Exception):
    """The server will not answer again; the message says what became of it."""


class Unanswered(Exception):
    """This request has no answer, and the server goes on; the message says why."""


class Probe(Protocol):
    """What is in reach only where we serve the app ourselves."""

    def crash(self) -> str:
        """The traceback of the app's last crash, empty where there was none."""

    def warned(self) -> str:
        """What Python warned of while the last request was answered."""

    def hold_hashes(self, logins: int) -> None:
        """Each hash waits until `release_hashes`, or until the server is stuck."""

    def release_hashes(self) -> None:
        """All hashes go on."""

    def skip_time(self, seconds: float) -> None:
        """Timeouts of the app's event loop come so much sooner."""

    def hash_stats(self) -> HashStats:
        """What the app has hashed since the last look."""

    def words(self) -> list[str]:
        """What the app's own code has that could be a name or a value in a request."""

    def variables(self) -> dict[str, str]:
        """The variables that the app's own code reads, each with a value that it looks
        for."""

    def printed(self) -> str:
        """What the launched app has printed until now."""

    def begin(self, messages: list[Any]) -> "UnderWay":
        """Sends all messages at once, and comes back before the answers do."""

    def launch(
        self,
        variables: Mapping[str, str | None],
        files: Mapping[str, str],
        start_in: str,
    ) -> contextlib.AbstractContextManager[tuple[Trial, Any]]:
        """The app once more, and a client to it, `None` where it does not start."""

    def rewrite(self, files: Mapping[str, str]) -> None:
        """Writes files of the launched app once more, while it runs."""


class UnderWay(Protocol):
    """Requests that were sent, and whose answers are still to come."""

    def wait(self, until: Callable[[], bool]) -> None:
        """Comes back when `until` holds, or when all have been answered."""

    def answered(self) -> int:
        """How many have been."""

    def finish(self) -> list[Any]:
        """The responses, in the order of the requests; raises what one of them did."""


class Server:
    """Sends requests and wraps what comes back.

    `secret_key` is the key that signs the server's tokens, when it is known, and
    `database_url` is the database that it was given, if it was given one. `clock`
    moves its clock and its zone, `probe` reaches what HTTP does not show; both are
    `None` at a URL. `shown_at` is the address that a reader is shown where it is not
    the real one. `started_by` is the command of an app that was started once more: a
    request to it makes no sense without.
    """

    def __init__(
        self,
        client: Any,
        *,
        secret_key: str | None = None,
        database_url: str | None = None,
        clock: Clock | None = None,
        probe: Probe | None = None,
        shown_at: str = "",
        started_by: str = "",
    ) -> None:
        self._client = client
        self.probe = probe
        self._shown_at = shown_at
        self._started_by = started_by
        self._sent: list[str] = []
        self._gone = ""
        self._routes: list[Route] | None = None
        # To read an address takes as long as to send a request there.
        self._urls: dict[str, Any] = {}
        self.address = str(client.base_url).rstrip("/")
        self.secret_key = secret_key
        self.database_url = database_url
        self.clock = clock

    def get(self, path: str, *, token: str | None = None, **request: Any) -> Answer:
        """GET, with `Authorization: Bearer <token>` when a token is given."""
        return self.send("GET", path, token=token, **request)

    def post(self, path: str, *, token: str | None = None, **request: Any) -> Answer:
        """POST; `data=` sends a form, `json=` a JSON body."""
        return self.send("POST", path, token=token, **request)

    def login(self, username: str, password: str, **fields: str) -> Answer:
        """The token request of RFC 6749, section 4.3.2, with further form fields."""
        form = GRANT | {"username": username, "password": password}
        return self.post("/token", data=form | fields)

    def send(
        self, method: str, path: str, *, token: str | None = None, **request: Any
    ) -> Answer:
        """One request, never redirected. Raises `ContractError` without an answer."""
        message, line = self._message(method, path, token=token, **request)
        if self._gone:
            raise ContractError(line, "no answer", "an answer", [self._gone])
        with self._no_answer_explained(line):
            try:
                response = self._client.send(message, follow_redirects=False)
            finally:
                # Each request stands alone: a cookie that was set is not sent back.
                if self._client.cookies:
                    self._client.cookies.clear()
        return self._answer(line, response)

    def get_at_once(self, path: str, tokens: list[str]) -> list[Answer]:
        """GET with each of these tokens, all at the same moment."""
        return self.send_at_once([("GET", path, {"token": token}) for token in tokens])

    def log_in_at_once(self, users: list[Mapping[str, str]]) -> list[Answer]:
        """A login of each user, all at the same moment."""
        return self.send_at_once(
            [("POST", "/token", {"data": {**GRANT, **user}}) for user in users]
        )

    def send_at_once(
        self, requests: list[tuple[str, str, dict[str, Any]]]
    ) -> list[Answer]:
        """These requests, each a method, a path and what `send` takes besides, all at
        the same moment."""
        assert self.probe is not None, "requests are sent one by one here"
        sent = [
            self._message(method, path, **request) for method, path, request in requests
        ]
        with self._no_answer_explained(sent[0][1]):
            responses = self.probe.begin([message for message, _ in sent]).finish()
        return [
            self._answer(line, response)
            for (_, line), response in zip(sent, responses, strict=True)
        ]

    @contextlib.contextmanager
    def while_logging_in(
        self, *logins: Mapping[str, str] | bytes, kind: str = ""
    ) -> Iterator["Logins"]:
        """In this block these logins are under way, and their hashes take as long as
        the block does. Yields a list, which holds their answers afterwards. Logins that
        are bytes are sent as they are, as a body of this `kind`."""
        assert self.probe is not None, "hashes are out of reach"
        sent = [
            self._message(
                "POST", "/token", content=form, headers={"Content-Type": kind}
            )
            if isinstance(form, bytes)
            else self._message("POST", "/token", data={**GRANT, **form})
            for form in logins
        ]
        answers = Logins()
        self.probe.hash_stats()
        self.probe.hold_hashes(len(sent))
        try:
            with self._no_answer_explained(sent[0][1]):
                under_way = self.probe.begin([message for message, _ in sent])
                under_way.wait(lambda: self.probe.hash_stats().running > 0)  # type: ignore[union-attr]
            yield answers
            answers.early = under_way.answered()
        finally:
            self.probe.release_hashes()
        with self._no_answer_explained(sent[0][1]):
            responses = under_way.finish()
        answers += [
            self._answer(line, response)
            for (_, line), response in zip(sent, responses, strict=True)
        ]

    @contextlib.contextmanager
    def launched(
        self,
        dotenv: str | None = None,
        files: Mapping[str, str] | None = None,
        start_in: str = "",
        **variables: str | None,
    ) -> Iterator["Launch"]:
        """The app started once more, with these variables in its environment, `None`
        for none of that name, and with this `.env` and these files in its folder. A
        file that is named `../name` is in the folder above. It starts in its folder, or
        in `start_in` below it."""
        assert self.probe is not None, "its environment is out of reach"
        files = dict(files or {}) | ({} if dotenv is None else {".env": dotenv})
        line = command_line(variables, files, start_in)
        with self.probe.launch(variables, files, start_in) as (trial, client):
            server = None
            if client is not None:
                server = Server(
                    client,
                    secret_key=variables.get("SECRET_KEY"),
                    database_url=variables.get("DATABASE_URL", self.database_url),
                    clock=self.clock,
                    probe=self.probe,
                    shown_at=self._shown_at,
                    started_by=line,
                )
            yield Launch(line, trial, server)

    def likeliest_for(self, printed: str, secret: str) -> str:
        """Of the requests that this app was sent, if it was launched, the first that
        has the most in common with a line that it printed, and the secret before all.
        Empty where none has anything of it."""
        words = set(re.findall(r"\w{3,}", printed))

        def in_common(line: str) -> tuple[bool, int]:
            return secret in line, len(words & set(re.findall(r"\w{3,}", line)))

        likeliest = max(self._sent, key=in_common, default="")
        return likeliest if any(in_common(likeliest)) else ""

    def rewrite(self, dotenv: str) -> None:
        """Writes another `.env` for this app, which was launched, while it runs."""
        assert self.probe is not None, "its folder is out of reach"
        self.probe.rewrite({".env": dotenv})
        self._started_by += f" & {written('.env', dotenv)}"

    def _message(
        self, method: str, path: str, *, token: str | None = None, **request: Any
    ) -> tuple[Any, str]:
        """The request, and the curl line that a reader is shown for it."""
        if token is not None:
            # As bytes: a forged token need not be ASCII.
            value = f"Bearer {token}".encode()
            request["headers"] = {**request.get("headers", {}), "Authorization": value}
        if path not in self._urls:
            self._urls[path] = self._client.build_request("GET", path).url
        message = self._client.build_request(method, self._urls[path], **request)
        if "transfer-encoding" in message.headers:
            # The client adds it all the same, and a request has one or the other.
            message.headers.pop("content-length", None)
        line = curl(
            method,
            str(message.url).replace(self.address, self._shown_at or self.address, 1),
            [
                (k.decode("latin-1"), v.decode("latin-1"))
                for k, v in message.headers.raw
            ],
            message.read(),
        )
        line = shorten(line, LONGEST_LINE)
        if self._started_by:
            self._sent.append(line)
        start = self._started_by or self._started_in_its_zone()
        return message, f"{start}\n{line}" if start else line

    def _started_in_its_zone(self) -> str:
        """The command that starts the app in the zone that it's in; empty where that is
        the machine's own."""
        if self.clock is None or not self.clock.zone:
            return ""
        key = {"SECRET_KEY": self.secret_key} if self.secret_key else {}
        return command_line({"TZ": self.clock.zone} | key, {})

    def _answer(self, request: str, response: Any) -> Answer:
        crashed = response.status_code >= 500 and self.probe is not None
        raised = self.probe.crash() if crashed else ""  # type: ignore[union-attr]
        caught = taken_from(response.headers)
        asked = response.request
        location = response.headers.get("location", "")
        if self._shown_at and location.startswith(self.address):
            shown = location.replace(self.address, self._shown_at, 1)
            response.headers["location"] = shown
        return Answer(
            request,
            response.status_code,
            response.headers,
            response.text,
            raised,
            self._warned,
            f"{asked.method} {asked.url.path}",
            caught,
            *self._documentation(response),
        )

    def _warned(self) -> str:
        if self.probe is None or self._gone:
            return ""
        with contextlib.suppress(Gone):
            return self.probe.warned()
        return ""

    def _documentation(self, response: Any) -> tuple[str, str]:
        """Where the app says that it serves what it answers 404 or 405 for, and the
        name of the function that answers 501."""
        if response.status_code not in (404, 405, 501):
            return "", ""
        if self._routes is None:
            self._routes = self._documented()
        asked = response.request.method, response.request.url.path
        if response.status_code == 501:
            return "", function_of(*asked, self._routes)
        return closest(*asked, self._routes), ""

    def _documented(self) -> list[Route]:
        """The routes in the app's openapi.json; none where it has no such file."""
        try:
            message = self._client.build_request("GET", "/openapi.json")
            found = self._client.send(message, follow_redirects=False)
            taken_from(found.headers)
            return routes_in(found.json())
        # Whatever is wrong with it, it isn't what the suite asked for.
        except Exception:
            return []

    @contextlib.contextmanager
    def _no_answer_explained(self, request: str) -> Iterator[None]:
        try:
            yield
        except NotJudged:
            raise
        except Gone as problem:
            self._gone = str(problem)
            raise ContractError(
                request, "no answer", "an answer", [self._gone]
            ) from None
        except TooLong as answer:
            raise ContractError(
                request,
                f"{answer.status} {shorten(answer.begins, 200)} …",
                f"an answer of at most {LONGEST_BODY:,} bytes",
                [str(answer)],
            ) from None
        except Exception as error:
            # httpx and httpx2 call it alike. Only at a URL is there such a limit.
            if type(error).__name__.endswith("Timeout"):
                raise _too_late(self.address) from None
            reason = str(error)
            if not isinstance(error, Undecodable | Unanswered):
                reason = f"{type(error).__name__}: {reason}"
            raise ContractError(request, "no answer", "an answer", [reason]) from None


@dataclass(frozen=True)
class Launch:
    """What came of a trial, for a suite to judge; `server` is the app, if it is up."""

    request: str
    trial: Trial
    server: Server | None

    def must_be_up(self, why: str) -> Server:
        """The server. Raises `ContractError` when there is none."""
        if self.server is None:
            raise self.contract_error(f"it starts: {why}", ["it does not start"])
        return self.server

    def must_be_refused(self, *names: str) -> None:
        """Raises `ContractError` unless the app ended and named all of these."""
        expected = f"it does not start, and says why in words that name {names[0]}"
        if self.server is not None:
            raise self.contract_error(expected, ["it starts"])
        if self.trial.raised:
            raise self.contract_error(expected, ["it ends in a traceback"])
        missing = [name for name in names if not is_named(name, self.trial.said)]
        if missing:
            difference = f"what it says does not name {', '.join(missing)}"
            raise self.contract_error(expected, [difference])

    def must_not_show(self, spellings: Mapping[str, str]) -> None:
        """Raises `ContractError` when the app has printed or raised a secret, whose
        `spellings` are given by the words for them."""
        shown = self.trial.said + self.trial.raised + self.printed()
        found: dict[str, str] = {}
        for how, spelt in spellings.items():
            # With the whole, its parts are printed, too.
            if spelt in shown and not any(spelt in whole for whole in found.values()):
                found[how] = spelt
        if found:
            named = ", ".join(list(found)[:MOST_SECRETS])
            if len(found) > MOST_SECRETS:
                named += f" and {len(found) - MOST_SECRETS} more"
            secret = next(iter(found.values()))
            line = next((one for one in shown.splitlines() if secret in one), secret)
            request = self.server.likeliest_for(line, secret) if self.server else ""
            raise self.contract_error(
                "nothing secret is printed",
                [f"it prints a secret: {named}"],
                PRINTS + shorten(line, 200),
                request,
            )

    def printed(self) -> str:
        """What the app has printed until now, or until it ended."""
        probe = self.server.probe if self.server is not None else None
        return probe.printed() if probe is not None else ""

    def contract_error(
        self, expected: str, difference: list[str], actual: str = "", request: str = ""
    ) -> ContractError:
        """This launch as a failure, to be raised, with the `request` that showed it."""
        actual = actual or self.trial.said
        actual = actual or ("it ends" if self.server is None else "it starts")
        return ContractError(
            "\n".join(filter(None, (self.request, request))),
            actual,
            expected,
            difference,
            self.trial.raised,
        )


def command_line(
    variables: Mapping[str, str | None], files: Mapping[str, str], start_in: str = ""
) -> str:
    """The launch as a line for a POSIX shell. A long value that many variables have is
    written once."""
    given = {name: value for name, value in variables.items() if value is not None}
    often = Counter(value for value in given.values() if len(value) >= LONG_VALUE)
    value, times = max(often.items(), key=lambda one: one[1], default=("", 0))
    repeated = value if times >= OFTEN else None
    words = [
        f'{name}="$value"' if text == repeated else f"{name}={_quoted(text)}"
        for name, text in given.items()
    ]
    gone = [f"-u {name}" for name in variables if name not in given]
    line = " ".join([*(["env", *gone] if gone else []), *words, START])
    if repeated is not None:
        line = f"value={_quoted(repeated)}; {line}"
    if start_in:
        line = f"mkdir -p {start_in}; cd {start_in}; {line} --app-dir .."
    # A file that isn't UTF-8 is shown with escapes: no terminal can print it.
    whole = "; ".join([*(written(name, text) for name, text in files.items()), line])
    return whole.encode("utf-8", "backslashreplace").decode()


def written(name: str, text: str) -> str:
    """The command that writes a file."""
    return f"printf '%s' {shlex.quote(text)} > {name}"


def is_named(name: str, said: str) -> bool:
    """Whether a message names a variable, or says a command. A variable is a word of
    its own, in any case, as pydantic-settings reads it."""
    if not name.isidentifier():
        return name in said
    words = re.findall(r"[A-Za-z0-9_]+", said)
    return name.upper() in {word.strip("_").upper() for word in words}


def _quoted(value: str) -> str:
    """A value for a shell. Bytes that aren't UTF-8 are escapes that Bash and Zsh read,
    since no terminal can print them."""
    try:
        value.encode()
    except UnicodeEncodeError:
        raw = value.encode("utf-8", "surrogateescape")
        letters = (bytes([byte]).decode("latin-1") for byte in raw)
        escaped = (
            c if c.isascii() and c.isalnum() else f"\\x{ord(c):02x}" for c in letters
        )
        return f"$'{''.join(escaped)}'"
    return shlex.quote(value)


def own_key(server: Server, dotenv: Mapping[str, str | None]) -> str | None:
    """The SECRET_KEY of a learner's `.env`, where the app signs its tokens with it."""
    key = dotenv.get("SECRET_KEY")
    if not key:
        return None
    with contextlib.suppress(ContractError):
        if tokens.is_signed_with(server.login("johndoe", "secret").token, key):
            return key
    return None


@contextlib.contextmanager
def reach(url: str, *, secret_key: str | None) -> Iterator[Server]:
    """A running server at a URL. Raises `NoApp` when nobody answers there."""
    # Here, because it brings a third of a second of imports with it.
    import httpx

    class Client(httpx.Client):
        """Reads no more of an answer than an answer can have, and no longer."""

        def send(self, request: httpx.Request, **how: Any) -> httpx.Response:
            begun = time.monotonic()
            response = super().send(request, **how | {"stream": True})
            encoding = response.headers.get("content-encoding", "")
            body = Body(response.status_code, encoding)
            with contextlib.closing(response):
                for piece in response.iter_raw():
                    body.add(piece)
                    if time.monotonic() - begun > timeouts.URL_REQUEST:
                        raise httpx.ReadTimeout("it does not end", request=request)
            return cast("httpx.Response", read(response, body))

    with Client(
        base_url=url,
        timeout=timeouts.URL_REQUEST,
        trust_env=False,
        # After a crash a server may close the connection that the next request is on.
        limits=httpx.Limits(max_keepalive_connections=0),
    ) as client:
        try:
            client.get("/")
        except (httpx.InvalidURL, httpx.UnsupportedProtocol):
            raise NoApp(
                f"{url} is no URL: write it as http://127.0.0.1:8000."
            ) from None
        except httpx.TimeoutException:
            raise _too_late(url) from None
        except httpx.HTTPError as error:
            raise NoApp(
                f"Nobody answers at {url} ({error}): start the server first, "
                "or check the port."
            ) from None
        except (TooLong, Undecodable):
            # It answers. Another path may do so better.
            pass
        yield Server(client, secret_key=secret_key)


def _too_late(url: str) -> NotJudged:
    return NotJudged(
        f"{url} gave no answer within {timeouts.URL_REQUEST:.0f} seconds. It may hang, "
        "or the machine may be too busy: from here there's no telling. Check the files "
        f"instead ({program('workbook')} check), or try again later."
    )
