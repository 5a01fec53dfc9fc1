"""What was asked, what came, what was expected: one HTTP exchange and its verdict."""

import json
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

# Added by the HTTP client: in a curl line they would hide what the request is about.
UNREMARKABLE = {
    "accept",
    "accept-encoding",
    "connection",
    "content-length",
    "content-type",
    "host",
    "user-agent",
}


class SomeText(str):
    """Stands in an expected body for a string that may be any but the empty one."""


SOME_TEXT = SomeText("…")


@dataclass(frozen=True)
class Reply:
    """An answer as the contract states it: status, JSON body, challenge.

    `challenge` is the value of `WWW-Authenticate`; `None` means that there is none.
    A `SOME_TEXT` in the body matches any string that is not empty.
    """

    status: int
    body: object
    challenge: str | None = None

    def __str__(self) -> str:
        text = f"{self.status} {compact(self.body)}"
        return f"{text}\nWWW-Authenticate: {self.challenge}" if self.challenge else text


def refusal(status: int, detail: str, challenge: str | None = None) -> Reply:
    """A `Reply` with the body `{"detail": detail}`, as HTTPException makes it."""
    return Reply(status, {"detail": detail}, challenge)


class Unmet(AssertionError):
    """The answer is not what the contract says. Carries the story for the reader.

    `asked` is a curl line, `came` and `expected` are what their names say, `wrong`
    the differences in words, `raised` the traceback of the app when it crashed.
    """

    def __init__(
        self, asked: str, came: str, expected: str, wrong: list[str], raised: str = ""
    ) -> None:
        self.asked = asked
        self.came = came
        self.expected = expected
        self.wrong = wrong
        self.raised = raised
        super().__init__("; ".join(wrong))


@dataclass(frozen=True)
class Answer:
    """What came back for one request, with the questions that a suite asks of it.

    `raised` is the traceback of the app when it crashed while answering.
    """

    asked: str
    status: int
    headers: Mapping[str, str]
    text: str
    raised: str = ""

    def must_be(self, reply: Reply) -> None:
        """Raises `Unmet` unless status, body and challenge are those of `reply`."""
        wrong = []
        if self.status != reply.status:
            wrong.append(f"the status is {self.status}, not {reply.status}")
        if not self._has_body(reply.body):
            wrong.append(self._body_difference(reply.body))
        elif not self._says_that_it_is_json():
            wrong.append("the Content-Type is not application/json")
        if self.challenge != reply.challenge:
            wrong.append(_challenge_difference(self.challenge, reply.challenge))
        if wrong:
            raise self.unmet(str(reply), wrong)

    def must_have_status(self, status: int) -> None:
        """Raises `Unmet` unless the status is this one; the body is free."""
        if self.status != status:
            raise self.unmet(
                str(status), [f"the status is {self.status}, not {status}"]
            )

    def must(self, holds: bool, expected: str, wrong: str) -> None:
        """Raises `Unmet` unless `holds`; both texts are for the reader."""
        if not holds:
            raise self.unmet(expected, [wrong])

    def json(self) -> Any:
        """The body read as JSON; raises `Unmet` when it is none."""
        try:
            return json.loads(self.text)
        except ValueError:
            raise self.unmet("a JSON body", ["the body is not JSON"]) from None

    def fields(self) -> dict[str, Any]:
        """The body read as a JSON object; raises `Unmet` when it is none."""
        body = self.json()
        if not isinstance(body, dict) or not self._says_that_it_is_json():
            raise self.unmet("a JSON object", ["the body is no JSON object"])
        return body

    @property
    def token(self) -> str:
        """The `access_token` of a login; raises `Unmet` when there is none."""
        self.must_have_status(200)
        token = self.fields().get("access_token")
        self.must(
            isinstance(token, str) and bool(token),
            expected='200 {"access_token": "…", "token_type": "bearer"}',
            wrong="the body has no access_token that is a string",
        )
        return str(token)

    @property
    def challenge(self) -> str | None:
        """The value of `WWW-Authenticate`, `None` when the header is absent."""
        return self.headers.get("www-authenticate")

    @property
    def came(self) -> str:
        """The answer as a reader wants to see it: status, body, challenge."""
        try:
            body = compact(json.loads(self.text))
        except ValueError:
            body = self.text.strip()
        text = f"{self.status} {shorten(body)}".rstrip()
        return f"{text}\nWWW-Authenticate: {self.challenge}" if self.challenge else text

    def unmet(self, expected: str, wrong: list[str]) -> Unmet:
        """This exchange as a failure, to be raised."""
        return Unmet(self.asked, self.came, expected, wrong, self.raised)

    def _says_that_it_is_json(self) -> bool:
        content_type = self.headers.get("content-type", "").partition(";")[0]
        return content_type.strip().lower() == "application/json"

    def _has_body(self, body: object) -> bool:
        try:
            return matches(json.loads(self.text), body)
        except ValueError:
            return False

    def _body_difference(self, body: object) -> str:
        try:
            came = json.loads(self.text)
        except ValueError:
            return "the body is not JSON"
        if type(came) is not type(body):
            return f"the body is {_kind(came)}, not {_kind(body)}"
        if not isinstance(came, dict) or not isinstance(body, dict):
            return f"the body is another {_kind(body).partition(' ')[2]}"
        return "; ".join(
            [f"the body lacks {key}" for key in body if key not in came]
            + [f"the body also holds {key}" for key in came if key not in body]
            + [
                f"{key} is {compact(came[key])}, not {compact(value)}"
                for key, value in body.items()
                if key in came and not matches(came[key], value)
            ]
        )


