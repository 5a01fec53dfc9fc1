"""One HTTP exchange: the request, the answer, and what the contract expects."""

import json
import re
import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

# Where `make run` serves: a curl line from a failure can be pasted while it runs.
LOCAL = "http://127.0.0.1:8000"
# How an app is started in its own folder.
START = "uvicorn main:app"

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


# Characters that a terminal obeys, or that hide what is there: controls but for line
# ends and tabs, what turns the direction of writing, what has no width, and halves of
# characters, which can't be printed at all.
UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
# What a reader is shown of one text, in characters and in lines.
LONGEST = 600
LONGEST_TRACEBACK = 4000
MOST_LINES = 40
MOST_DIFFERENCES = 12
# Of a command, so many characters: nobody pastes a longer one.
LONGEST_COMMAND = 700
# Of a body, so much is kept for a diagnosis.
LONGEST_EVIDENCE = 4000


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


@dataclass(frozen=True)
class Evidence:
    """What an answer tells a diagnosis. `status` is 0 where there was no answer.

    `asked` is `POST /token`, `location` where a redirect points. `caught` is what a
    library raised and the app caught, with the app's own line below it. `elsewhere` is
    a documented route that looks like the one that was asked for and isn't there,
    `function` the name of one that isn't written yet.
    """

    asked: str = ""
    status: int = 0
    body: str = ""
    location: str = ""
    caught: str = ""
    elsewhere: str = ""
    function: str = ""


NO_EVIDENCE = Evidence()


class ContractError(AssertionError):
    """The answer is not what the contract says.

    `request` is a curl line, `actual` and `expected` are the two answers, `difference`
    says in words where they differ, `raised` is the app's traceback when it crashed.

    Much of it comes from the app. Here it's shortened and made harmless to print.
    """

    def __init__(
        self,
        request: str,
        actual: str,
        expected: str,
        difference: list[str],
        raised: str = "",
        evidence: Evidence = NO_EVIDENCE,
    ) -> None:
        self.request = visible(request)
        self.actual = printable(actual, 2 * LONGEST)
        self.expected = printable(expected, 4 * LONGEST)
        self.difference = [printable(one) for one in difference[:MOST_DIFFERENCES]]
        self.raised = printable(raised, LONGEST_TRACEBACK)
        self.evidence = evidence
        super().__init__("; ".join(self.difference))


