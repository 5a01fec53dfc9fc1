"""Tokens that no server made: any header, any claims, any key, any text."""

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from tests.steps.contract.settings import GOOD_KEY, PUBLISHED_KEYS
from workbook import tokens

# Some are JSON to Python alone, and some to nobody.
ODD_JSON = [
    "null", "true", "0", "-1", "-0", "1e3", "1e999", "-1e999", "1e-400", "NaN",
    "Infinity", "-Infinity", "9" * 1000, "9" * 5000, "-" + "9" * 20, "253402300800",
    '""', '"\\ud800"', '"\\u0000"', '"9999999999"', '"johndoe"', '"username:johndoe"',
    "[]", "{}", "[[]]", '["HS256"]', '["exp"]', '{"a": {"b": []}}',
    '"' + "x" * 3000 + '"',
    "[" * 900 + "]" * 900, "[" * 5000 + "]" * 5000, '{"a":' * 2000 + "1" + "}" * 2000,
    "", "tru", '"', "01", "'a'", "[", "{",
]  # fmt: skip
DATES = ["exp", "nbf", "iat"]
ODD_DATES = [
    "null", "true", "false", "-1", "0", "0.5", "1e3", "1e999", "-1e999", "NaN", "[]",
    "{}", "Infinity", "-Infinity", "9" * 20, "9" * 900, '"9999999999"', "253402300800",
]  # fmt: skip
SUBJECTS = [
    "johndoe", "username:johndoe", "username:username:johndoe", "client:johndoe",
    " johndoe", "username:JohnDoe", "username:", "username:johndoe\0", "x" * 500, "",
]  # fmt: skip
CLAIMS = ["sub", "iss", "aud", "jti", "at_hash", "scope", ""]
HEADERS = ["alg", "typ", "crit", "b64", "kid", "jwk", "jku", "x5c", "cty", "zip", ""]
ALGORITHMS = ['"none"', '"None"', '"HS384"', '"HS512"', '"RS256"', '"hs256"', '""']
TYPES = ['"JWT"', '"at+jwt"', '"AT+JWT"', '"application/at+jwt"', '"reset+jwt"']
CODECS = ["utf-8-sig", "utf-16", "utf-16-le", "utf-32-be", "latin-1"]
KEYS = ["", "secret", GOOD_KEY, *PUBLISHED_KEYS.values()]

# JSON text, `None` to take the member out, or a date so many seconds from now.
Member = str | int | None
Edit = tuple[str, Member]
Bend = tuple[int, int, str]


@dataclass(frozen=True)
class Recipe:
    """How a token is made from a good one.

    `header` and `claims` are changed by member, or replaced by a text. `key` is `None`
    for the right one. `bends` change the text: where, how many characters go, which
    come; `before` signing or, as anybody can, after. `codec` is that of the claims.
    """

    header: tuple[Edit, ...] | str = ()
    claims: tuple[Edit, ...] | str = ()
    codec: str = "utf-8"
    key: str | None = None
    alg: str = "HS256"
    before: tuple[Bend, ...] = ()
    bends: tuple[Bend, ...] = ()

    def __repr__(self) -> str:
        text = ", ".join(f"{name}={value!r}" for name, value in vars(self).items())
        return f"Recipe({text[:1000]})"

    def token(self, good: str, key: str) -> str:
        """A token in the likeness of `good`, where this recipe does not differ."""
        header, claims = tokens.read(good)
        first = _written(header, self.header).encode()
        second = _written(claims, self.claims).encode(self.codec, "replace")
        signing_input = f"{tokens.encode(first)}.{tokens.encode(second)}"
        signing_input = _bent(signing_input, self.before)
        signing_key = key if self.key is None else self.key
        return _bent(
            tokens.signed(signing_input, signing_key, alg=self.alg), self.bends
        )


def _written(members: Mapping[str, Any], edits: tuple[Edit, ...] | str) -> str:
    if isinstance(edits, str):
        return edits
    changed = {name for name, value in edits if value is None}
    pairs = [(n, json.dumps(v)) for n, v in members.items() if n not in changed]
    for name, value in edits:
        if isinstance(value, int):
            pairs.append((name, str(int(time.time()) + value)))
        elif value is not None:
            # A member that was there is there twice: the last one counts.
            pairs.append((name, value))
    return "{" + ",".join(f"{json.dumps(name)}:{text}" for name, text in pairs) + "}"


def _bent(text: str, bends: tuple[Bend, ...]) -> str:
    for where, gone, come in bends:
        where = max(0, len(text) + where) if where < 0 else min(where, len(text))
        text = text[:where] + come + text[where + gone :]
    return text


json_texts = st.sampled_from(ODD_JSON) | st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=5,
).map(json.dumps)
seconds = st.sampled_from([-(10**9), -3600, -60, 60, 3600, 10**9, 10**10])


def edits(
    names: list[str], *others: st.SearchStrategy[Edit]
) -> st.SearchStrategy[tuple[Edit, ...]]:
    name = st.sampled_from(names)
    edit = st.tuples(name, json_texts) | st.tuples(name, st.none())
    edit |= st.tuples(st.text(max_size=5), json_texts)
    for other in others:
        edit |= other
    return st.lists(edit, min_size=1, max_size=2).map(tuple)


dates = st.tuples(st.sampled_from(DATES), seconds | st.sampled_from(ODD_DATES))
texts = st.sampled_from(SUBJECTS).map(json.dumps)
subjects = st.tuples(st.just("sub"), texts | st.sampled_from(ODD_JSON))
critical = st.tuples(st.just("crit"), json_texts)
claims = edits([*CLAIMS, *DATES], dates)
algs = st.tuples(st.just("alg"), st.sampled_from(ALGORITHMS))
headers = edits(HEADERS, algs, st.tuples(st.just("typ"), st.sampled_from(TYPES)))

# Where base64url ends matters most: the last characters of a part hold spare bits.
bends = st.lists(
    st.tuples(
        st.integers(-50, 400) | st.sampled_from([-1, -2, 0, 10**6]),
        st.integers(0, 3),
        st.text("AQgwxyz019=.-_+/ !,", max_size=4) | st.sampled_from(["\xff", "==x"]),
    ),
    min_size=1,
    max_size=2,
).map(tuple)

recipes = st.one_of(
    st.builds(Recipe, claims=claims),
    st.builds(Recipe, claims=dates.map(lambda date: (date,))),
    st.builds(Recipe, claims=subjects.map(lambda subject: (subject,))),
    st.builds(Recipe, header=headers),
    st.builds(Recipe, header=critical.map(lambda crit: (crit,))),
    st.builds(Recipe, header=headers, claims=claims),
    st.builds(Recipe, bends=bends),
    st.builds(Recipe, before=bends),
    st.builds(Recipe, codec=st.sampled_from(CODECS), claims=st.just(()) | claims),
    st.builds(Recipe, header=json_texts, claims=st.just(()) | json_texts),
    st.builds(Recipe, claims=json_texts),
    st.builds(Recipe, key=st.sampled_from(KEYS) | st.text(max_size=40)),
    st.builds(
        Recipe,
        alg=st.sampled_from(sorted(tokens.HASHES)),
        header=algs.map(lambda alg: (alg,)),
    ),
)
