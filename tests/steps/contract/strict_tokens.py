"""A token says in full what it is, and all of it is checked."""

import json
import re
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from string import ascii_lowercase, ascii_uppercase, digits

import pytest

from tests.steps.contract import (
    ALICE,
    JOHNDOE,
    Contract,
    few,
    must_all,
    must_be_bad,
    who_logs_in,
    without_scope,
    words_of,
)
from tests.steps.contract.expiry import (
    HOUR,
    LAST_SECOND,
    MINUTE,
    NEW_YORK,
    SLACK,
    TOKYO,
    WISHES,
    clock_in,
)
from tests.steps.contract.jwt import Claims, Sign, read
from tests.steps.contract.leaks import HOSTILE
from tests.steps.contract.typed import ACCENTED, CYRILLIC, WIDE
from workbook import tokens
from workbook.checking import Answer, Server

HALF_A_SECOND = 0.5
# The clock that made a token also said when, at most rounded.
SLIGHT = 2
# So much of a form would make a token notably longer.
LONG = 500
# The longest token that an app may accept.
LONGEST = 5000
# So many begin in the same second, and two of them in the same millisecond.
LOGINS = 6
# 64 random bits are so many characters of base64url.
SHORTEST_JTI = 11

# Claims in which other services say who issued a token, for whom, and which one it is.
IN_ITS_PLACE = (
    *("azp", "client_id", "cid", "audience", "resource", "issuer", "tenant"),
    *("username", "user", "uid", "id", "tid", "sid", "auth_time"),
)
# With so many characters of further claims a token isn't too long yet.
ROOM = 440
CLAIMS = ("iss", "aud", "sub", "iat", "exp", "jti")
TEXTS = ("iss", "aud", "sub", "jti")
NO_TEXT = [None, True, 1, [], {}]
OTHER_TYPES: tuple[object, ...] = (
    *(None, "JWT", "jwt", "", "reset+jwt", "at", "at+jwt ", " at+jwt", "id_token", 1),
    *("AT+JWT", "At+jwt", "at+JWT", "not-at+jwt", "xat+jwt", "at+jwtx", "rat+jwt"),
    *("application/at+jwt", "at+jwt;v=1", "at jwt", "at-jwt", "at", "+jwt"),
    *("\u00e4t+jwt", "at\uff0bjwt", "at+jwt\ud800"),
    *(["at+jwt"], {"at+jwt": True}, True),
)
OTHER_SUBJECTS = (
    *("johndoe", "car:johndoe", "username:", "username: johndoe", "Username:johndoe"),
    *(
        "username:username:johndoe",
        "xusername:johndoe",
        "username%3Ajohndoe",
        ":johndoe",
    ),
    *(
        "client:username:johndoe",
        "username:johndoe:x",
        "USERNAME:johndoe",
        "user:johndoe",
    ),
    *(
        "username:johndoe ",
        " username:johndoe",
        "username;johndoe",
        "username::johndoe",
    ),
    *("username:j\u00f6hndoe", "us\u0435rname:johndoe", "username:\u00e9"),
    *("username:johndoe\0", "username:JohnDoe", "johndoe:username", "username"),
)
# base64url's, by what they stand for (RFC 4648, section 5).
LETTERS = ascii_uppercase + ascii_lowercase + digits + "-_"

OTHER_SPELLINGS: dict[str, Callable[[str], str]] = {
    "the last letter": lambda text: text[:-1] + LETTERS[LETTERS.index(text[-1]) ^ 1],
    # In the order of ASCII it comes before the one that it stands for.
    "another last letter": lambda text: re.sub("8$", "-", text),
    "padding": lambda text: text + "=" * (-len(text) % 4),
    "more padding": lambda text: text + "====",
    "the letters of base64": lambda text: text.translate(BASE64),
    "tildes in it": lambda text: f"{text[:9]}~~~~{text[9:]}",
    "an exclamation mark": lambda text: f"{text[:9]}!{text[9:]}",
    "stars after it": lambda text: f"{text}****",
    "a comma after it": lambda text: f"{text},",
    "a blank in it": lambda text: f"{text[:9]} {text[9:]}",
    "letters of another alphabet": lambda text: f"{text[:9]}\u00e9\u00e9{text[9:]}",
}
BASE64 = str.maketrans("-_", "+/")
# Those with characters that base64url doesn't have, and a token may.
NO_BASE64URL = (
    *("padding", "more padding", "the letters of base64", "tildes in it"),
    *("an exclamation mark", "letters of another alphabet"),
)


