"""What answers say beside what they are asked: headers, cookies, documents, and prints.

Answers are compared whole. What a framework adds to all of them does no harm. What
differs between a known and an unknown name does, and so does a secret, in whatever
spelling.
"""

import base64
import contextlib
import json
import re
import time
from datetime import UTC, datetime
from itertools import permutations
from typing import Any
from urllib.parse import urljoin

import pytest

from tests.steps.contract import (
    ALICE,
    JOHNDOE,
    Contract,
    must_all,
    must_be_a_token_alone,
    token_of,
    users_who_log_in,
)
from tests.steps.contract.spelt import opened, spellings_of
from workbook import tokens
from workbook.checking import Answer, ContractError, Server

WRONG = "a wrong password"
REFUSED = {
    "a wrong password": ("johndoe", WRONG),
    "an unknown user": ("nobody", WRONG),
    "a wrong password of a disabled user": ("alice", WRONG),
    "an unknown user, with a password of another": ("nobody", "secret"),
}
# Up to step 6 these may crash.
MALFORMED = {
    "a malformed password": ("johndoe", "sec\0ret"),
    "an unknown user with a malformed password": ("nobody", "sec\0ret"),
    "a password that is too long": ("johndoe", "s" * 73),
    "a disabled user's password that is too long": ("alice", "s" * 73),
}
# So many logins fail for each name, and the last two are compared.
MANY = 7
# What other services put into a request, and an app must not believe.
HOSTILE = {
    "Host": "evil.example",
    "Origin": "https://evil.example",
    "Referer": "https://evil.example/alice",
    "Forwarded": "for=127.0.0.1;host=evil.example;proto=https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-For": "127.0.0.1",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-User": "alice",
    "X-Remote-User": "alice",
    "X-Forwarded-Prefix": "/evil",
    "X-Original-URL": "/users/alice",
    "X-Real-IP": "127.0.0.1",
    "X-HTTP-Method-Override": "PUT",
    "X-User": "alice",
    "Remote-User": "alice",
    "User-Agent": "evil",
    "Accept-Language": "alice",
    "Cookie": "username=alice; user=alice; session=alice; debug=1; admin=1",
}
# Pages that nobody knows: their names only begin or end like well-known ones.
ORIGINS = (
    *("https://evil.example", "null", "http://localhost.evil.example"),
    *("http://localhost:3000.evil.example", "https://evil-example.com"),
    *("https://example.com.evil.example", "https://evil.example/example.com"),
)
FORM = "application/x-www-form-urlencoded"
# In this charset `\\ud800` is half of a surrogate pair.
HALVES = "multipart/form-data; boundary=x; charset=unicode_escape"
# For each header some values that an app might ask for.
USUAL: dict[str, tuple[str, ...]] = {
    "User-Agent": ("curl/8.5.0", "Mozilla/5.0", ""),
    "Host": ("localhost:8000", "127.0.0.1", "internal", "www.example.com"),
    "Accept": ("text/html,*/*;q=0.8", "application/json", "text/plain"),
    "Accept-Language": ("de-DE,de;q=0.9",),
    "Content-Type": (
        f"{FORM}; charset=UTF-8",
        FORM.title(),
        f"{FORM}; charset=utf-16",
        f"{FORM}; charset=nonsense",
        f"{FORM}; charset=utf-7",
        f"{FORM}; charset=us-ascii",
    ),
    "X-Forwarded-For": ("127.0.0.1", "10.0.0.7"),
    "X-Real-IP": ("127.0.0.1", "10.0.0.7"),
    "X-Forwarded-Proto": ("http",),
    "X-Remote-User": ("johndoe",),
    "Remote-User": ("johndoe",),
    "Origin": ("https://evil.example",),
    "Date": ("Tue, 01 Dec 2099 12:00:00 GMT",),
    "X-Debug": ("1",),
    "Debug": ("true",),
    "Cookie": ("debug=1",),
    "X-Requested-With": ("XMLHttpRequest",),
    "X-CSRF-Token": ("x",),
    "Sec-Fetch-Site": ("cross-site",),
    "Sec-Fetch-Mode": ("cors",),
}
# As few requests as have all of these: one has the first value of each header, the next
# has the second of those with two, and so on.
TOGETHER: dict[str, dict[str, str]] = {
    f"usual headers, set {number + 1}": {
        name: values[number] for name, values in USUAL.items() if number < len(values)
    }
    for number in range(6)
}
WISHES: dict[str, dict[str, dict[str, str]]] = {
    "fields": {"params": {"fields": "username,hashed_password"}},
    "include": {"params": {"include": "hashed_password", "expand": "all"}},
    "all, debug and raw": {"params": {"all": "1", "debug": "1", "raw": "1"}},
    "full and verbose": {"params": {"full": "true", "verbose": "true"}},
    "another format": {"params": {"format": "csv"}},
    "CSV": {"headers": {"Accept": "text/csv"}},
    "XML": {"headers": {"Accept": "application/xml"}},
    "HTML": {"headers": {"Accept": "text/html"}},
    "text": {"headers": {"Accept": "text/plain"}},
    "a vendor's type": {"headers": {"Accept": "application/vnd.user.full+json"}},
    "fields in a header": {"headers": {"X-Fields": "*", "Prefer": "return=full"}},
}
# What a flag is set to, or a user, or a list of fields.
VALUES = ("1", "true", "johndoe", "alice", "hashed_password")
# So many values from the code are tried, too.
MOST_VALUES = 25
MOST_FOLDERS = 8
# Without these a request is another one.
OF_A_FORM = {
    *("grant_type", "username", "password", "scope"),
    *("client_id", "client_secret"),
}
BCRYPT = re.compile(r"\$2[abxy]?\$\d\d\$").search
OF_HTTP = {
    *("authorization", "host", "accept", "connection", "cookie", "date", "expect"),
    *("content-type", "content-length", "content-encoding", "transfer-encoding"),
    *("accept-encoding", "te", "trailer", "upgrade", "keep-alive", "range"),
}
# What differs from one second to the next, and says nothing about the user.
OF_THE_TIME = {"age", "date", "expires", "last-modified"}
DIFFERS = "differs each time"
# So much of a long spelling is enough in a header: an ETag may be the start of a hash.
BEGINNING = 12
# Set on many machines, for programs of all kinds.
SWITCHES = {
    **dict.fromkeys(("DEBUG", "TESTING", "DEV", "TEST", "CI", "FASTAPI_DEBUG"), "1"),
    **dict.fromkeys(("ENV", "ENVIRONMENT", "APP_ENV", "PYTHON_ENV"), "development"),
    **dict.fromkeys(("DISABLE_AUTH", "AUTH_DISABLED", "SKIP_AUTH"), "true"),
    "USERNAME": "alice",
    "PASSWORD": WRONG,
    "JWT_SECRET": WRONG,
    "LOG_LEVEL": "debug",
    # These are constants at every step.
    **dict.fromkeys(("ALGORITHM", "JWT_ALGORITHM", "TOKEN_ALGORITHM"), "HS512"),
    **dict.fromkeys(("ISSUER", "JWT_ISSUER", "TOKEN_ISSUER", "ISS"), "https://x.org"),
    **dict.fromkeys(("AUDIENCE", "JWT_AUDIENCE", "TOKEN_AUDIENCE", "AUD"), "x"),
}
# For programs that print more when they are asked to.
CHATTY = {
    **dict.fromkeys(("LOG_LEVEL", "LOGLEVEL", "LOGGING_LEVEL", "LEVEL"), "DEBUG"),
    **dict.fromkeys(("UVICORN_LOG_LEVEL", "FASTAPI_LOG_LEVEL"), "debug"),
    **dict.fromkeys(("DEBUG", "VERBOSE", "PYTHONASYNCIODEBUG"), "1"),
}
# What names a part of the contract, in whatever spelling, isn't a setting. The URL of a
# database is one.
OF_THE_CONTRACT = re.compile(
    r"(?i)(?!database_url$)"
    r"\w*(iss|aud|typ|subject|leeway|skew|tenant|domain|public_url|base_url)\w*"
).fullmatch
NAME_OF_A_VARIABLE = re.compile(r"(?!PATH$|HOME$|PYTHON)[A-Z][A-Z0-9_]+").fullmatch
# Python has no date after it.
END_OF_9999 = datetime(9999, 12, 31, 23, 59, tzinfo=UTC).timestamp()
# Between two logins a clock goes on for so many seconds, at most.
LONGER = 50
A_MINUTE = 60
HALF_AN_HOUR = 30 * A_MINUTE
TEN_MINUTES = 10 * A_MINUTE
# What a path may call the user whom it's about, or a file.
OF_A_USER = ("username", "user", "name", "email", "login", "id", "q", "identifier")
OF_A_FILE = ("file", "filename", "path", "name", "f", "page", "template")
IN_PRODUCTION = {
    **dict.fromkeys(("ENV", "ENVIRONMENT", "APP_ENV", "PYTHON_ENV"), "production"),
    **dict.fromkeys(("STAGE", "DEPLOYMENT"), "production"),
    **dict.fromkeys(("DEBUG", "TESTING", "TEST", "FASTAPI_DEBUG"), "0"),
    **dict.fromkeys(("DEV", "DEVELOPMENT", "DOCS", "ENABLE_DOCS"), "false"),
}
# Files that a server must not hand out, where careless ones do.
FILES = (
    *("main.py", "settings.py", "users.json", "users.db", "app.log", "server.log"),
    *(".env", ".git/config", ".git/HEAD", "__pycache__", "requirements.txt"),
    *(".well-known/jwks.json", ".well-known/openid-configuration", "jwks.json"),
    *("debug", "config", "settings", "env", "users", "users/", "metrics", "status"),
)
FOLDERS = ("", "static/", "files/", "app/", "src/", "..%2f", "static/..%2f")


