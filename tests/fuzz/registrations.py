"""Registrations that no form sends: good or bad, JSON or nearly so."""

import json
import unicodedata
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from steps.step10_database.common_passwords import COMMON_PASSWORDS
from tests.fuzz.asking import Headers
from tests.fuzz.forms import HUGE, MARK, ODD

JSON = "application/json"
FIELDS = ("username", "password", "email", "full_name")
# A few are soon taken, and of the others some are left to the end.
NAMES = [*(f"user_{n % 20}" for n in range(2000)), *(f"user_{n}" for n in range(4000))]
# What Python's JSON reads, and others don't, or the other way round.
NUMBERS = ["0", "-1", "1e999", "NaN", "-Infinity", "9" * 5000, "1.5", "01", "true"]
WORDS = [b"", b"null", b"[]", b"{}", b"{", b'"', b"\xef\xbb\xbf{}", b"[" * 5000, b"\0"]


@dataclass(frozen=True)
class Registration:
    """The members of a JSON object, as they're written: a name may be there twice. The
    whole is written in an `encoding`, and `cuts` are places where it's broken then."""

    members: tuple[tuple[str, str], ...]
    content_type: str = JSON
    encoding: str = "utf-8"
    cuts: tuple[tuple[int, int, bytes], ...] = ()

    @property
    def headers(self) -> Headers:
        return ((b"content-type", self.content_type.encode()),)

    @property
    def body(self) -> bytes:
        pairs = ", ".join(
            f"{json.dumps(name)}: {value}" for name, value in self.members
        )
        body = f"{{{pairs}}}".encode(self.encoding, "surrogatepass")
        for where, gone, come in self.cuts:
            where %= len(body) + 1
            body = body[:where] + come + body[where + gone :]
        return body

    @property
    def read(self) -> Any:
        """What a server reads that takes it for JSON; `None` where it can't be read."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


def is_good(read: Any) -> bool:
    """Whether these are a username, a password and details that step 10 promises to
    take."""
    if not isinstance(read, dict):
        return False
    username, password = read.get("username"), read.get("password")
    return (
        isinstance(username, str)
        and 1 <= len(username) <= 32
        and set(username) <= set("abcdefghijklmnopqrstuvwxyz0123456789_")
        and isinstance(password, str)
        and is_good_password(password)
        and all(is_good_text(read.get(name)) for name in ("email", "full_name"))
    )


def is_good_password(password: str) -> bool:
    try:
        spelled = unicodedata.normalize("NFKC", password)
        size = len(spelled.encode())
    except UnicodeEncodeError:
        return False
    return (
        min(len(password), len(spelled)) >= 15
        and size <= 72
        and "\0" not in spelled
        and spelled.casefold() not in COMMON_PASSWORDS
    )


def is_good_text(text: Any) -> bool:
    """Whether a detail is missing, or a short text without control characters."""
    if text is None:
        return True
    return (
        isinstance(text, str)
        and len(text) <= 200
        and not any(ord(c) < 0x20 or ord(c) == 0x7F for c in text)
        and not any(0xD800 <= ord(c) <= 0xDFFF for c in text)
    )


texts = st.one_of(
    st.text(max_size=30),
    st.sampled_from([*ODD, *HUGE]),
    st.sampled_from(sorted(COMMON_PASSWORDS)).map(str.upper),
)
written = st.tuples(texts, st.booleans()).map(
    lambda two: json.dumps(two[0], ensure_ascii=two[1])
)
odd_values = st.one_of(
    written,
    st.sampled_from(NUMBERS),
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(st.text(max_size=5), inner, max_size=3)
        ),
        max_leaves=6,
    ).map(json.dumps),
)
# In no other field is the mark: what comes back with it is the password.
odd_passwords = st.text(max_size=60).map(lambda text: json.dumps(MARK + text))
good_values = {
    "username": st.sampled_from(NAMES).map(json.dumps),
    "password": st.text("ab \u00e9\U0001f511", min_size=0, max_size=25).map(
        lambda text: json.dumps(MARK + text)
    ),
    "email": st.just('"a@example.com"') | st.just("null"),
    "full_name": st.text("ab \u00e9'\"<", max_size=30).map(json.dumps),
}


@st.composite
def registrations(draw: Any) -> Registration:
    """Most are good but for one thing: what is wrong twice is refused for the first."""
    members = [(name, draw(good_values[name])) for name in FIELDS]
    wrong = draw(st.sampled_from([0, 1, 1, 1, 2, 4]))
    for place in draw(st.permutations(range(len(members))))[:wrong]:
        name = members[place][0]
        odd = odd_values | odd_passwords if name == "password" else odd_values
        members[place] = (name, draw(odd))
    how = draw(st.sampled_from(["as it is"] * 4 + ["less", "twice", "more", "other"]))
    if how == "less":
        members.pop(draw(st.integers(0, 3)))
    elif how == "twice":
        members.append((draw(st.sampled_from(FIELDS)), draw(odd_values)))
    elif how == "more":
        name = draw(st.sampled_from(["disabled", "hashed_password", "id", "__class__"]))
        members.append((name, draw(odd_values)))
    content_type = encoding = ""
    cuts: list[tuple[int, int, bytes]] = []
    if how == "other":
        content_type = draw(
            st.sampled_from(
                ["", "text/plain", "application/x-www-form-urlencoded", "a"]
            )
        )
        encoding = draw(st.sampled_from(["", "utf-8-sig", "utf-16", "utf-32-le"]))
        places = st.tuples(st.integers(0, 200), st.integers(0, 200))
        come = st.sampled_from(WORDS) | st.binary(max_size=4)
        if draw(st.booleans()):
            (where, gone), new = draw(places), draw(come)
            cuts = [(where, gone, new)]
    return Registration(
        tuple(members), content_type or JSON, encoding or "utf-8", tuple(cuts)
    )