def curl(
    method: str, url: str, headers: list[tuple[str, str]], content: bytes = b""
) -> str:
    """The request as a curl line that can be pasted into a POSIX shell."""
    words = ["curl", "-i"]
    sends = method == "POST" and bool(content)
    if method != ("POST" if sends else "GET"):
        words += ["-X", method]
    words.append(url)
    is_form = False
    for name, value in headers:
        if name.lower() == "content-type":
            is_form = value == "application/x-www-form-urlencoded"
            if content and not is_form:
                words += ["-H", f"Content-Type: {value}"]
        elif name.lower() not in UNREMARKABLE:
            words += ["-H", f"{name.title()}: {value}"]
    if content:
        words += ["--data-binary" if not is_form else "-d", content.decode("latin-1")]
    return " ".join(shlex.quote(word) for word in words)


def _kind(value: object) -> str:
    """What JSON calls a value."""
    kinds = {dict: "an object", list: "a list", str: "a string", bool: "a boolean"}
    return "null" if value is None else kinds.get(type(value), "a number")


def matches(came: object, expected: object) -> bool:
    """Whether two JSON values are the same, types included."""
    if isinstance(expected, SomeText):
        return isinstance(came, str) and came != ""
    if isinstance(expected, dict) and isinstance(came, dict):
        return came.keys() == expected.keys() and all(
            matches(came[key], expected[key]) for key in expected
        )
    # Compared as text: to Python 0 == False and 1 == True, to JSON not.
    return compact(came, sort=True) == compact(expected, sort=True)


def compact(value: object, *, sort: bool = False) -> str:
    """A JSON value on one line."""
    return json.dumps(value, ensure_ascii=False, sort_keys=sort)


def shorten(text: str, limit: int = 600) -> str:
    """The text, cut in the middle when it is longer than `limit` characters."""
    if len(text) <= limit:
        return text
    half = limit // 2
    return f"{text[:half]} … ({len(text) - limit} characters) … {text[-half:]}"


def _challenge_difference(came: str | None, expected: str | None) -> str:
    if came is None:
        return f"there is no WWW-Authenticate header, it must be {expected}"
    if expected is None:
        return f"WWW-Authenticate is {came}, there must be none"
    return f"WWW-Authenticate is {came}, not {expected}"
