"""Login requests that no browser sends: right or wrong, well formed or not."""

import json
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, quote_plus

from hypothesis import strategies as st

from tests.fuzz.asking import Headers
from tests.steps.contract import ALICE, JOHNDOE

KNOWN = JOHNDOE["username"]
# Nobody's, of the same length.
UNKNOWN = "janedoe"
# In passwords, and nowhere else: it must come back in no answer.
MARK = "hunter2-hunter2"

BOUNDARY = "7f3a-boundary"
URLENCODED = "application/x-www-form-urlencoded"
MULTIPART = "multipart/form-data"

# Codecs that raise what is no UnicodeDecodeError, give half a surrogate pair, are no
# text encodings, read ASCII as something else, or are none.
CHARSETS = [
    "utf-8", "latin-1", "ascii", "utf-7", "utf-16", "utf-16-le", "utf-32", "utf-8-sig",
    "unicode_escape", "raw_unicode_escape", "undefined", "idna", "punycode", "hex",
    "base64", "zip", "rot13", "charmap", "hz", "iso2022_jp", "cp037", "shift_jis",
    "mbcs", "__init__", "aliases", "x" * 300, "no-such", "a\0b", "\xff", "",
]  # fmt: skip

FIELDS = ["username", "password", "grant_type", "scope", "client_id", "client_secret"]

ODD = [
    "", " ", "\0", "secret\0", "\0secret", "s" * 72, "s" * 73, "\u00e9" * 37, "\ud800",
    "\udfff\ud800", "+2AA-", "\\ud800", "\\x00", "%", "%zz", "%00", "%ed%a0%80", "+",
    "&", "=", ";", "\r\n", '"', "\\", "../x", "null", "[]", "{}", "\ufeff", "\u202e",
    "a" * 4097, "\U0001f511" * 20, "$2b$04$", "\x1b[0m", "xn--a", "xn--\u00e9",
]  # fmt: skip
# Starlette refuses more than a megabyte in a field.
HUGE = ["h" * 900 * 1024, "h" * 1100 * 1024, "%" * 300 * 1024]


@dataclass(frozen=True)
class Part:
    """A field; a `str` is written in the form's charset, bytes are as they are. With a
    `filename` it is a file."""

    name: str
    value: str | bytes
    filename: str | None = None

    def __repr__(self) -> str:
        value = self.value if len(self.value) < 200 else f"{self.value[:20]!r}..."
        return f"Part({self.name!r}, {value!r}, {self.filename!r})"


@dataclass(frozen=True)
class Form:
    """`charset` is announced, and written where the text can be; `cuts` are places
    where the finished body is broken: where, how many bytes go, which come."""

    parts: tuple[Part, ...]
    content_type: str = URLENCODED
    charset: str | None = None
    quoted: bool = True
    cuts: tuple[tuple[int, int, bytes], ...] = ()

    @property
    def headers(self) -> Headers:
        value = self.content_type
        if value == MULTIPART:
            value += f"; boundary={BOUNDARY}"
        if self.charset is not None:
            value += f'; charset="{self.charset}"'
        return ((b"content-type", as_header(value)),)

    @property
    def body(self) -> bytes:
        if self.content_type == MULTIPART:
            body = (
                b"".join(map(self._part, self.parts)) + f"--{BOUNDARY}--\r\n".encode()
            )
        elif self.content_type == "application/json":
            body = json.dumps({p.name: str(p.value) for p in self.parts}).encode()
        else:
            body = b"&".join(map(self._pair, self.parts))
        for where, gone, come in self.cuts:
            where %= len(body) + 1
            body = body[:where] + come + body[where + gone :]
        return body

    def of(self, username: str) -> "Form":
        """The same for another user."""

        def swap(value: str | bytes) -> str | bytes:
            if isinstance(value, str):
                return value.replace(KNOWN, username)
            return value.replace(KNOWN.encode(), username.encode())

        return replace(
            self, parts=tuple(replace(p, value=swap(p.value)) for p in self.parts)
        )

    @property
    def may_log_in(self) -> bool:
        """Whether these are right credentials. A broken body that holds them may be."""
        if self.cuts and any(
            user["username"].encode() in self.body
            and user["password"].encode() in self.body
            for user in (JOHNDOE, ALICE)
        ):
            return True
        if self.content_type == MULTIPART:
            # The last of a name is the one that counts, and a file is no text.
            last = {p.name: p for p in self.parts}
            read = {n: _text(p.value) for n, p in last.items() if p.filename is None}
        else:
            read = dict(parse_qsl(self.body.decode("latin-1"), keep_blank_values=True))
        login = {name: read.get(name) for name in JOHNDOE}
        return login in (JOHNDOE, ALICE) and read.get("grant_type") in (
            None, "", "password",
        )  # fmt: skip

    def _part(self, part: Part) -> bytes:
        head = b'form-data; name="%s"' % self._written(part.name)
        if part.filename is not None:
            head += b'; filename="%s"' % self._written(part.filename)
        start = b"--%s\r\nContent-Disposition: %s" % (BOUNDARY.encode(), head)
        return b"%s\r\n\r\n%s\r\n" % (start, self._written(part.value))

    def _pair(self, part: Part) -> bytes:
        pair = [self._written(part.name), self._written(part.value)]
        if self.quoted:
            pair = [quote_plus(raw, safe="").encode() for raw in pair]
        return b"=".join(pair)

    def _written(self, value: str | bytes) -> bytes:
        if isinstance(value, bytes):
            return value
        if self.charset in ("utf-7", "utf-16", "utf-16-le", "utf-32"):
            return value.encode(self.charset, "surrogatepass")
        return value.encode("utf-8", "surrogatepass")