@pytest.mark.standard("OWASP Authentication", "Authentication Responses")
def test_a_rejected_login_does_not_reveal_who_has_an_account(
    server: Server, contract: Contract
):
    """Status, body and every header are the same for a wrong password, an unknown user
    and a disabled one. `X-Known: false` tells a stranger as much as a sentence."""
    # A third or fifth failure in a row is where apps begin to count.
    first, *others = (
        Whole(name, *[server.login(*login) for _ in range(MANY)][-2:])
        for name, login in REFUSED.items()
    )
    must_have_usual_headers(first, server.get("/nowhere"))
    if contract.never_crashes:
        others += [
            Whole(name, *(server.login(*login) for _ in range(2)))
            for name, login in MALFORMED.items()
        ]
    for other in others:
        must_be_alike(first, other)


@pytest.mark.standard("RFC 6750", "3.1")
def test_a_bad_token_does_not_reveal_what_is_wrong_with_it(
    server: Server, contract: Contract, johndoe_token: str
):
    """Status, body and every header are the same for every bad token. A forger who
    reads that the signature was good, or the user unknown, is a step further."""
    key = server.secret_key or contract.secret_key or ""
    bad = bad_tokens(contract, johndoe_token, key)
    bad |= odd_tokens(contract, johndoe_token, key)
    # An app may count the bad ones since the last good one. Of few kinds, each is sent
    # more often.
    server.get(contract.me, token=johndoe_token)
    times = MANY if len(bad) < MANY else 2
    first, *others = (
        Whole(name, *[server.get(contract.me, token=token) for _ in range(times)][-2:])
        for name, token in bad.items()
    )
    must_have_usual_headers(first, server.get("/nowhere"))
    for other in others:
        must_be_alike(first, other)


def test_no_header_or_cookie_holds_a_secret(
    server: Server, contract: Contract, johndoe_token: str
):
    """A header reaches browsers, proxies and logs as a body does. A hash, a password or
    a key is not for them: not in a cookie, not in an ETag, not in hex or base64."""
    for answer in answers_of_all_kinds(server, contract, johndoe_token):
        found = [
            f"{name} holds {secret} {how}"
            for name, value in answer.headers.items()
            for said in opened(value)
            for secret, how in secrets_in(
                said, server, contract, JOHNDOE["password"], beginning=BEGINNING
            )
        ]
        answer.must(
            not found,
            expected="headers with no secret in them",
            difference="; ".join(found),
        )