# A good login, and more of it than a token can hold.
LONG_WISHES = {
    f"a long {name}": {name: "items:read " * 400}
    for name in ("scope", "client_id", "state", "nonce")
}
# And headers that describe the client.
LONG_HEADERS = {
    **dict.fromkeys(("Accept-Language", "Referer", "Origin", "Cookie"), "x" * 300),
    **dict.fromkeys(("X-Request-ID", "X-Device-ID", "X-Forwarded-For"), "x" * 300),
    "User-Agent": "x" * 4000,
}


def nearly(text: str) -> dict[str, str]:
    """Texts that someone who cuts, folds or searches would take for this one. It's the
    learner's own: what a change leaves as it is, such as `1` in capitals, isn't one."""
    made = {
        "another": "https://other.example.com",
        "half a character after": f"{text}\ud800",
        "a slash after": f"{text}/",
        "a path after": f"{text}/evil",
        "a query after": f"{text}?x",
        "a fragment after": f"{text}#x",
        "a dot after": f"{text}.",
        "letters for its dots": text.replace(".", "x"),
        "another scheme": text.replace("https:", "http:"),
        "an escape": f"%{ord(text[0]):02X}{text[1:]}",
        "wide letters": "".join(chr(ord(one) + WIDE) for one in text if one.isascii()),
        "a host after": f"{text}.evil.example",
        "a blank after": f"{text} ",
        "a blank before": f" {text}",
        "a NUL after": f"{text}\0",
        "a letter before": f"x{text}",
        "capitals": text.upper(),
        "a capital": text[:1].swapcase() + text[1:],
        "its beginning": text[: len(text) // 2],
        "its end": text[len(text) // 2 :],
        "accents": text.translate(ACCENTED),
        "letters that look alike": text.translate(CYRILLIC),
        "in a text": f"not {text} but another",
        "nothing": "",
    }
    return {name: other for name, other in made.items() if other != text}


def in_the_code(server: Server, own: str) -> dict[str, str]:
    """Values that the app's own code has, alone or after its own one, and that it may
    accept as well: there is one of each."""
    words = [word for word in words_of(server) if re.search(r"\W", word)]
    made = [own.rstrip("/") + word if word.startswith("/") else word for word in words]
    return {f"{word} of the code": word for word in made if word != own}


@pytest.mark.standard("RFC 9068", "2.1")
def test_the_header_says_that_it_is_an_access_token(server: Server):
    """`typ` is the media type of the whole: `at+jwt` is an access token, and a token
    for resetting a password is not."""
    answer, header, _ = read(server)
    answer.must(
        header.get("typ") == "at+jwt",
        expected='a header with "typ": "at+jwt"',
        difference=f"the header is {header}",
    )


@pytest.mark.parametrize("name", CLAIMS)
@pytest.mark.standard("RFC 9068", "2.2")
def test_the_token_has_each_claim(server: Server, name: str):
    """The token says who made it, for whom, about whom, when, until when, and has its
    own identifier. You can't check what a token doesn't say."""
    answer, _, claims = read(server)
    value = claims.get(name)
    kind, is_right = "a string", isinstance(value, str) and bool(value)
    if name not in TEXTS:
        kind, is_right = "a number", type(value) in (int, float)
    answer.must(
        is_right,
        expected=f'a payload with "{name}", {kind}',
        difference=f"the payload is {claims}",
    )


@pytest.mark.standard("RFC 7519", "4.1.6")
def test_the_token_says_when_it_was_issued(server: Server):
    """`iat` is the moment of the login, in every time zone, long after the start, and
    whatever the lifetime is."""
    slack = SLACK if server.clock is None else SLIGHT

    def must_be_now(server: Server) -> None:
        before = time.time()
        answer, _, claims = read(server)
        iat = claims.get("iat")
        answer.must(
            type(iat) in (int, float) and before - slack <= iat <= time.time() + slack,  # type: ignore[operator]
            expected=f'a payload with "iat" near {int(before)}, which is now',
            difference=f"the payload is {claims}",
        )

    def check(zone: str) -> None:
        with clock_in(server, zone) if zone else nullcontext():
            must_be_now(server)

    zones = {"here": ""}
    if server.clock is not None and hasattr(time, "tzset"):
        zones |= {"in Tokyo": TOKYO, "in New York": NEW_YORK}
    must_all(zones, check)
    if server.clock is not None:
        with server.clock.at(time.time() + HOUR):
            must_be_now(server)
    if server.probe is not None:
        settings = {"ACCESS_TOKEN_EXPIRE_MINUTES": "5", "SECRET_KEY": server.secret_key}
        with server.launched(**settings) as launch:
            must_be_now(launch.must_be_up("its settings are good"))


@pytest.mark.standard("RFC 7519", "4.1.7")
def test_each_token_has_its_own_jti(server: Server, contract: Contract):
    """Two logins in one second would give the same token. `jti` tells them apart, so
    that one of them can be called back one day, and not the other."""
    logins = []
    for user in (*[JOHNDOE] * LOGINS, who_logs_in(contract, ALICE)):
        # Each at the same moment, as near as can be.
        with in_one_second(server):
            logins.append(read(server, user))
    names = [claims.get("jti") for _, _, claims in logins]
    answer = logins[-1][0]
    answer.must(
        len(set(map(str, names))) == len(names),
        expected='another "jti" for each login',
        difference=f"{len(names)} logins gave {names}",
    )
    shortest = min(len(str(name)) for name in names)
    answer.must(
        shortest >= SHORTEST_JTI,
        expected=f"a jti of {SHORTEST_JTI} characters or more",
        difference=f"it has {shortest}: after many logins two tokens may have the same",
    )


@pytest.mark.standard("RFC 7519", "4.1.7")
def test_a_jti_is_never_given_twice(server: Server, contract: Contract):
    """Numbers that start again, at each start or for each user, give two tokens the
    same identifier. If you revoke one, you revoke the other."""
    if server.probe is None:
        pytest.skip("needs to start the app once more: not possible at a URL")
    names: list[str] = []
    for _ in range(2):
        with server.launched(SECRET_KEY=server.secret_key) as launch:
            started = launch.must_be_up("its settings are good")
            for user in (JOHNDOE, who_logs_in(contract, ALICE)) * 2:
                answer, _, claims = read(started, user)
                names.append(str(claims.get("jti")))
    answer.must(
        len(set(names)) == len(names),
        expected='another "jti" for each login, of each user and after each start',
        difference=f"four logins and, after a start, four more gave {names}",
    )


def test_what_a_client_sends_does_not_change_the_claims(
    server: Server, contract: Contract
):
    """The server decides issuer, audience and kind of token. If the form could choose
    them, a client could ask for a token for another service. And a token that repeats
    what it asked for may become too long to be accepted."""
    _, header, usual = read(server)
    fixed = ("iss", "aud", "sub")

    def check(fields: dict[str, str]) -> None:
        # The code's own names may be among them, such as `self`.
        form = contract.grant | JOHNDOE | without_scope(fields, contract)
        answer = server.post("/token", data=form)
        came, claims = tokens.read(answer.token)
        answer.must(
            came.get("typ") == header.get("typ")
            and all(claims.get(name) == usual.get(name) for name in fixed),
            expected=f"the claims of every login: { {n: usual.get(n) for n in fixed} }",
            difference=f"the payload is {claims}",
        )
        if len(str(fields)) > LONG:
            record = server.get(contract.me, token=answer.token)
            record.must_be(contract.guarded[contract.me])

    must_all(
        WISHES
        | LONG_WISHES
        | audiences(server, str(usual.get("aud")))
        | names_in_the_code(server),
        check,
    )


def audiences(server: Server, own: str) -> dict[str, dict[str, str]]:
    """Forms that ask for another audience: one that the app's own code has, or its own
    with a path of the code after it (RFC 8707 calls it `resource`)."""
    words = words_of(server) or ["/items"]
    urls = [word for word in words if "://" in word and word != own]
    paths = [own.rstrip("/") + word for word in words if word.startswith("/")]
    return {
        f"the audience {value}": dict.fromkeys(("resource", "audience", "aud"), value)
        for value in (*urls, *paths)
    }


def names_in_the_code(server: Server) -> dict[str, dict[str, str]]:
    """Forms of a client that knows the app's own code: each word of it as the
    `client_id`, all of them as scopes, and something long in every field."""
    words = [word for word in words_of(server) if re.fullmatch(r"[\w-]{1,24}", word)]
    clients = {f"the client {word}": {"client_id": word} for word in words}
    fields = {*words} - {*JOHNDOE, "grant_type"}
    return clients | {
        "all words of the code as scopes": {"scope": " ".join(words)},
        "something long in each field that the code names": dict.fromkeys(
            sorted(fields), "x" * LONGEST
        ),
    }


@pytest.mark.parametrize("name", CLAIMS)
@pytest.mark.standard("RFC 9068", "2.2")
def test_a_token_that_lacks_a_claim_is_rejected(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, name: str
):
    """If you only check a claim that is there, an attacker leaves it out."""
    claims = good("johndoe")
    value = claims.pop(name)
    server.get(path, token=sign(claims)).must_be(contract.bad_token)
    # RFC 7519, section 5.3, lets an encrypted JWT repeat claims in its header. A copy
    # there isn't the claim.
    token = sign(claims, header={name: value})
    server.get(path, token=token).must_be(contract.bad_token)
    # Nor is another claim that other services have in its place, or the code.
    words = [word for word in words_of(server) if re.fullmatch(r"\w{1,20}", word)]
    # An `nbf` that isn't a date is a reason of its own.
    others = [
        one
        for one in dict.fromkeys((*IN_ITS_PLACE, *words))
        if one not in (*CLAIMS, "nbf")
    ]
    places = {
        f"{', '.join(some)} in its place": dict.fromkeys(some, value)
        for some in that_fit(others, len(json.dumps(value)))
    }
    must_all(
        {
            names: sign(some | claims)
            for names, some in few(places, contract, path).items()
        },
        lambda token: server.get(path, token=token).must_be(contract.bad_token),
    )


def that_fit(names: list[str], length: int) -> list[list[str]]:
    """The names in groups: all claims of one group, with values of this length, have
    room in one token."""
    groups: list[list[str]] = [[]]
    left = ROOM
    for name in names:
        # With two quotes, a colon and a comma.
        needed = len(name) + length + 4
        if needed > left:
            groups.append([])
            left = ROOM
        groups[-1].append(name)
        left -= needed
    return groups


def test_a_claim_that_is_not_a_string_is_rejected(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """You can't know what a claim of another type means. That goes for a list of
    audiences too: ours is one string."""
    claims: dict[str, dict[str, object]] = {
        f"{name}: {json.dumps(value)}": {name: value}
        for name in TEXTS
        for value in (*NO_TEXT, [good("johndoe")[name]], {"a": 1}, 1.5)
    }
    must_all(
        {
            name: sign(good("johndoe") | claim)
            for name, claim in few(claims, contract, path).items()
        },
        lambda token: server.get(path, token=token).must_be(contract.bad_token),
    )


@pytest.mark.standard("RFC 7519", "2")
def test_dates_of_another_type_are_rejected(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """`"9999999999"` is a string. python-jose makes a number of it, and accepts it."""
    dates: dict[str, dict[str, object]] = {
        f"{name}: {json.dumps(value)}": {name: value}
        for name in ("exp", "iat", "nbf")
        for value in ("9999999999.0", "0", False, [9999999999])
    }
    must_all(
        {
            name: sign(good("johndoe") | date)
            for name, date in few(dates, contract, path).items()
        },
        lambda token: server.get(path, token=token).must_be(contract.bad_token),
    )


@pytest.mark.standard("RFC 8725", "3.8")
def test_a_token_of_another_issuer_is_rejected(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """The key fits, but another service issued the token. Compare the issuer whole and
    as it's written (RFC 7519, sections 2 and 4.1.1). Nothing in the request changes it.
    """
    iss, aud = (str(good("johndoe")[name]) for name in ("iss", "aud"))

    def check(other: str) -> None:
        token = sign(good("johndoe", iss=other))
        # What the request says of its own address, or another's.
        headers = HOSTILE if "evil" in other else {}
        answer = server.get(path, token=token, headers=headers)
        answer.must_be(contract.bad_token)

    others = nearly(iss) | in_the_code(server, iss)
    must_all(few(others | addresses(server, iss), contract, path), check)
    if iss != aud:
        check(aud)
        swapped = sign(good("johndoe", iss=aud, aud=iss))
        server.get(path, token=swapped).must_be(contract.bad_token)


def addresses(server: Server, own: str) -> dict[str, str]:
    """Those that a request has in its headers: a foreign one, and the server's."""
    return {
        address: address
        for host in ("evil.example", server.address.partition("://")[2])
        for address in (f"http://{host}", f"http://{host}/", f"https://{host}", host)
        if address != own
    }


@pytest.mark.standard("RFC 7519", "4.1.1")
def test_the_request_does_not_choose_the_issuer(server: Server, contract: Contract):
    """The sender of a request writes its `Host` and all its other headers. If you read
    the issuer from there, the sender chooses it. And a token that repeats them may
    become too long to be accepted."""
    usual = read(server)[2].get("iss")

    def check(headers: dict[str, str]) -> None:
        form = contract.grant | JOHNDOE
        answer = server.post("/token", data=form, headers=headers)
        came = tokens.read(answer.token)[1].get("iss")
        answer.must(
            came == usual,
            expected=f'a payload with "iss": "{usual}", whatever the headers',
            difference=f"it is {came}",
        )
        record = server.get(contract.me, token=answer.token)
        record.must_be(contract.guarded[contract.me])

    cases = {
        "another Host": {"Host": "other.example.com"},
        "another address in each header": HOSTILE,
        "long headers": LONG_HEADERS,
    }
    must_all(cases, check)


@pytest.mark.standard("RFC 8725", "3.9")
def test_a_token_for_another_audience_is_rejected(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """It was issued for another service, and that service has seen it. If you accept
    it, the other service can log in here as any of its users."""
    iss, aud = (str(good("johndoe")[name]) for name in ("iss", "aud"))
    others: dict[str, object] = {
        **nearly(aud),
        **in_the_code(server, aud),
        **({"the issuer": iss} if iss != aud else {}),
        "a list of another": ["https://other.example.com"],
        "a list of ours and another": [aud, "https://other.example.com"],
        "an object": {aud: True},
    }
    must_all(
        {
            name: sign(good("johndoe", aud=other))
            for name, other in few(others, contract, path).items()
        },
        lambda token: server.get(path, token=token).must_be(contract.bad_token),
    )

    def check(address: str) -> None:
        token = sign(good("johndoe", aud=address))
        headers = HOSTILE if "evil" in address else {}
        answer = server.get(path, token=token, headers=headers)
        answer.must_be(contract.bad_token)

    must_all(few(addresses(server, aud), contract, path), check)


@pytest.mark.standard("RFC 8725", "3.11")
def test_a_token_of_another_type_is_rejected(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """Every claim fits, but the header says that it's something else: a token for
    resetting a password, for confirming an address, or for showing who the user is."""
    types: dict[str, object] = {json.dumps(typ): typ for typ in OTHER_TYPES}
    types |= in_the_code(server, "at+jwt")
    must_all(
        {
            name: sign(good("johndoe"), header={"typ": typ})
            for name, typ in few(types, contract, path).items()
        },
        lambda token: server.get(path, token=token).must_be(contract.bad_token),
    )
    # Tokens of the step before: a second check that accepts them is tempting.
    exp = good("johndoe")["exp"]
    must_all(
        {
            f"sub and exp alone, {sub}": sign(
                {"sub": sub, "exp": exp}, header={"typ": "JWT"}
            )
            for sub in ("johndoe", "username:johndoe")
        },
        lambda token: server.get(path, token=token).must_be(contract.bad_token),
    )


@pytest.mark.standard("RFC 8725", "3.11")
def test_a_token_without_a_type_is_rejected(
    server: Server, contract: Contract, path: str, secret_key: str, good: Claims
):
    """A token that doesn't say what it is isn't an access token."""
    nearly_typed = {
        "no type": ({}, {}),
        "a type in the payload": ({}, {"typ": "at+jwt"}),
        "a type in other letters": ({"Typ": "at+jwt", "TYP": "at+jwt"}, {}),
        "the type of the content": ({"cty": "at+jwt"}, {}),
        "another name": ({"type": "at+jwt", "token_type": "at+jwt"}, {}),
        "an access token in the payload": (
            {},
            {"token_type": "access", "use": "access"},
        ),
    }

    def check(case: tuple[dict[str, str], dict[str, str]]) -> None:
        header, claims = case
        head = tokens.unsigned(
            good("johndoe", **claims), header={"alg": "HS256", **header}
        )
        token = tokens.signed(head, secret_key)
        server.get(path, token=token).must_be(contract.bad_token)

    must_all(few(nearly_typed, contract, path), check)


@pytest.mark.standard("RFC 8725", "3.8")
def test_a_subject_of_another_kind_is_rejected(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """A car that is called johndoe, a client, a service: they have subjects, too, and
    theirs must never be the name of a user."""
    words = [word for word in words_of(server) if re.fullmatch(r"\w+[:/|]", word)]
    kinds = (f"{word}johndoe" for word in words if word != "username:")
    must_all(
        {
            sub: sign(good("johndoe") | {"sub": sub})
            for sub in few(dict.fromkeys((*OTHER_SUBJECTS, *kinds)), contract, path)
        },
        lambda token: server.get(path, token=token).must_be(contract.bad_token),
    )


@pytest.mark.standard("RFC 7515", "4.1.11")
def test_a_critical_extension_is_rejected(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """`crit` lists extensions that a verifier must understand, or else it must reject
    the token. Ours understands none. python-jose doesn't look at it."""

    def check(crit: object) -> None:
        header = {"crit": crit, "http://example.com/unknown": True, "b64": True}
        token = sign(good("johndoe"), header=header)
        server.get(path, token=token).must_be(contract.bad_token)

    lists: list[object] = [
        *(["exp"], ["b64"], ["typ"], ["alg"], ["http://example.com/unknown"]),
        *([], "exp", None),
    ]
    must_all(few({json.dumps(one): one for one in lists}, contract, path), check)


@pytest.mark.standard("RFC 7519", "7.2")
@pytest.mark.parametrize(
    "payload",
    [b"johndoe", b"{", b"", b"\xff\xfe", b"[NaN"],
    ids=["a word", "half an object", "nothing", "no text", "half a list"],
)
def test_a_payload_that_is_not_json_is_rejected(
    server: Server,
    contract: Contract,
    path: str,
    secret_key: str,
    payload: bytes,
):
    """A key can sign any bytes, and not all of them are a JWT. The signature is good,
    so reading the payload must not crash."""
    header = {"alg": "HS256", "typ": contract.typ}
    head = f"{tokens.encode_json(header)}.{tokens.encode(payload)}"
    token = tokens.signed(head, secret_key)
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7519", "7.2")
def test_a_payload_that_is_nearly_json_is_rejected(
    server: Server, contract: Contract, path: str, secret_key: str, good: Claims
):
    """All claims are right, and what they are written in isn't JSON. A reader that is
    kind to it reads other things than the next one."""
    text = json.dumps(good("johndoe"))
    payloads = {
        "garbage after it": f"{text}garbage",
        "another object after it": f"{text}{text}",
        "a comma after it": f"{text},",
        "a comma at its end": f"{text[:-1]},}}",
        "a comment before it": f"/* claims */{text}",
        "a comment after it": f"{text} # claims",
        "a Python dict": str(good("johndoe")),
        "names without quotes": re.sub(r'"(\w+)":', r"\1:", text),
        "a raw line break in a claim": f'{text[:-1]}, "note": "two\nlines"}}',
        "a byte that isn't UTF-8 in a claim": f'{text[:-1]}, "note": "\udcff"}}',
        "a raw NUL in a claim": f'{text[:-1]}, "note": "a\0b"}}',
        "brackets around it": f"[{text}]",
        "quotes around it": json.dumps(text),
        "a name in front": f"claims={text}",
        "half of it": text[: len(text) // 2],
    }
    header = {"alg": "HS256", "typ": contract.typ}

    def check(payload: str) -> None:
        raw = payload.encode("utf-8", "surrogateescape")
        head = f"{tokens.encode_json(header)}.{tokens.encode(raw)}"
        token = tokens.signed(head, secret_key)
        server.get(path, token=token).must_be(contract.bad_token)

    must_all(few(payloads, contract, path), check)


@pytest.mark.standard("RFC 4648", "3.5")
@pytest.mark.standard("RFC 7515", "2")
def test_a_signature_in_another_spelling_is_rejected(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """The last letter has unused bits, some decoders add padding, and some skip
    characters that aren't base64url. If one token can be written in many ways, a list
    of revoked tokens doesn't catch them all."""

    def check(other: Callable[[str], str]) -> None:
        # Its letters come by chance: until there is a token that the case is about.
        for number in range(1000):
            head, _, signature = sign(good("johndoe", jti=f"{number}")).rpartition(".")
            if other(signature) != signature:
                break
        must_be_bad(send(server, path, f"{head}.{other(signature)}"), contract)

    must_all(few(OTHER_SPELLINGS, contract, path), check)


@pytest.mark.standard("RFC 7515", "5.2")
def test_a_part_in_another_spelling_is_rejected(
    server: Server, contract: Contract, path: str, secret_key: str, good: Claims
):
    """Header and payload are base64url, too, without `=`, `+` or `/`. The key has
    signed these, so the signature fits. A reader that repairs them accepts a token that
    the next one rejects, or reads something else in it."""

    def check(case: tuple[int, str]) -> None:
        part, how = case
        # What is encoded has to have letters and a length that the case is about.
        for number in range(100):
            odd = f"{'?>' * 3}{number}"
            header = {"alg": "HS256", "typ": contract.typ, "kid": odd}
            parts = [
                tokens.encode_json(header),
                tokens.encode_json(good("johndoe", jti=odd)),
            ]
            plain = tokens.signed(".".join(parts), secret_key)
            parts[part] = OTHER_SPELLINGS[how](parts[part])
            token = tokens.signed(".".join(parts), secret_key)
            if token != plain:
                break
        server.get(path, token=plain).must_be(contract.guarded[path])
        must_be_bad(send(server, path, token), contract)

    cases = {
        f"{name}: {how}": (number, how)
        for number, name in enumerate(("header", "payload"))
        for how in NO_BASE64URL
    }
    must_all(few(cases, contract, path), check)


def send(server: Server, path: str, token: str) -> Answer:
    """A request with this token, each letter as one byte: a server reads it so."""
    headers = {"Authorization": f"Bearer {token}".encode("latin-1")}
    return server.get(path, headers=headers)


def test_nested_brackets_in_a_payload_crash_nothing(
    server: Server,
    contract: Contract,
    path: str,
    secret_key: str,
    sign: Sign,
    good: Claims,
):
    """The signature is good, and a JSON parser goes one call deeper for each bracket.
    You may accept what you can parse, or reject it as too long or too deep."""

    def check(depth: int) -> None:
        nested = sign(good("johndoe", x="MARK"))
        head, payload, _ = nested.split(".")
        text = tokens.decode(payload).replace(b'"MARK"', b"[" * depth + b"]" * depth)
        token = tokens.signed(f"{head}.{tokens.encode(text)}", secret_key)
        answer = server.get(path, token=token)
        accepted = answer.status == 200
        answer.must_be(contract.guarded[path] if accepted else contract.bad_token)

    depths = {f"{depth} brackets": depth for depth in (500, 100, 1300, 5000)}
    must_all(few(depths, contract, path), check)


@pytest.mark.parametrize("size", [LONGEST, 40_000])
def test_a_token_that_is_far_too_long_is_rejected(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, size: int
):
    """It is signed and right in all that is checked, and carries a chapter besides, in
    its payload or its header. A bound on the length bounds what reading it costs. It's
    a bound on the whole token."""

    def padded(length: int) -> list[str]:
        padding = {"padding": "x" * length}
        return [
            sign(good("johndoe", **padding)),
            sign(good("johndoe"), header=padding),
        ]

    # Of the whole length, or a letter or two more.
    short = [len(token) for token in padded(0)]
    for number, length in enumerate(short):
        token = padded((size + 3 - length) * 3 // 4)[number]
        server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7519", "4.1.4")
def test_a_token_is_rejected_from_the_second_it_expires(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """Not to be accepted *on or after* `exp`: python-jose compares with `<`, and takes
    it for one second more."""
    with in_one_second(server):
        token = sign(good("johndoe", exp=int(time.time())))
        server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7519", "4.1.5")
def test_a_token_is_rejected_before_its_nbf(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """Our tokens have no `nbf`. But if you check the claims yourself, don't forget what
    the library did for you: reject a token that has one until then. There's no leeway,
    because the clock that made the token also checks it."""

    def check(seconds: int) -> None:
        nbf = int(time.time()) + seconds
        answer = server.get(path, token=sign(good("johndoe", nbf=nbf)))
        # On a busy machine the moment may have come before the answer.
        if time.time() < nbf:
            answer.must_be(contract.bad_token)

    soon = (MINUTE, 2, 5, HOUR, 365 * 24 * HOUR)
    times = {f"in {seconds} seconds": seconds for seconds in soon}
    must_all(few(times, contract, path), check)
    if server.clock is None:
        return
    moment = int(time.time())
    token = sign(good("johndoe", nbf=moment, iat=moment - MINUTE))
    with server.clock.at(moment - HALF_A_SECOND):
        began = time.monotonic()
        answer = server.get(path, token=token)
        # The clock goes on, and a busy machine may have let it reach that second.
        if time.monotonic() - began < HALF_A_SECOND / 2:
            answer.must_be(contract.bad_token)
    with server.clock.at(moment):
        server.get(path, token=token).must_be(contract.guarded[path])


def test_a_valid_token_is_accepted(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """None of this is a reason to reject a token that fits. The test made it, with the
    server's key. It may be old, have a `jti` in another style, and contain more claims.
    """
    now = int(time.time())
    usual = {"iat": now, "exp": now + MINUTE, "jti": "made by the test"}
    fits: dict[str, dict[str, object]] = {
        "for one minute": {},
        "made two hours ago": {"iat": now - 2 * 60 * MINUTE},
        "made a year ago": {"iat": now - 365 * 24 * 60 * MINUTE},
        "made in 1970": {"iat": 0},
        "for ten years": {"exp": now + 10 * 365 * 24 * 60 * MINUTE},
        "a jti in one letter": {"jti": "1"},
        "a long jti in hex": {"jti": "9f86d081884c7d659a2feaa0c55ad015" * 4},
        "a jti in another alphabet": {"jti": "\u0436"},
        "further claims": {"scope": "me items", "nonce": "x", "auth_time": now},
        "claims that are header entries elsewhere": {
            **{"typ": "JWT", "alg": "none", "crit": ["exp"], "kid": "1"},
        },
        "claims of other services": {
            **{"azp": "app", "client_id": "app", "token_use": "id", "note": None},
        },
    }
    must_all(
        {
            name: sign(good("johndoe", **usual | more))
            for name, more in few(fits, contract, path).items()
        },
        lambda token: server.get(path, token=token).must_be(contract.guarded[path]),
    )
    # These may be refused. Half a character is a text, too, and has no UTF-8. A date
    # may be before the calendar begins, or so late that no other comes after it.
    odd: dict[str, dict[str, object]] = {
        "half a character in the jti": {"jti": "made by the test\ud800"},
        "made before the year 1": {"iat": -(10**11)},
        "made in the last second of the year 9999": {"iat": LAST_SECOND},
        "valid since before the year 1": {"nbf": -(10**11)},
    }

    def check(token: str) -> None:
        answer = server.get(path, token=token)
        accepted = answer.status == 200
        answer.must_be(contract.guarded[path] if accepted else contract.bad_token)

    must_all(
        {
            name: sign(good("johndoe", **usual | more))
            for name, more in few(odd, contract, path).items()
        },
        check,
    )


def in_one_second(server: Server) -> AbstractContextManager[None]:
    """The server's clock, and ours, at the beginning of the second. At a URL it stays
    where it is, and the second may end in between."""
    if server.clock is None:
        return nullcontext()
    return server.clock.at(int(time.time()))