def _text(value: str | bytes) -> str:
    return value if isinstance(value, str) else value.decode("latin-1")


def as_header(text: str) -> bytes:
    """The text as uvicorn would pass it on: no NUL, no line break, no blanks around."""
    raw = text.encode("latin-1", "replace")
    return bytes(byte for byte in raw if byte not in b"\0\r\n").strip()


texts = st.one_of(
    st.sampled_from(ODD),
    st.text(st.characters(exclude_categories=()), max_size=40),
    st.binary(max_size=20),
)
usernames = st.one_of(
    st.just(KNOWN), st.just(KNOWN), st.just(KNOWN), texts,
    st.sampled_from(["alice", "JOHNDOE", "johndoe ", "johndoe\0", "nobody"]),
)  # fmt: skip
passwords = st.one_of(
    texts,
    st.sampled_from(ODD).map(lambda text: MARK + text),
    st.sampled_from(ODD).map(lambda text: text + MARK),
    st.sampled_from([MARK, "secret", "secret2", "SECRET", "secret "]),
)
names = st.sampled_from(FIELDS) | st.sampled_from(FIELDS) | texts
values = {"username": usernames, "password": passwords}
filenames = st.none() | st.none() | st.sampled_from([*ODD, "a.txt"])
charsets = st.sampled_from(CHARSETS) | st.sampled_from(
    ["utf-7", "utf-16", "unicode_escape"]
)
types = st.sampled_from(
    ["application/json", "", "text/plain", "multipart/mixed", "a/b/c", ";;", "\xff"]
)
cuts = st.lists(
    st.tuples(st.integers(0, 1000), st.integers(0, 30), st.binary(max_size=5)),
    min_size=1,
    max_size=2,
).map(tuple)


@st.composite
def parts(draw: st.DrawFn) -> tuple[Part, ...]:
    """A username and a password, mostly, and what else comes to mind."""
    fields = [Part("username", draw(usernames)), Part("password", draw(passwords))]
    if draw(st.integers(0, 9)) == 0:
        del fields[draw(st.integers(0, 1))]
    if draw(st.integers(0, 3)):
        password = st.just("password")
        fields.append(Part("grant_type", draw(password | password | texts)))
    for name in draw(st.lists(names, max_size=3)):
        text = name if isinstance(name, str) else name.decode("latin-1")
        fields.append(Part(text, draw(values.get(text, texts)), draw(filenames)))
    if draw(st.integers(0, 19)) == 0:
        fields.append(Part(draw(st.sampled_from(FIELDS)), draw(st.sampled_from(HUGE))))
    return tuple(draw(st.permutations(fields)))


forms = st.one_of(
    st.builds(Form, parts(), quoted=st.booleans()),
    st.builds(Form, parts(), content_type=st.just(MULTIPART)),
    st.builds(Form, parts(), content_type=st.just(MULTIPART), charset=charsets),
    st.builds(Form, parts(), content_type=st.just(MULTIPART), charset=charsets),
    st.builds(Form, parts(), content_type=st.just(MULTIPART), cuts=cuts),
    st.builds(Form, parts(), quoted=st.booleans(), cuts=cuts),
    st.builds(Form, parts(), content_type=types, charset=st.none() | charsets),
)