def test_no_body_holds_a_secret(server: Server, contract: Contract, johndoe_token: str):
    """Everyone can read /docs and /openapi.json, so a real hash is a bad example there.
    The rejected client reads a rejection, and logs and proxies may keep a record."""
    for answer in answers_of_all_kinds(server, contract, johndoe_token):
        record = answer.status == 200 and contract.me in answer.request
        record = record and f"{contract.me}/items" not in answer.request
        if record and "hashed_password" in str(contract.guarded[contract.me]):
            # Step 1 sends it on purpose.
            continue
        found = [
            f"it holds {secret} {how}"
            for secret, how in secrets_in(answer.text, server, contract)
        ]
        found += [
            f"it holds a bcrypt hash, {one[:12]}…"
            for one in re.findall(r"\$2[abxy]?\$\d\d\$[./\w]{53}", answer.text)
        ]
        if re.search(r"\bjohndoe\b", answer.text) and re.search(
            rf"\b{JOHNDOE['password']}\b", answer.text
        ):
            found.append("it tells johndoe and his password")
        answer.must(
            not found,
            expected="a text with no secret in it",
            difference="; ".join(found),
        )
    login = server.login(**JOHNDOE)
    found = [
        f"it holds {secret} {how}"
        for secret, how in secrets_in(login.text, server, contract, JOHNDOE["password"])
    ]
    login.must(
        not found,
        expected="an answer that doesn't repeat what was typed",
        difference="; ".join(found),
    )


def test_request_headers_change_nothing(server: Server, contract: Contract):
    """The sender of a request writes its `Host`, its `X-Forwarded-User` and its
    cookies. With them a right login stays right, a wrong one stays wrong, and the
    record is the same."""
    logins = {
        name: server.login(**user).token
        for name, user in users_who_log_in(contract).items()
    }
    expected = {
        name: server.get(contract.me, token=one) for name, one in logins.items()
    }
    key = server.secret_key or contract.secret_key or ""
    all_bad = bad_tokens(contract, logins["johndoe"], key)
    # Of step 4 on, or of step 5 on. Before, there are words alone.
    kinds = ("expired", "an unknown user", "a word")
    bad = [all_bad[kind] for kind in kinds if kind in all_bad]

    def log_in(user: dict[str, str], headers: dict[str, str]) -> Answer:
        # With every letter as %xx, which a charset would be about, if it counted.
        form = "&".join(
            f"{name}=%{text.encode().hex('%')}"
            for name, text in (contract.grant | user).items()
        )
        return server.post(
            "/token", content=form.encode(), headers={"Content-Type": FORM} | headers
        )

    def check(headers: dict[str, str]) -> None:
        wrong = {"username": "johndoe", "password": WRONG}
        log_in(wrong, headers).must_be(contract.bad_login)
        server.get(contract.me, headers=headers).must_be(contract.no_token)
        for token in bad:
            answer = server.get(contract.me, token=token, headers=headers)
            answer.must_be(contract.bad_token)
        for name, user in users_who_log_in(contract).items():
            token = log_in(user, headers).token
            usual = expected[name]
            for again in (headers, {}):
                answer = server.get(contract.me, token=token, headers=again)
                answer.must(
                    meaning(answer) == meaning(usual),
                    expected=f"what comes without these headers: {usual.actual}",
                    difference="another answer",
                )

    must_all({"hostile headers": HOSTILE, **TOGETHER}, check)
    for origin in ORIGINS:
        headers = {"Origin": origin, "Cookie": "session=alice"}
        answer = server.get(contract.me, token=logins["johndoe"], headers=headers)
        must_not_open_to(origin, answer)


def must_not_open_to(origin: str, answer: Answer) -> None:
    """Raises `ContractError` where a page of this origin may read an answer to a
    request that a browser sends with the user's cookies."""
    answer.must(
        answer.headers.get("access-control-allow-credentials") != "true"
        or answer.headers.get("access-control-allow-origin") != origin,
        expected="CORS with credentials for origins that you know, or none",
        difference=f"{origin} may read it, with the user's cookies",
    )


def test_parameters_and_formats_do_not_change_the_record(
    server: Server, contract: Contract, path: str, johndoe_token: str
):
    """A record has the fields that the contract names: no list of fields and no format
    in the request adds one."""

    def check(request: dict[str, dict[str, str]]) -> None:
        answer = server.get(path, token=johndoe_token, **request)
        if answer.status not in {400, 404, 406, 422}:
            answer.must_be(contract.guarded[path])

    must_all(WISHES, check)


def test_no_name_in_the_code_is_a_way_in(server: Server, contract: Contract):
    """Others read your code. They try each name in it as a parameter, a header, a
    cookie and a field of the form, with each value in it. A request chooses neither the
    user nor the answer: the password and the token do."""
    if server.probe is None:
        pytest.skip("needs to read the code: not possible at a URL")
    words = [*server.probe.words(), *documented_parameters(server)]
    names = [word for word in dict.fromkeys(words) if re.fullmatch(r"[\w$.:-]+", word)]
    tokens = {
        name: token_of(server, contract, user)
        for name, user in {"johndoe": JOHNDOE, "alice": ALICE}.items()
    }
    johndoe = tokens["johndoe"]
    usual = {name: server.get(contract.me, token=one) for name, one in tokens.items()}
    wrong = {"username": "johndoe", "password": WRONG}

    def ask(names: list[str], value: str) -> None:
        request = asked_with(names, value)
        server.get(contract.me, **request).must_be(contract.no_token)
        # For the others, what costs least: there are many.
        usually = value in VALUES
        for name, token in tokens.items() if usually else [("johndoe", johndoe)]:
            answer = server.get(contract.me, token=token, **request)
            answer.must(
                meaning(answer) == meaning(usual[name]),
                expected=f"what comes without them: {usual[name].actual}",
                difference="another answer",
            )
            must_not_be_shared(answer)
        for path in list(contract.guarded)[1:] if value in VALUES else ():
            answer = server.get(path, token=tokens["johndoe"], **request)
            answer.must_be(contract.guarded[path])
        fields = dict.fromkeys(set(names) - OF_A_FORM, value)
        if not contract.standard_answers:
            fields |= {"scope": value}
        # Once more after the right password: an answer may be kept, under any of them.
        for user in (wrong, JOHNDOE, wrong) if usually else (JOHNDOE, wrong):
            form = fields | contract.grant | user
            login = server.post("/token", data=form, **request)
            if user is wrong:
                login.must_be(contract.bad_login)
            else:
                must_be_a_token_alone(login)
                same = _whose(login.token) == _whose(tokens["johndoe"])
                login.must(
                    same,
                    expected="the token that comes without them",
                    difference="it's for another user, or for another time",
                )
        for part in ("headers", "cookies") if value in VALUES[:2] else ():
            form = contract.grant | JOHNDOE
            alone = {"headers": in_headers(names, value, part=part)}
            must_be_a_token_alone(server.post("/token", data=form, **alone))

    def check(value: str) -> None:
        try:
            ask(names, value)
        except ContractError:
            # One of them, if one alone does it: a shorter line to read.
            for name in names:
                ask([name], value)
            raise

    values = (*VALUES, *words[:MOST_VALUES])
    must_all({value: value for value in values}, check)