@dataclass(frozen=True)
class Answer:
    """The answer to one request, with the questions that a suite asks of it.

    `raised` is the traceback of the app when it crashed while answering. `warned` asks
    what it was warned of meanwhile; it's called when the answer is a wrong one.
    `asked`, `caught`, `elsewhere` and `function` are those of its `Evidence`.
    """

    request: str
    status: int
    headers: Mapping[str, str]
    text: str
    raised: str = ""
    warned: Callable[[], str] = lambda: ""
    asked: str = ""
    caught: str = ""
    elsewhere: str = ""
    function: str = ""

    def must_be(self, reply: Reply) -> None:
        """Raises `ContractError` unless status, body and challenge are `reply`'s."""
        differences = []
        if self.status != reply.status:
            differences.append(f"the status is {self.status}, not {reply.status}")
        if not self._has_body(reply.body):
            differences.append(self._body_difference(reply.body))
        elif not self._says_that_it_is_json():
            differences.append("the Content-Type is not application/json")
        if self.challenge != reply.challenge:
            differences.append(_challenge_difference(self.challenge, reply.challenge))
        if differences:
            raise self.contract_error(str(reply), differences)

    def must_have_status(self, status: int) -> None:
        """Raises `ContractError` unless the status is this one; the body is free."""
        if self.status != status:
            raise self.contract_error(
                str(status), [f"the status is {self.status}, not {status}"]
            )

    def must(self, holds: bool, expected: str, difference: str) -> None:
        """Raises `ContractError` unless `holds`; both texts are for the reader."""
        if not holds:
            raise self.contract_error(expected, [difference])

    def json(self) -> Any:
        """The body read as JSON; raises `ContractError` when it is none."""
        try:
            return parsed(self.text)
        except ValueError:
            raise self.contract_error("a JSON body", ["the body is not JSON"]) from None

    def fields(self) -> dict[str, Any]:
        """The body read as a JSON object; raises `ContractError` when it is none."""
        body = self.json()
        if not isinstance(body, dict) or not self._says_that_it_is_json():
            raise self.contract_error("a JSON object", ["the body is no JSON object"])
        return body

    @property
    def token(self) -> str:
        """The `access_token` of a login; raises `ContractError` when there is none."""
        self.must_have_status(200)
        token = self.fields().get("access_token")
        self.must(
            isinstance(token, str) and bool(token),
            expected='200 {"access_token": "…", "token_type": "bearer"}',
            difference="the body has no access_token that is a string",
        )
        return str(token)

    @property
    def challenge(self) -> str | None:
        """The value of `WWW-Authenticate`, `None` when the header is absent."""
        return self.headers.get("www-authenticate")

    @property
    def actual(self) -> str:
        """The answer as a reader wants to see it: status, body, challenge."""
        try:
            body = compact(parsed(self.text))
        except ValueError:
            body = self.text.strip()
        lines = [f"{self.status} {shorten(body)}".rstrip()]
        if self.location:
            lines.append(f"Location: {shorten(self.location, 200)}")
        if self.challenge:
            lines.append(f"WWW-Authenticate: {shorten(self.challenge, 200)}")
        return visible("\n".join(lines))

    @property
    def location(self) -> str:
        """Where a redirect points; empty for any other answer."""
        return self.headers.get("location", "") if 300 <= self.status < 400 else ""

    def contract_error(self, expected: str, difference: list[str]) -> ContractError:
        """This exchange as a failure, to be raised."""
        if self.elsewhere:
            routes = f"your app has {self.elsewhere}; this step asks for {self.asked}"
            difference = [*difference, routes]
        return ContractError(
            self.request,
            self.actual,
            expected,
            difference,
            self.raised or self.warned(),
            Evidence(
                self.asked,
                self.status,
                self.text[:LONGEST_EVIDENCE],
                self.location,
                self.caught,
                self.elsewhere,
                self.function,
            ),
        )

    def _says_that_it_is_json(self) -> bool:
        content_type = self.headers.get("content-type", "").partition(";")[0]
        return content_type.strip().lower() == "application/json"

    def _has_body(self, body: object) -> bool:
        try:
            return matches(parsed(self.text), body)
        except ValueError:
            return False

    def _body_difference(self, body: object) -> str:
        try:
            actual = parsed(self.text)
        except ValueError:
            return "the body is not JSON"
        if type(actual) is not type(body):
            return f"the body is {_kind(actual)}, not {_kind(body)}"
        if not isinstance(actual, dict) or not isinstance(body, dict):
            return f"the body is another {_kind(body).partition(' ')[2]}"
        lacking = ", ".join(key for key in body if key not in actual)
        more = ", ".join(_key(key) for key in actual if key not in body)
        return "; ".join(
            [f"the body lacks {lacking}"] * bool(lacking)
            + [f"the body also holds {more}"] * bool(more)
            + [
                f"{key} is {shorten(compact(actual[key]), 200)}, not {compact(value)}"
                for key, value in body.items()
                if key in actual and not matches(actual[key], value)
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


def matches(actual: object, expected: object) -> bool:
    """Whether two JSON values are the same, types included."""
    if isinstance(expected, SomeText):
        return isinstance(actual, str) and actual != ""
    if isinstance(expected, dict) and isinstance(actual, dict):
        return actual.keys() == expected.keys() and all(
            matches(actual[key], expected[key]) for key in expected
        )
    # Compared as text: to Python 0 == False and 1 == True, to JSON not.
    return json.dumps(actual, sort_keys=True) == json.dumps(expected, sort_keys=True)


def parsed(text: str) -> Any:
    """The JSON value. Raises `ValueError`, also for one that is nested too deeply."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None


def compact(value: object) -> str:
    """A JSON value on one line."""
    return visible(json.dumps(value, ensure_ascii=False))


def visible(text: str) -> str:
    """The text with each control character shown, and not obeyed: `␛` for an escape.

    All that comes from an app goes through here before anyone sees it.
    """
    return UNSEEN.sub(_picture, text)


def shorten(
    text: str,
    limit: int = LONGEST,
    lines: int = MOST_LINES,
    left_out: str = "characters",
) -> str:
    """The text, cut in the middle when it is longer than `limit` characters, or has
    more than so many lines. The cut says how many of what is `left_out`."""
    if text.count("\n") >= lines:
        # No more than can matter: there may be millions.
        parts = text.split("\n")
        half = (lines - 1) // 2
        left = f"… ({len(parts) - 2 * half} lines) …"
        text = "\n".join([*parts[:half], left, *parts[-half:]])
    if len(text) <= limit:
        return text
    # What says how much is missing is part of what must fit.
    half = max(limit - 40, 2) // 2
    return f"{text[:half]} … ({len(text) - 2 * half} {left_out}) … {text[-half:]}"


def shorten_command(line: str) -> str:
    """A command as it's shown: one that is too long to be pasted is cut, and says how
    much of it is left out."""
    return shorten(line, LONGEST_COMMAND, left_out="characters left out")


def printable(text: str, limit: int = LONGEST) -> str:
    """A text that comes from an app, ready to be shown."""
    return visible(shorten(text, limit))


def _picture(match: re.Match[str]) -> str:
    code = ord(match[0])
    if code < 0x20:
        return chr(0x2400 + code)
    if code == 0x7F:
        return "␡"
    return match[0].encode("unicode_escape").decode()


def _key(key: str) -> str:
    """A key of an app's own, in quotes where it is more than a word."""
    return key if key.isidentifier() and len(key) < 40 else shorten(compact(key), 80)


def _challenge_difference(actual: str | None, expected: str | None) -> str:
    if actual is None:
        return f"the WWW-Authenticate header is missing, and must be {expected}"
    actual = shorten(actual, 200)
    if expected is None:
        return f"WWW-Authenticate is {actual}, and must not be there"
    return f"WWW-Authenticate is {actual}, not {expected}"