def test_no_format_in_the_code_adds_to_the_record(
    server: Server, contract: Contract, johndoe_token: str
):
    """Each media type that your code names is asked for: the record is the same in all
    of them, and no other type is a form."""
    if server.probe is None:
        pytest.skip("needs to read the code: not possible at a URL")

    def check(kind: str) -> None:
        headers = {"Accept": kind}
        answer = server.get(contract.me, token=johndoe_token, headers=headers)
        if answer.status not in {400, 404, 406, 422}:
            answer.must_be(contract.guarded[contract.me])
        if kind not in (FORM, "multipart/form-data"):
            form = b"grant_type=password&username=johndoe&password=secret"
            headers = {"Content-Type": kind}
            answer = server.post("/token", content=form, headers=headers)
            answer.must_have_status(contract.malformed)

    kinds = [
        word for word in server.probe.words() if re.fullmatch(r"[a-z]+/[\w.+-]+", word)
    ]
    must_all({kind: kind for kind in kinds}, check)


def test_no_path_in_the_code_reveals_a_user(server: Server, contract: Contract):
    """Not all paths stand in /openapi.json, but all stand in your code. Without a token
    none shows a user, who has an account, or a file of the server, and with a token
    none shows another user."""
    if server.probe is None:
        pytest.skip("needs to read the code: not possible at a URL")
    tokens = {
        name: token_of(server, contract, user)
        for name, user in {"alice": ALICE, "johndoe": JOHNDOE}.items()
    }
    for token in tokens.values():
        server.get(contract.me, token=token)
    known = {*contract.guarded, "/token", "/docs", "/redoc", "/openapi.json"}
    words = {word for word in server.probe.words() if re.search(r"\w|^/$", word)}
    folders = sorted(word.rstrip("/") for word in words if word.startswith("/"))
    # A router has a prefix, which stands before its paths.
    joined = {f"{one}{other}" for one, other in permutations(folders[:MOST_FOLDERS], 2)}
    paths = {f"/{word.lstrip('/')}" for word in words | joined} - known

    def check(path: str) -> None:
        def asked_about(name: str) -> Answer:
            url = re.sub(r"\{[^}]*\}", name, path)
            about = dict.fromkeys(OF_A_USER, name) | {"password": JOHNDOE["password"]}
            return server.get(url, params=about)

        theirs = asked_about("johndoe")
        must_reveal_nothing(theirs, server, contract)
        theirs.must(
            not BCRYPT(theirs.text),
            expected="an answer with no hash in it",
            difference="there is a bcrypt hash in it",
        )
        if "{" in path:
            for number in "01":
                answer = server.get(re.sub(r"\{[^}]*\}", number, path))
                must_reveal_nothing(answer, server, contract)
        if path in words:
            must_not_tell_who_is_there(path, server, contract)
        if "hashed_password" not in str(contract.guarded[contract.me]):
            for name in ("johndoe", "alice") if "{" in path else ("johndoe",):
                url = re.sub(r"\{[^}]*\}", name, path)
                answer = server.get(url, token=tokens["johndoe"])
                must_reveal_nothing(answer, server, contract, of_others=True)
        if "{" in path or path in words:
            nobodys = asked_about("nobody")
            theirs.must(
                meaning_without("johndoe", theirs)
                == meaning_without("nobody", nobodys),
                expected="for an existing user what comes for an unknown one",
                difference="another answer, which tells who has an account",
            )
        if path in words:
            # A folder that is served: all of its files are.
            for file in ("main.py", ".env"):
                url = re.sub(r"\{[^}]*\}", file, path)
                url = url if "{" in path else f"{path.rstrip('/')}/{file}"
                answer = server.get(url)
                must_reveal_nothing(answer, server, contract)
            answer = server.get(path, params=dict.fromkeys(OF_A_FILE, "main.py"))
            must_reveal_nothing(answer, server, contract)

    must_all({path: path for path in sorted(paths)}, check)


def must_not_tell_who_is_there(
    path: str, server: Server, contract: Contract, method: str = "POST"
) -> None:
    """Raises `ContractError` where a request without a token, such as one that asks for
    a new password, is answered for an existing user in another way than for none."""
    # A path may make a user of the unknown one, so it's none that other tests need.
    for kind in ("json", "data"):
        theirs, strangers = (
            server.send(
                method,
                re.sub(r"\{[^}]*\}", name, path),
                params=dict.fromkeys(OF_A_USER, name),
                **{
                    kind: dict.fromkeys(OF_A_USER, name)
                    | {"email": f"{name}@example.com", "password": WRONG}
                },
            )
            for name in ("johndoe", "stranger")
        )
        must_reveal_nothing(theirs, server, contract)
        if strangers.status < 300 and 400 <= theirs.status < 500:
            # They have signed up, and johndoe has an account already.
            continue
        theirs.must(
            meaning_without("johndoe", theirs)
            == meaning_without("stranger", strangers),
            expected="for an existing user what comes for an unknown one",
            difference="another answer, which tells who has an account",
        )
        if theirs.status in {404, 405} and theirs.status == strangers.status:
            # It takes none, whatever is in it.
            break


def must_reveal_nothing(
    answer: Answer, server: Server, contract: Contract, *, of_others: bool = False
) -> None:
    """Raises `ContractError` for an answer to a request without a token, or with
    johndoe's, that has something of a user, or `of_others`, or a secret in it."""
    found = [
        f"it holds {secret} {how}"
        for secret, how in secrets_in(answer.text, server, contract)
    ]
    if "fake_users_db" in answer.text or "import FastAPI" in answer.text:
        found.append("it is the source of the app")
    typed = re.sub(r"\W", " ", answer.request)
    found += [
        f"it tells {name}"
        for name in ("alice", "Alice Wonderson", "johndoe", "John Doe")[
            : 2 if of_others else None
        ]
        if name in answer.text and name not in typed
    ]
    answer.must(
        not found,
        expected="an answer without another user"
        if of_others
        else "an answer without a user, since no token was sent",
        difference="; ".join(found),
    )


def meaning_without(name: str, answer: Answer) -> tuple[int, str]:
    """The status and the body, without a name that was in the request."""
    return answer.status, answer.text.replace(name, "")


def _whose(token: str) -> tuple[object, int]:
    """The user of a token, and for about how many times ten minutes it's good."""
    if "." not in token:
        return token, 0
    _, claims = tokens.read(token)
    left = expires_at(token) - time.time() if "exp" in claims else 0
    return claims.get("sub"), round(left / TEN_MINUTES)


def asked_with(names: list[str], value: str) -> dict[str, dict[str, str]]:
    """A request that has this value under each of these names, wherever one can be."""
    return {
        "params": dict.fromkeys(names, value),
        "headers": in_headers(names, value),
    }


def in_headers(names: list[str], value: str, part: str = "") -> dict[str, str]:
    """Headers and cookies of these names with this value, or only one `part` of them:
    an app may compare one with the other."""
    # To FastAPI a parameter `x_user` is the header X-User.
    dashed = [name.replace("_", "-") for name in names]
    headers = {
        name: value
        for name in (*names, *dashed)
        if re.fullmatch(r"[A-Za-z][\w-]*", name) and name.lower() not in OF_HTTP
    }
    cookies = {"Cookie": "; ".join(f"{name}={value}" for name in names)}
    return {"headers": headers, "cookies": cookies}.get(part, headers | cookies)


def documented_parameters(server: Server) -> list[str]:
    """The names of all parameters in the server's own description of itself."""
    return [
        str(one.get("name"))
        for operations in paths_of(server).values()
        for operation in operations.values()
        for one in operation.get("parameters", [])
    ]


def test_no_shared_cache_may_store_the_record(
    server: Server, contract: Contract, path: str, johndoe_token: str
):
    """With `Cache-Control: public`, a proxy may give johndoe's record to the next
    client, without a token (RFC 9111, section 3.5)."""
    must_not_be_shared(server.get(path, token=johndoe_token))


def must_not_be_shared(answer: Answer) -> None:
    for name in ("Cache-Control", "CDN-Cache-Control", "Surrogate-Control"):
        kept = answer.headers.get(name, "").lower()
        answer.must(
            not any(word in kept for word in ("public", "s-maxage", "must-revalidate")),
            expected=f"no {name} that lets a shared cache keep it",
            difference=f"{name} is {kept}",
        )


@pytest.mark.standard("RFC 9110", "13.1.2")
def test_a_condition_does_not_replace_the_token(
    server: Server, contract: Contract, path: str, johndoe_token: str
):
    """With `If-None-Match` a client asks whether the record is still the one it has. A
    304 tells anyone that it is, and so does a missing challenge: first comes the
    token."""
    seen = server.get(path, token=johndoe_token)
    conditions = {
        "If-None-Match": ("*", seen.headers.get("etag", '"x"')),
        "If-Match": ("*", seen.headers.get("etag", '"x"')),
        "If-Modified-Since": ("Fri, 01 Jan 2100 00:00:00 GMT",),
        "Range": ("bytes=0-10",),
    }

    def check(headers: dict[str, str]) -> None:
        server.get(path, headers=headers).must_be(contract.no_token)

    must_all(
        {
            f"{name}: {value}": {name: value}
            for name, values in conditions.items()
            for value in values
        },
        check,
    )


def test_no_documented_path_reveals_a_user_without_a_token(
    server: Server, contract: Contract
):
    """/openapi.json lists your paths. Anyone can call a path that needs no token, so it
    must not show a user's record, or the key."""
    for path, operations in paths_of(server).items():
        for method in operations.keys() - {"get"}:
            if (path, method) != ("/token", "post"):
                must_not_tell_who_is_there(path, server, contract, method.upper())
        wanted = [
            str(one.get("name"))
            for one in operations.get("get", {}).get("parameters", [])
            if one.get("in") == "query"
        ]
        unknown: tuple[int, str] | None = None
        for name in ("nobody", "johndoe", "alice", "1"):
            answer = server.get(
                re.sub(r"\{[^}]*\}", name, path), params=dict.fromkeys(wanted, name)
            )
            said = answer.status, answer.text.replace(name, "")
            if name == "nobody":
                unknown = said
            elif name in {"johndoe", "alice"}:
                answer.must(
                    said == unknown,
                    expected="for an existing user what comes for an unknown one",
                    difference="another answer, which tells who has an account",
                )
            found = [
                f"it holds {secret} {how}"
                for secret, how in secrets_in(answer.text, server, contract)
            ]
            found += [
                f"it holds {told}"
                for told in (
                    *("johndoe@example.com", "alice@example.com"),
                    *("John Doe", "Alice Wonderson"),
                )
                if told in answer.text
            ]
            answer.must(
                not found,
                expected="an answer without a record, since no token was sent",
                difference="; ".join(found),
            )


def test_no_file_of_the_server_is_served(server: Server, contract: Contract):
    """The source has the table with the hashes, and `.env` has the key. A server that
    hands out its folder hands out both, and scanners ask every server for these."""
    for file in FILES:
        # If a folder is served, all of its files are: two of them are enough.
        for folder in FOLDERS if file in ("main.py", ".env") else FOLDERS[:2]:
            answer = server.get(f"/{folder}{file}")
            found = [
                f"it holds {secret} {how}"
                for secret, how in secrets_in(answer.text, server, contract)
            ]
            if "fake_users_db" in answer.text or "import FastAPI" in answer.text:
                found.append("it is the source of the app")
            answer.must(
                not found,
                expected="404",
                difference="; ".join(found),
            )


def test_the_documents_carry_no_token_and_lead_to_this_server(
    server: Server, contract: Contract
):
    """An example that is a real token is a login for everyone. And Authorize sends the
    password to the server that /openapi.json names."""
    document = server.get("/openapi.json")
    for path in ("/openapi.json", "/docs"):
        usual = server.get(path)
        for name in ("Host", "X-Forwarded-Host", "X-Forwarded-Prefix", "X-Script-Name"):
            answer = server.get(path, headers={name: "evil.example"})
            answer.must(
                answer.text == usual.text,
                expected=f"what comes without this {name}",
                difference="another document",
            )
        addresses = re.findall(r"(?:johndoe|alice)@[\w.]+", usual.text)
        usual.must(
            not addresses,
            expected="a document without the e-mail address of a user",
            difference=f"it has {', '.join(addresses)}",
        )
    for token in re.findall(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", document.text):
        server.get(contract.me, token=token).must_be(contract.bad_token)
    if document.status != 200:
        return
    docs = f"{server.address}/docs"
    schemes = document.fields().get("components", {}).get("securitySchemes", {})
    urls = [str(one.get("url")) for one in document.fields().get("servers", [])] + [
        str(url)
        for scheme in schemes.values()
        for flow in scheme.get("flows", {}).values()
        for name, url in flow.items()
        if name.endswith("Url")
    ]
    document.must(
        all(f"{urljoin(docs, url)}/".startswith(f"{server.address}/") for url in urls),
        expected="an /openapi.json that names no other server",
        difference=f"it names {urls}",
    )
    if server.probe is None:
        return
    # The first request after a start may come from anyone.
    with server.launched(SECRET_KEY=server.secret_key) as launch:
        started = launch.must_be_up("its settings are good")
        for headers in ({"Host": "evil.example"}, {}):
            answer = started.get("/openapi.json", headers=headers)
        answer.must(
            "evil.example" not in answer.text,
            expected="a document that doesn't name the Host of an earlier request",
            difference="it names evil.example",
        )


def test_requests_at_the_same_time_do_not_mix(server: Server, contract: Contract):
    """What a server keeps of one request in a variable of its module, another request
    finds there. johndoe and alice ask and log in at the same moment."""
    if server.probe is None:
        pytest.skip("needs to send requests at the same moment: not possible at a URL")
    tokens = [token_of(server, contract, user) for user in (JOHNDOE, ALICE)] * 4
    usual = [server.get(contract.me, token=token) for token in tokens]
    for answer, expected in zip(
        server.get_at_once(contract.me, tokens), usual, strict=True
    ):
        answer.must(
            meaning(answer) == meaning(expected),
            expected=f"what comes when it is asked alone: {expected.actual}",
            difference="the answer to somebody else",
        )
    wrong = JOHNDOE | {"password": WRONG}
    for login in logins_at_once(server, [JOHNDOE, wrong] * 3)[1::2]:
        login.must_be(contract.bad_login)
    users = [*users_who_log_in(contract).values()] * 3
    usual = usual[: len(users_who_log_in(contract))] * 3
    for login, expected in zip(logins_at_once(server, users), usual, strict=False):
        answer = server.get(contract.me, token=login.token)
        answer.must(
            meaning(answer) == meaning(expected),
            expected=f"a token for the user who logged in: {expected.actual}",
            difference="the token is somebody else's",
        )


def logins_at_once(server: Server, users: list[dict[str, str]]) -> list[Answer]:
    """The answers to logins that are under way together: where a password is hashed,
    none ends before all have had time to begin."""
    assert server.probe is not None, "they are sent one by one at a URL"
    server.probe.hash_stats()
    server.login(**JOHNDOE)
    if not server.probe.hash_stats().costs:
        return server.log_in_at_once(users)
    with server.while_logging_in(*users) as answers:
        for _ in range(3):
            server.get("/openapi.json")
    return answers


def test_tokens_survive_a_restart(server: Server, contract: Contract):
    """You restart a server at each deployment, and several may run side by side. Each
    of them accepts the tokens of the others."""
    if server.probe is None:
        pytest.skip("needs to start the app once more: not possible at a URL")
    token = server.login(**JOHNDOE).token
    expected = server.get(contract.me, token=token)
    # Not in the same second: an app may remember when it was started.
    later = contextlib.nullcontext()
    if server.clock is not None:
        later = server.clock.at(time.time() + A_MINUTE)
    with later, server.launched(SECRET_KEY=server.secret_key) as launch:
        started = launch.must_be_up("its settings are good")
        answer = started.get(contract.me, token=token)
        answer.must(
            meaning(answer) == meaning(expected),
            expected=f"what comes before the restart: {expected.actual}",
            difference="another answer",
        )


def test_environment_variables_open_nothing(server: Server, contract: Contract):
    """Variables such as DEBUG and TESTING are set on many machines, for other programs.
    Passwords, records and tokens are the same with them, from wherever they come."""
    if server.probe is None:
        pytest.skip("needs to start the app once more: not possible at a URL")
    # The code says what a variable must be to change something: `true` or `1`.
    looked_for = server.probe.variables()
    compared = {name: value for name, value in looked_for.items() if value != "1"}
    switches = {name: compared.get(name, value) for name, value in SWITCHES.items()}
    key = server.secret_key
    token = server.login(**JOHNDOE).token
    if contract.secret_key or "." not in token:
        # These become settings at step 6. Until then they are constants.
        key = WRONG
        switches |= {"ACCESS_TOKEN_EXPIRE_MINUTES": "0"}
        # Whatever the code may ask for.
        names = (word for word in server.probe.words() if NAME_OF_A_VARIABLE(word))
        switches = dict.fromkeys(names, "600") | looked_for | switches
        switches |= {"SECRET_KEY": WRONG}
    # What the code may ask for, also by the field of a class.
    words = [word for word in server.probe.words() if OF_THE_CONTRACT(word)]
    switches = dict.fromkeys(map(str.upper, words), "600") | switches
    dotenv = "".join(f"{name}={value}\n" for name, value in switches.items())
    expires = expires_at(token)
    documents = {path: server.get(path) for path in ("/openapi.json", "/docs")}
    incomplete = {"username": "johndoe", "grant_type": WRONG}
    asked_for_more = server.post("/token", data=incomplete)
    for settings in (
        {**switches, "SECRET_KEY": key},
        {"SECRET_KEY": key, "dotenv": dotenv},
        {**IN_PRODUCTION, "SECRET_KEY": key},
    ):
        with server.launched(**settings) as launch:
            started = launch.must_be_up("these are not its settings")
            for path, usual in documents.items():
                answer = started.get(path)
                answer.must(
                    answer.status == usual.status,
                    expected=f"the status {usual.status}, as without these variables",
                    difference=f"the status is {answer.status}",
                )
            crash = started.login("johndoe", f"{WRONG}\0")
            crash.must(
                not re.search(r"Traceback|line \d+, in ", crash.text),
                expected="an answer without the source of the server",
                difference="the answer shows a traceback",
            )
            started.login("johndoe", WRONG).must_be(contract.bad_login)
            started.login("nobody", WRONG).must_be(contract.bad_login)
            answer = started.post("/token", data=incomplete)
            answer.must(
                meaning(answer) == meaning(asked_for_more),
                expected=f"what comes without these variables: {asked_for_more.actual}",
                difference="another answer",
            )
            started.get(contract.me).must_be(contract.no_token)
            login = started.login(**JOHNDOE)
            token = login.token
            login.must(
                abs(expires_at(token) - expires) < LONGER,
                expected="a token that expires when it does without these variables",
                difference="it expires at another time",
            )
            signs = server.secret_key or contract.secret_key or ""
            for bad in bad_tokens(contract, token, signs).values():
                started.get(contract.me, token=bad).must_be(contract.bad_token)
            for path, reply in contract.guarded.items():
                started.get(path, token=token).must_be(reply)
        # The app without these variables takes the tokens of the one with them.
        server.get(contract.me, token=token).must_be(contract.guarded[contract.me])


def test_nothing_secret_is_printed(server: Server, contract: Contract):
    """What an app prints ends up in logs that many people can read: at its start, at a
    login, when it reads or rejects a token, and when it ends. A log level in the
    environment doesn't change that."""
    if server.probe is None:
        pytest.skip("needs to see what the app prints: not possible at a URL")
    for chatty in ({}, CHATTY):
        with server.launched(SECRET_KEY=server.secret_key, **chatty) as launch:
            started = launch.must_be_up("its settings are good")
            key = server.secret_key or contract.secret_key or ""
            secrets = secrets_sent_to(started, contract, key)
            if key:
                secrets |= {
                    f"the key {how}": one for how, one in spellings_of(key).items()
                }
        launch.must_not_show(secrets)
        hashes = re.findall(r"\$2[abxy]?\$\d\d\$[./A-Za-z0-9]{53}", launch.printed())
        launch.must_not_show({f"the hash {one[:12]}…": one for one in hashes})


def secrets_sent_to(started: Server, contract: Contract, key: str) -> dict[str, str]:
    """Asks for all kinds of things, and says which secrets were in the requests and in
    the answers."""
    wrong = "correct-horse-battery-staple"
    secrets = {"a wrong password": wrong} | spellings_of(contract.stored_hash)
    secrets |= {"the right password": ALICE["password"]}
    login, alices = started.login(**JOHNDOE), token_of(started, contract, ALICE)
    for name in ("johndoe", "alice", "nobody"):
        started.login(name, wrong)
        started.login(name, f"{wrong}\0")
    started.post("/token", data={"username": "johndoe", "grant_type": wrong})
    started.post("/token", data={"password": wrong})
    started.post("/token", json={"username": "johndoe", "password": wrong})
    # Half a character: a text that Python can't encode, and that its errors repeat.
    started.post(
        "/token",
        content=in_parts(username="johndoe", password=f"{wrong}\\ud800"),
        headers={"Content-Type": HALVES},
    )
    basic = base64.b64encode(f"johndoe:{wrong}".encode()).decode()
    for scheme in (f"Basic {basic}", f"Token {wrong}", wrong):
        started.get(contract.me, headers={"Authorization": scheme})
    secrets |= {f"{name} in a header": s for name, s in spellings_of(wrong).items()}
    for path in contract.guarded:
        started.get(path, token=login.token)
        started.get(path, token=alices)
    started.get(contract.me, token=wrong)
    started.get("/nowhere", params={"password": wrong})
    if "." in login.token:
        sent = {"a token": login.token, "another token": alices}
        sent |= bad_tokens(contract, login.token, key)
        sent |= odd_tokens(contract, login.token, key)
        header, claims = tokens.read(login.token)
        sent |= {
            f"a token without {claim}": tokens.sign(
                {name: claims[name] for name in claims if name != claim},
                key,
                header=header,
            )
            for claim in claims
        }
        for token in sent.values():
            started.get(contract.me, token=token)
        # Words are no secrets.
        secrets |= {name: token for name, token in sent.items() if "." in token}
    return secrets


def expires_at(token: str) -> float:
    """The moment when a token expires; 0 where it says none. Milliseconds would be past
    the year 9999, and two of them always far apart: that's all one here."""
    if "." not in token:
        return 0
    _, claims = tokens.read(token)
    return min(float(claims.get("exp", 0)), END_OF_9999)


def meaning(answer: Answer) -> tuple[int, object]:
    """The status and what the body says: the fields of a JSON object have no order."""
    try:
        return answer.status, json.loads(answer.text)
    except ValueError:
        return answer.status, answer.text


def in_parts(**fields: str) -> bytes:
    """A form of parts, with `x` between them (RFC 7578)."""
    lines = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'
        for name, value in fields.items()
    ]
    return f"{''.join(lines)}--x--\r\n".encode()


def odd_tokens(contract: Contract, good: str, key: str) -> dict[str, str]:
    """Tokens that the key has signed, and that aren't one of ours by their form."""
    if contract.typ == "JWT" or not key:
        return {}
    header, claims = tokens.read(good)
    head = tokens.encode_json(header)
    padding = {"padding": "x" * 5000}
    return {
        "a crit": tokens.sign(claims, key, header=header | {"crit": []}),
        "too long": tokens.sign(claims | padding, key, header=header),
        "a list": tokens.sign([claims], key, header=header),
        "no JSON": tokens.signed(f"{head}.{tokens.encode(b'a')}", key),
        "a car": tokens.sign(claims | {"sub": "car:johndoe"}, key, header=header),
        "another spelling": f"{good}=",
    }


def bad_tokens(contract: Contract, good: str, key: str) -> dict[str, str]:
    """Tokens that are bad in all kinds of ways; `good` is one of johndoe's."""
    bad = {"no token at all": "johndoe2", "a dash": "-", "a word": "token"}
    if "." not in good or not key:
        return bad
    header, claims = tokens.read(good)
    signature = good.rpartition(".")[2]

    def signed(**others: object) -> str:
        return tokens.sign(claims | others, key, header=header)

    nobody = contract.subject.format(username="nobody")
    changed = tokens.unsigned(claims | {"sub": nobody}, header=header)
    bad |= {
        "another key": tokens.sign(claims, WRONG, header=header),
        "an unknown user": signed(sub=nobody),
        "no user": signed(sub=""),
        "no subject": tokens.sign(
            {name: claims[name] for name in claims if name != "sub"}, key, header=header
        ),
        "a subject that is a number": signed(sub=1),
        "no signature": tokens.unsigned(claims, header={"alg": "none"}) + ".",
        "another algorithm": tokens.sign(claims, key, alg="HS512"),
        "a payload that was changed": f"{changed}.{signature}",
    }
    if "exp" in claims:
        alice = contract.subject.format(username="alice")
        bad |= {
            "expired": signed(exp=int(claims["exp"]) - HALF_AN_HOUR - A_MINUTE),
            "alice's, expired": signed(sub=alice, exp=1700000000),
        }
    if contract.typ != "JWT":
        # Of step 8 on: each check has its own way to say too much.
        bad |= {
            "not valid yet": signed(nbf=int(claims["exp"])),
            "another issuer": signed(iss="https://other.example.com"),
            "another audience": signed(aud="https://other.example.com"),
            "no jti": signed(jti=None),
            "another type": tokens.sign(claims, key, header=header | {"typ": "JWT"}),
        }
    return bad


class Whole:
    """An answer with its headers, but for the time, and for values that differ each
    time they are asked for, such as the number of a request: it is asked for twice."""

    def __init__(self, name: str, answer: Answer, again: Answer) -> None:
        self.name = name
        self.answer = answer
        once, twice = dict(answer.headers), dict(again.headers)
        self.headers = {
            header: value if twice.get(header) == value else DIFFERS
            for header, value in once.items()
            if header.lower() not in OF_THE_TIME
        }


def must_have_usual_headers(one: Whole, usual: Answer) -> None:
    """Raises `ContractError` when a header differs each time and no other answer has
    it, as `Server-Timing` with the milliseconds of a hash. What every answer has, such
    as the number of a request, says nothing about this one."""
    odd = [
        header
        for header, value in one.headers.items()
        if value is DIFFERS and header not in usual.headers
    ]
    one.answer.must(
        not odd,
        expected="the same headers each time",
        difference=f"{', '.join(odd)} differs each time, and no other answer has it",
    )


def must_be_alike(first: Whole, other: Whole) -> None:
    """Raises `ContractError` unless both answers are the same, headers included."""
    differences = []
    if other.answer.status != first.answer.status:
        differences.append(f"the status is not that of {first.name}")
    if other.answer.text != first.answer.text:
        differences.append(f"the body is not that of {first.name}")
    for header in sorted({*first.headers, *other.headers}):
        theirs = first.headers.get(header, "missing")
        ours = other.headers.get(header, "missing")
        if theirs != ours:
            differences.append(f"{header} is {ours}, and for {first.name} {theirs}")
    other.answer.must(
        not differences,
        expected=f"for {other.name} the answer of {first.name}, headers included: "
        f"{first.answer.actual}",
        difference="; ".join(differences),
    )


def answers_of_all_kinds(
    server: Server, contract: Contract, johndoe_token: str
) -> list[Answer]:
    """One answer of each kind that the server gives."""
    return [
        server.login(**JOHNDOE),
        server.login("johndoe", WRONG),
        server.login("nobody", WRONG),
        server.post("/token", data={"username": "johndoe"}),
        *(server.get(path, token=johndoe_token) for path in contract.guarded),
        server.get(contract.me, token=token_of(server, contract, ALICE)),
        server.get(contract.me),
        server.get(contract.me, token="johndoe.e30.e30"),
        server.get("/openapi.json"),
        server.get("/docs"),
        server.get("/nowhere"),
        server.send("DELETE", "/token"),
        server.post("/token", params=JOHNDOE),
        server.get("/"),
        *(server.get(path, token=johndoe_token) for path in documented_paths(server)),
    ]


def documented_paths(server: Server) -> list[str]:
    """What can be read of the server by its own description, for johndoe."""
    return [
        re.sub(r"\{[^}]*\}", "johndoe", path)
        for path, operations in paths_of(server).items()
        if "get" in operations
    ]


def paths_of(server: Server) -> dict[str, dict[str, dict[str, Any]]]:
    """The operations of each path by their method, as /openapi.json has them. None
    where it isn't served."""
    document = server.get("/openapi.json")
    if document.status != 200:
        return {}
    paths: dict[str, dict[str, dict[str, Any]]] = document.fields().get("paths", {})
    return paths


def secrets_in(
    text: str,
    server: Server,
    contract: Contract,
    password: str = "",
    beginning: int | None = None,
) -> list[tuple[str, str]]:
    """The secrets in a text, each with how it is spelt there. With a `beginning`, so
    many characters of what is longer are enough."""
    secrets = {
        "johndoe's hash": contract.stored_hash,
        "alice's password": ALICE["password"],
        "the key": server.secret_key or contract.secret_key,
        "the password": password,
    }
    return [
        (name, how)
        for name, secret in secrets.items()
        if secret
        for how, spelt in spellings_of(secret).items()
        if (spelt if len(spelt) < 12 else spelt[:beginning]) in text
    ]
