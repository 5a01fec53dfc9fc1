"""A login costs the same for every name, harms no other user, and never crashes."""

import json
import os
import time
from collections.abc import Iterator
from contextlib import ExitStack
from weakref import WeakKeyDictionary

import pytest

from tests.steps.contract import (
    ALICE,
    JOHNDOE,
    Contract,
    bad_or_malformed,
    must_all,
    words_of,
)
from tests.steps.contract.expiry import HOUR, LAST_SECOND
from tests.steps.contract.jwt import Claims, Sign
from tests.steps.contract.keys import GOOD_KEY
from tests.steps.contract.leaks import FORM, HALVES, in_parts
from workbook import tokens
from workbook.checking import Answer, Server

CORES = os.cpu_count() or 1
# More than a fixed number that somebody would write.
SIX = 6
WRONG = "a wrong password"
NOBODY = {"username": "nobody", "password": WRONG}
MALFORMED = JOHNDOE | {"password": "sec\0ret"}
TOO_LONG = JOHNDOE | {"password": "s" * 73}
# Of the type HALVES, which can spell half a character.
HALF = in_parts(grant_type="password", username="johndoe", password=r"\ud800")
# At a URL hashes cannot be counted, and time has to do: the fastest of a few tries, or
# of more, where a busy machine has spoilt those.
FEW, MANY = 3, 12
# How far apart two of those may be that count as the same: a factor, and in seconds,
# which a busy machine takes or does not take.
ALIKE = 2.0
SLIGHT = 0.03
# In processor time, which is what is looked at where the app is in reach.
SLIGHT_WORK = 0.01

# What a wrong password of johndoe's costs, by the server that was asked.
USUAL_COSTS: WeakKeyDictionary[Server, list[str]] = WeakKeyDictionary()

# So many requests are answered while a second login has the chance to begin its hash.
CHANCES = 1000

LIKE_A_HASH = "$2b$12$EixZaYVK1fsbw1ZfbX3OXe"
# So many log in at once. Some servers give up at 64 or at 128 who wait.
AT_ONCE = 150
# Threads that an app may have begun meanwhile for something else.
SPARE = 2

# Starlette refuses a field of more than a megabyte, before anybody looks at it.
MUCH = 900 * 1024
DIGITS = "9" * 1000
# Python reads no number of more than 4,300 digits.
MORE_DIGITS = "9" * 5000

# Half of a surrogate pair, by the type of the body and how it's spelt there.
HALF_CHARACTERS = {
    "an escape": (HALVES, r"\ud800"),
    "the other half": (HALVES, r"\udfff"),
    "UTF-7": (HALVES.replace("unicode_escape", "utf-7"), "+2AA-"),
    "bytes in a form": (FORM, "%ED%A0%80"),
}

# In the place of a field: what is half a character is the name of one.
A_NAME = "the name of a field"

BAD_PASSWORDS = {
    "a letter": "x",
    "three letters": "abc",
    "a blank": " ",
    "a NUL": "sec\0ret",
    "a NUL at the end": "secret\0",
    "73 bytes": "s" * 73,
    # The character that stands for bytes which are no text.
    "73 bytes in 25 characters": "\ufffd" * 24 + "s",
    "5,000 characters": "s" * 5000,
    "900 kilobytes": "s" * MUCH,
}

# Claims that an app may read beside `sub` and the dates, for what its services allow.
OTHER_CLAIMS = ("scope", "scopes", "roles", "role", "permissions", "email", "sid")
REGISTERED = ("iss", "aud", "jti")
OF_THE_TOKEN = ("sub", "exp", "nbf", "iat")
ODD_VALUES: tuple[object, ...] = (None, 1, [], {}, "\u0436", "\ud800")
MANY_CLAIMS = 25

BAD_USERNAMES = {
    "a NUL": "johndoe\0",
    "5,000 characters": "j" * 5000,
    "900 kilobytes": "j" * MUCH,
    "a line break": "johndoe\r\nalice",
    "a format": "{username}",
    "a path": "../johndoe",
    "a letter": "j",
    "a blank and another alphabet": "j\u00f6hn doe",
}


@pytest.mark.standard("OWASP Authentication", "Authentication Responses")
@pytest.mark.parametrize(
    ("username", "password"),
    [
        *((name, WRONG) for name in ("nobody", "JOHNDOE", "johndoe2")),
        *(
            (name, common)
            for common in ("123456", "password", LIKE_A_HASH)
            for name in ("johndoe", "nobody")
        ),
        *((name, name) for name in ("johndoe", "nobody")),
        *(("johndoe", known) for known in ("johndoe@example.com", "John Doe")),
    ],
)
def test_an_unknown_user_costs_what_a_known_one_costs(
    server: Server, username: str, password: str
):
    """If the rejection arrives at once, the account doesn't exist. An attacker can try
    thousands of usernames that way. So you check an unknown username against a hash
    too, one of the same cost. A password that everyone knows or that can't be one costs
    a hash as well: the time of a rejection doesn't say why it was one."""
    must_cost_the_same(server, username, password)


@pytest.mark.standard("OWASP Authentication", "Authentication Responses")
def test_the_first_unknown_user_costs_what_the_others_cost(server: Server):
    """If you make the hash when you first need it, the first login costs one hash more.
    Servers restart often, and a client can wait for that. It's the same with the first
    password that can't be compared."""
    must_cost_the_same_first(server, NOBODY, MALFORMED, TOO_LONG)


@pytest.mark.parametrize("password", ["secret", WRONG], ids=["right", "wrong"])
def test_the_first_login_costs_what_the_others_cost(server: Server, password: str):
    """Prepare at the start what the first login needs. Otherwise a client that measures
    it learns that nobody has logged in yet."""
    must_cost_the_same_first(server, JOHNDOE | {"password": password})


def test_a_password_costs_the_same_each_time(server: Server):
    """Answers that are kept for the next time make it cheap to ask again, and tell by
    their speed what was typed before. And a memory full of passwords can be stolen. A
    right password costs one hash as well, of a disabled user, too. And the name and the
    secret of a client, which nobody checks, cost none."""
    if server.probe is None:
        pytest.skip("needs to count the server's hashes: not possible at a URL")
    server.probe.hash_stats()
    server.login("johndoe", "a password typed twice")
    first = server.probe.hash_stats().costs
    if not first:
        pytest.skip(
            "needs to count the server's hashes: its process computes none of bcrypt's"
        )
    answer = server.login("johndoe", "a password typed twice")
    second = server.probe.hash_stats().costs
    answer.must(
        second == first,
        expected=f"this login computes what it did the first time: {told(first)}",
        difference=f"it computes {told(second)}",
    )
    client = {"client_id": "app", "client_secret": "a-secret-of-the-client"}
    for user in (JOHNDOE, ALICE, JOHNDOE | client):
        answer = server.login(**user)
        right = server.probe.hash_stats().costs
        answer.must(
            right == first,
            expected=f"a right password costs what a wrong one does: {told(first)}",
            difference=f"it computes {told(right)}",
        )


@pytest.mark.standard("OWASP Authentication", "Authentication Responses")
def test_a_disabled_user_costs_what_another_costs(server: Server, contract: Contract):
    """Without the password, a client must not find out whether an account is
    disabled, and neither with one that can't be compared."""
    for login in (NOBODY, MALFORMED, TOO_LONG):
        server.login("alice", login["password"]).must_be(contract.bad_login)
        must_cost_the_same(server, "alice", login["password"])


@pytest.mark.parametrize("password", BAD_PASSWORDS.values(), ids=BAD_PASSWORDS)
def test_a_malformed_password_is_wrong(
    server: Server, contract: Contract, password: str
):
    """passlib raises on a NUL and on more than 4,096 bytes, and bcrypt reads 72 bytes
    and no more. Whatever a library does with it, the password is wrong, and the
    answer is that of every wrong password."""
    server.login("johndoe", password).must_be(contract.bad_login)


@pytest.mark.parametrize("password", BAD_PASSWORDS.values(), ids=BAD_PASSWORDS)
@pytest.mark.standard("OWASP Authentication", "Authentication Responses")
def test_a_malformed_password_does_not_reveal_who_has_an_account(
    server: Server, contract: Contract, password: str
):
    """An unknown username gets the same answer, and it costs the same. Otherwise one
    request is enough to know who has an account."""
    server.login("nobody", password).must_be(contract.bad_login)
    must_cost_the_same(server, "johndoe", password)
    must_cost_the_same(server, "nobody", password)


def test_bytes_after_the_72nd_are_not_ignored(server: Server, contract: Contract):
    """To bcrypt two passwords are one when their first 72 bytes are. Here the second
    begins with the first, and is another."""
    server.login("johndoe", "secret" + "\0" * 70).must_be(contract.bad_login)
    server.login("johndoe", "secret\0anything").must_be(contract.bad_login)


@pytest.mark.parametrize("field", ["username", "password"])
def test_a_field_over_a_megabyte_is_rejected_for_every_user(
    server: Server, contract: Contract, field: str
):
    """You may reject such a body before you've read all of it. What matters is that the
    answer is the same for known and unknown usernames."""
    much = {field: "s" * 3 * MUCH}
    form = contract.grant | JOHNDOE
    known = server.post("/token", data=form | much)
    unknown = server.post("/token", data=form | {"username": "nobody"} | much)
    must_be_refused(known, 400, 401, 413, 422)
    must_be_refused(unknown, known.status)


@pytest.mark.parametrize("username", BAD_USERNAMES.values(), ids=BAD_USERNAMES)
def test_a_malformed_username_is_unknown(
    server: Server, contract: Contract, username: str
):
    """You look it up and don't find it. Nothing else happens with it."""
    server.login(username, WRONG).must_be(contract.bad_login)
    must_cost_the_same(server, username, WRONG)


@pytest.mark.parametrize(
    "content",
    [
        b"username=johndoe&password=%ff%fe",
        b"username=%ff%fe&password=secret",
        b"username=johndoe&password=%00",
        b"username=johndoe&password=%00%zz%",
        b"username=johndoe&password=secret%FF",
        b"username=johndoe&password=\xff",
        b"username=\xff\xfe&password=x",
    ],
    ids=[
        *("no UTF-8 password", "no UTF-8 name", "NUL", "half an escape", "one byte"),
        *("a raw byte in the password", "raw bytes in the name"),
    ],
)
def test_bytes_that_are_not_text_are_rejected(
    server: Server, contract: Contract, content: bytes
):
    """A form carries bytes, and not all bytes are text."""
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    form = contract.form("") + content
    answer = server.post("/token", content=form, headers=headers)
    must_be_refused(answer, contract.bad_login.status, 422)


@pytest.mark.parametrize(
    "field",
    [
        *("username", "password", "grant_type", "scope", "client_id", "client_secret"),
        A_NAME,
    ],
)
def test_half_a_character_does_not_reveal_who_has_an_account(
    server: Server, contract: Contract, field: str
):
    r"""Some encodings can spell half of a surrogate pair: a text to Python that has no
    UTF-8. It can't be hashed, and it can't be printed or sent either. `\ud800` is one
    in Python's own escapes. If it's a wrong login, it costs a hash like any other."""

    def check(case: tuple[str, str]) -> None:
        kind, half = case

        def log_in(form: dict[str, str]) -> Answer:
            form = contract.grant | form
            body = urlencoded(form) if kind == FORM else in_parts(**form)
            return server.post("/token", content=body, headers={"Content-Type": kind})

        def with_half(form: dict[str, str]) -> dict[str, str]:
            if field == A_NAME:
                return form | {half: "x"}
            return form | {field: form.get(field, "") + half}

        costs_of(server)
        password = "" if field == "password" else "x"
        known = log_in(with_half({"username": "johndoe", "password": password}))
        of_known = costs_of(server)
        unknown = log_in(with_half({"username": "nobody", "password": password}))
        of_unknown = costs_of(server)
        must_be_refused(known, 400, 401, 422)
        must_be_refused(unknown, known.status)
        if contract.is_wrong_login(known):
            costs = usual_costs(server)
            must_be_as_usual(known, of_known, costs)
        else:
            costs = of_known
        must_be_as_usual(unknown, of_unknown, costs)
        # Nor may it be left out: what stays may be the right name or password.
        answer = log_in(with_half(JOHNDOE))
        ignored = () if field in JOHNDOE else (200, 400, 401, 422)
        must_be_refused(answer, known.status, *ignored)

    must_all(HALF_CHARACTERS, check)


@pytest.mark.parametrize("field", ["username", "password"])
def test_a_file_in_the_place_of_a_field_is_rejected(
    server: Server, contract: Contract, field: str
):
    """A form of parts may have a file where a text belongs. If you read the form
    yourself, what you get there isn't a string."""
    known, unknown = (
        server.post(
            "/token",
            data=contract.grant | {"username": name, "password": "x"},
            files={field: ("file.txt", b"x")},
        )
        for name in ("johndoe", "nobody")
    )
    must_be_refused(known, 400, 401, 422)
    must_be_refused(unknown, known.status)
    known.must(
        known.status != 422 or field in known.text,
        expected=f"if it's a 422, a body that names {field}, which is wrong",
        difference=f"the body does not name {field}",
    )


@pytest.mark.parametrize("field", ["username", "password"])
def test_a_422_names_the_missing_field(server: Server, field: str):
    """A 422 that says nothing leaves the developer of a client to guess."""
    form = {name: text for name, text in JOHNDOE.items() if name != field}
    answer = server.post("/token", data=form)
    must_be_refused(answer, 422)
    answer.must(
        field in answer.text,
        expected=f"422, and a body that names {field}",
        difference=f"the body does not name {field}",
    )
    for empty in ({"grant_type": "password"}, {"username": "", "password": ""}, {}):
        answer = server.post("/token", data=empty)
        must_be_refused(answer, 422)
        answer.must(
            field in answer.text,
            expected="422, and a body that names username and password",
            difference=f"the body does not name {field}",
        )
    answer = server.post("/token", data=form | {"grant_type": "refresh_token"})
    must_be_refused(answer, 422)
    answer.must(
        field in answer.text and "grant_type" in answer.text,
        expected=f"422, and a body that names {field}, which is missing, and "
        "grant_type, which is wrong",
        difference="the body does not name both",
    )
    answer = server.post("/token", data=JOHNDOE | {"grant_type": "refresh_token"})
    must_be_refused(answer, 422)
    answer.must(
        "grant_type" in answer.text,
        expected="422, and a body that names grant_type, which is wrong",
        difference="the body does not name it",
    )


def test_a_422_does_not_repeat_what_was_typed(server: Server):
    """If a rejection repeats the request, a password from the wrong field ends up in
    logs and screenshots. FastAPI's own 422 repeats it, under `input`."""
    word = "hunter2-hunter2"
    form = "application/x-www-form-urlencoded"
    forms: dict[str, tuple[bytes, str]] = {
        "in the grant_type": (f"username=johndoe&grant_type={word}".encode(), form),
        "in another field": (f"passwort={word}".encode(), form),
        "as the name of a field": (f"{word}=x&username=johndoe".encode(), form),
        "alone": (word.encode(), form),
        "with a username": (f"johndoe:{word}".encode(), form),
        "twice": (f"grant_type={word}&grant_type=x{word}".encode(), form),
        "in JSON": (f'{{"username": "johndoe", "password": "{word}"}}'.encode(), ""),
        "in plain text": (f"username=johndoe&password={word}".encode(), "text/plain"),
        "in the name of a part": (
            in_parts(**{word: "x", "username": "johndoe"}),
            "multipart/form-data; boundary=x",
        ),
        "in a boundary": (b"", f"multipart/form-data; boundary={word}"),
        "in a Content-Type": (b"", word),
        "as a misspelt field": (b"username=johndoe&pasword=x", form),
    }

    def check(case: tuple[bytes, str]) -> None:
        content, kind = case
        headers = {"Content-Type": kind or "application/json"}
        answer = server.post("/token", content=content, headers=headers)
        must_be_refused(answer, 400, 401, 415, 422)
        said = f"{answer.text} {answer.headers}"
        answer.must(
            "hunter2" not in said and "pasword" not in said,
            expected="a refusal that says what is missing or wrong, and nothing that "
            "came",
            difference="the refusal repeats what was typed",
        )

    must_all(forms, check)


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "multipart/form-data",
        "multipart/form-data; boundary=",
        "multipart/form-data; boundary=x; charset=utf-7",
        "application/x-www-form-urlencoded; charset=utf-16",
        "application/x-www-form-urlencoded; charset=klingon",
        "application/x-www-form-urlencoded; charset=hex",
        "application/json",
        "a/b/c",
        "",
    ],
)
def test_a_body_that_is_not_a_form_is_rejected(
    server: Server, contract: Contract, content_type: str
):
    """Whatever the header says, the body isn't a form, or it's a form with a wrong
    password."""
    answer = server.post(
        "/token",
        content=contract.form("username=johndoe&password=a+wrong+password"),
        headers={"Content-Type": content_type},
    )
    must_be_refused(answer, contract.bad_login.status, 400, 422)


def test_other_requests_are_answered_during_a_login(
    server: Server, contract: Contract, path: str, johndoe_token: str
):
    """A hash takes a fifth of a second. If you compute it on the event loop, the server
    answers no other request in that time, and a handful of clients can keep it so."""
    must_hold_hashes(server)
    with server.while_logging_in(JOHNDOE):
        answer = server.get(path, token=johndoe_token)
        must_not_be_blocked(server, answer)
        answer.must_be(contract.guarded[path])


@pytest.mark.parametrize(
    "login",
    [NOBODY, MALFORMED, TOO_LONG, HALF, ALICE],
    ids=[
        *("an unknown user", "a malformed password", "a long one", "half a character"),
        "a disabled user",
    ],
)
def test_a_failing_login_does_not_block_other_requests(
    server: Server, contract: Contract, login: dict[str, str] | bytes
):
    """Its hash takes as long as any other, and it is the one that costs a stranger
    nothing to ask for. Nor does the server sleep before it says no: `time.sleep` on the
    event loop is a pause for everyone."""
    must_hold_hashes(server)
    with server.while_logging_in(login, kind=HALVES) as answers:
        must_not_be_blocked(server, server.get(contract.me))
        let_them_come(server, contract)
    answers[0].must(
        not answers.early or not contract.is_wrong_login(answers[0]),
        expected="an answer that comes after the hash",
        difference="it comes before: the time tells that there's no such user",
    )
    answers[0].must(
        not server.probe.hash_stats().blocked,  # type: ignore[union-attr]
        expected="a login that leaves the event loop free, to its end",
        difference="the server slept on its event loop, with time.sleep",
    )


def test_a_login_that_waits_still_logs_in(server: Server, contract: Contract):
    """Waiting is not failing: in the end each login is answered, even if it had to wait
    for hours. The test doesn't: it moves on the time of the event loop and the clock.
    """
    must_hold_hashes(server)
    wrong = JOHNDOE | {"password": WRONG}
    with (
        ExitStack() as later,
        server.while_logging_in(*[JOHNDOE, wrong] * 3) as answers,
    ):
        let_them_come(server, contract)
        server.probe.skip_time(5 * HOUR)  # type: ignore[union-attr]
        if server.clock is not None:
            # It stays so until the logins have been answered.
            later.enter_context(server.clock.at(time.time() + 5 * HOUR))
        let_them_come(server, contract)
    refused = contract.bad_login.status
    for answer, status in zip(answers, [200, refused] * 3, strict=True):
        answer.must_have_status(status)


def test_no_more_hashes_at_once_than_there_are_cores(
    server: Server, contract: Contract
):
    """Each hash takes a core. More hashes at once make all of them slower and fill the
    machine with threads, and the client that sends the most logins gets the most of it.
    The test starts the app where Python counts one core, and so one hash at once is
    enough."""
    must_hold_hashes(server)
    logins = [JOHNDOE, NOBODY, MALFORMED, TOO_LONG, ALICE] * 2
    with server.launched(SECRET_KEY=server.secret_key, PYTHON_CPU_COUNT="1") as launch:
        started = launch.must_be_up("its settings are good")
        with started.while_logging_in(*logins) as answers:
            # Whoever goes in too soon has had many chances to, by then.
            last = let_them_come(started, contract)
            seen = server.probe.hash_stats()  # type: ignore[union-attr]
        most = max(seen.most, server.probe.hash_stats().most)  # type: ignore[union-attr]
        last.must(
            most <= 1,
            expected=f"at most one hash at once, on one core: they were {most}",
            difference="more logins than the server has cores were hashing at once",
        )
    refused = contract.bad_login.status
    alices = refused if contract.standard_answers else 200
    statuses = [200, refused, refused, refused, alices] * 2
    for answer, status in zip(answers, statuses, strict=True):
        answer.must_have_status(status)


def test_each_core_hashes(server: Server):
    """A bound of one would leave the other cores idle while people wait, and so would
    a fixed number on a machine with more of them. The test starts the app where Python
    counts six."""
    must_hold_hashes(server)
    words = words_of(server)
    if any("cgroup" in word or "cpu.max" in word for word in words):
        pytest.skip("needs an app that asks Python alone how many cores there are")
    with server.launched(
        SECRET_KEY=server.secret_key, PYTHON_CPU_COUNT=f"{SIX}"
    ) as launch:
        started = launch.must_be_up("its settings are good")
        with started.while_logging_in(*[JOHNDOE] * (SIX + 1)) as answers:
            most = 0
            # A thread may begin late on a busy machine, or look into a database first.
            for _ in chances():
                if most >= SIX:
                    break
                started.get("/openapi.json")
                most = max(most, server.probe.hash_stats().most)  # type: ignore[union-attr]
        answers[0].must(
            most >= SIX,
            expected="six logins hash at the same time, on six cores",
            difference=f"{most} at the same time, and the others waited",
        )


def test_waiting_logins_occupy_no_thread(
    server: Server, contract: Contract, johndoe_token: str
):
    """There are 40 threads for everything that isn't async. If many logins each wait in
    a thread, none is left for other requests. The test counts the threads, since your
    app may have no such request yet. And it's no way out to turn logins away: in the
    end, each one gets its token."""
    must_hold_hashes(server)
    before = threads(server)
    with server.while_logging_in(*[JOHNDOE] * AT_ONCE) as answers:
        for path, reply in contract.guarded.items():
            answer = server.get(path, token=johndoe_token)
            must_not_be_blocked(server, answer)
            answer.must_be(reply)
        server.get("/docs").must_have_status(200)
        last = let_them_come(server, contract)
        for _ in chances():
            # Some have only read a form or a row, and are free again in a moment.
            more = threads(server) - before
            if more <= CORES + SPARE:
                break
            server.get(contract.me)
    last.must(
        more <= CORES + SPARE,
        expected=f"about {CORES} threads that are busy, one for each hash",
        difference=f"while {AT_ONCE} logins wait or hash, far more threads are busy",
    )
    for waited in answers:
        waited.must_have_status(200)


@pytest.mark.parametrize(
    ("bracket", "depth"),
    # Servers refuse a header of 64 kB, so the longer ones end earlier.
    [(pair, depth) for pair in ("[]", "{}") for depth in (10, 500, 1000, 5000)]
    + [("[]", 10_000)],
)
def test_a_token_header_of_nested_brackets_is_rejected(
    server: Server, contract: Contract, path: str, depth: int, bracket: str
):
    """You don't need a key to send it. A JSON parser goes one call deeper for each
    bracket. At some depth, a thousand in Python 3.11, it raises RecursionError, which
    isn't a JWTError. Python 3.13 goes deeper than 5,000."""
    opening = '{"a":' if bracket == "{}" else "["
    deep = opening * depth + "1" + bracket[1] * depth
    token = ".".join([tokens.encode(deep.encode()), tokens.encode(b"{}"), "x"])
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.parametrize(
    "header",
    [
        [],
        "HS256",
        None,
        1,
        {"alg": None},
        {"alg": ["HS256"]},
        {"alg": {"HS256": 1}},
        {"alg": 256},
        {"alg": "HS256", "kid": ["a"], "jwk": "none", "x5c": 1, "jku": {}},
        {"alg": "HS256", "kid": "\ud800", "typ": "\ud800"},
        5000,
    ],
    ids=json.dumps,
)
def test_a_malformed_token_header_is_rejected(
    server: Server, contract: Contract, path: str, header: object
):
    """A header can be any JSON, and a stranger writes it. It may be a number of 5,000
    digits, too, which Python doesn't read."""
    unsigned = tokens.unsigned({"sub": "johndoe"}, header=header)
    if header == 5000:
        unsigned = f"{tokens.encode(MORE_DIGITS.encode())}.{unsigned.partition('.')[2]}"
    # A signature that is base64 at least: else nobody looks as far as the algorithm.
    token = f"{unsigned}.{tokens.encode(b'x' * 32)}"
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("exp", marks=pytest.mark.standard("RFC 7519", "4.1.4")),
        pytest.param("nbf", marks=pytest.mark.standard("RFC 7519", "4.1.5")),
        pytest.param("iat", marks=pytest.mark.standard("RFC 7519", "4.1.6")),
    ],
)
@pytest.mark.parametrize(
    "value",
    [
        "null", "true", "[]", "{}", '"soon"', '""', '"4102444800"',
        str(LAST_SECOND + 1), '{"a": 1}', "Infinity", "-Infinity", "NaN",
        "1e20", "1e999", DIGITS, MORE_DIGITS,
    ],
    ids=[
        "null", "true", "[]", "{}", "soon", "empty", "a number in quotes",
        "the year 10000", "an object", "Infinity", "-Infinity", "NaN",
        "after the year 9999", "1e999", "a thousand digits", "five thousand digits",
    ],
)  # fmt: skip
def test_invalid_dates_are_rejected(
    server: Server,
    contract: Contract,
    path: str,
    secret_key: str,
    good: Claims,
    name: str,
    value: str,
):
    """The signature is good: another service with the same key made the token. A date
    is a number of seconds that a calendar can show. Anything else is a bad token, and
    doesn't crash the request."""
    here = "the date"
    claims = json.dumps(good("johndoe", **{name: here})).replace(f'"{here}"', value)
    header = {"alg": "HS256", "typ": contract.typ}
    head = f"{tokens.encode_json(header)}.{tokens.encode(claims.encode())}"
    token = tokens.signed(head, secret_key)
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7519", "4.1.5")
@pytest.mark.standard("RFC 7519", "4.1.6")
def test_dates_that_have_passed_are_accepted(
    server: Server, contract: Contract, sign: Sign, good: Claims
):
    """A token that was made long ago, or that begins this very second, is good until
    its `exp`. And 0 is a date like any other, in 1970."""
    now = int(time.time())
    must_all(
        {"0": 0, "1": 1, "in 2001": 10**9, "a month ago": now - 720 * HOUR, "now": now},
        lambda date: server.get(
            contract.me, token=sign(good("johndoe", nbf=date, iat=date))
        ).must_be(contract.guarded[contract.me]),
    )


@pytest.mark.standard("RFC 7519", "4.1.2")
@pytest.mark.parametrize(
    "sub",
    [
        float("inf"),
        int(DIGITS),
        {"a": []},
        [],
        True,
        "x" * 3000,
        "johndoe\0",
        "\ud800x",
    ],
    ids=[
        *("Infinity", "digits", "object", "list", "true", "3,000 characters", "NUL"),
        "half a character",
    ],
)
def test_a_subject_of_the_wrong_type_or_size_is_rejected(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, sub: object
):
    """A subject is a string, and one that a user has."""
    server.get(path, token=sign(good(sub))).must_be(contract.bad_token)


@pytest.mark.parametrize("depth", [500, 10_000])
def test_a_payload_of_nested_brackets_is_rejected(
    server: Server,
    contract: Contract,
    path: str,
    secret_key: str,
    good: Claims,
    depth: int,
):
    """It's the same as with the header, but the attacker needs a key."""
    deep = f'{{"sub": {"[" * depth}{"]" * depth}}}'
    header = {"alg": "HS256", "typ": contract.typ}
    head = f"{tokens.encode_json(header)}.{tokens.encode(deep.encode())}"
    token = tokens.signed(head, secret_key)
    server.get(path, token=token).must_be(contract.bad_token)
    # In a claim that nobody asks about, it may be ignored.
    nested = f'{{"x": {"[" * depth}{"]" * depth}, {json.dumps(good("johndoe"))[1:]}'
    head = f"{tokens.encode_json(header)}.{tokens.encode(nested.encode())}"
    answer = server.get(path, token=tokens.signed(head, secret_key))
    if answer.status != 200:
        answer.must_be(contract.bad_token)


@pytest.mark.standard("RFC 7519", "4")
def test_a_claim_that_is_there_twice_crashes_nothing(
    server: Server, contract: Contract, path: str, secret_key: str, good: Claims
):
    """The names of claims must be unique. A reader may take the last of two or reject
    the token, and whoever signed it has a key. It's no reason to crash."""
    text = json.dumps(good("johndoe"))
    header = {"alg": "HS256", "typ": contract.typ}

    def check(name: str) -> None:
        claim = json.dumps({name: good("johndoe").get(name, "x")})[1:-1]
        twice = f"{{{claim}, {claim}, {text[1:]}".encode()
        head = f"{tokens.encode_json(header)}.{tokens.encode(twice)}"
        answer = server.get(path, token=tokens.signed(head, secret_key))
        if answer.status != 200:
            answer.must_be(contract.bad_token)

    must_all({name: name for name in (*good("johndoe"), "note")}, check)


def test_a_claim_of_any_type_crashes_nothing(
    server: Server, contract: Contract, sign: Sign, good: Claims
):
    """Other services put other claims into their tokens, and of any type: a `scope` may
    be a list, and a `role` an object. Whatever you read of them, the token is good or
    it's a bad one. It's no reason to crash."""
    words = words_of(server)
    names = [
        name
        for name in dict.fromkeys((*OTHER_CLAIMS, *words))
        if name.isidentifier()
        and name not in {*OF_THE_TOKEN, *REGISTERED, *contract.required}
    ]
    # A long token may be rejected for its length.
    together = [
        names[at : at + MANY_CLAIMS] for at in range(0, len(names), MANY_CLAIMS)
    ]

    def check(value: object) -> None:
        for claims in (*together, *([name] for name in REGISTERED)):
            token = sign(good("johndoe") | dict.fromkeys(claims, value))
            answer = server.get(contract.me, token=token)
            if answer.status != 200:
                answer.must_be(contract.bad_token)

    must_all({json.dumps(value): value for value in ODD_VALUES}, check)


@pytest.mark.parametrize(
    "values",
    [
        [b"Bearer \xff\xfe"],
        [b"Bearer \xe9.\xe9.\xe9"],
        [b"Bearer " + b"a" * 8000],
        [b"Bearer " + b"." * 8000],
        [b"\xff"],
        [b"Bearer a", b"Bearer b"],
        [b""],
    ],
    ids=[
        *("no text", "letters with accents", "8,000 a", "8,000 dots", "a byte", "two"),
        "empty",
    ],
)
def test_an_authorization_header_of_any_bytes_is_rejected(
    server: Server, contract: Contract, path: str, values: list[bytes]
):
    """A header is made of bytes. If they aren't a token, the answer is a 401. It may
    also be there twice."""
    answer = server.get(path, headers=[(b"Authorization", value) for value in values])
    must_be_refused(answer, bad_or_malformed(contract, answer).status)


def urlencoded(form: dict[str, str]) -> bytes:
    """A form whose values are escaped already."""
    return "&".join(f"{name}={value}" for name, value in form.items()).encode()


def must_cost_the_same(server: Server, username: str, password: str) -> None:
    """Raises `ContractError` unless this login costs what a wrong password of johndoe's
    costs: as many hashes at the same cost, or, at a URL, about the same time."""
    if server.probe is None:
        must_take_the_same_time(server, username, password)
        return
    usual = usual_costs(server)
    # What other tests have hashed since the last look.
    costs_of(server)
    answer = server.login(username, password)
    must_be_as_usual(answer, costs_of(server), usual)
    if not usual:
        # No bcrypt: what it does in its place can only be timed.
        must_take_the_same_time(server, username, password)


def usual_costs(server: Server) -> list[str]:
    """The hashes of a wrong password of johndoe's, which are the same each time."""
    if server not in USUAL_COSTS:
        # Once before: at the first hash of all, passlib tries what its bcrypt can do.
        server.login("johndoe", WRONG)
        costs_of(server)
        server.login("johndoe", WRONG)
        USUAL_COSTS[server] = costs_of(server)
    return USUAL_COSTS[server]


def costs_of(server: Server) -> list[str]:
    """The hashes since the last look; none where they can't be counted."""
    return server.probe.hash_stats().costs if server.probe is not None else []


def must_be_as_usual(answer: Answer, came: list[str], usual: list[str]) -> None:
    answer.must(
        came == usual,
        expected=f"this login computes what a wrong password of johndoe's does: "
        f"{told(usual)}",
        difference=f"it computes {told(came)}",
    )


def must_cost_the_same_first(server: Server, *logins: dict[str, str]) -> None:
    """Raises `ContractError` unless the first login of each kind after a start costs
    what the same login costs later."""
    if server.probe is None:
        pytest.skip("needs to start the app once more: not possible at a URL")
    # Once before: at the first hash of a process, passlib tries what its bcrypt can do.
    server.login("johndoe", WRONG)
    # Set on many machines, and no reason to save at the hashes.
    variables = dict.fromkeys(("TESTING", "DEBUG", "CI"), "1")
    with server.launched(SECRET_KEY=GOOD_KEY, **variables) as launch:
        started = launch.must_be_up("SECRET_KEY is good")
        server.probe.hash_stats()
        for login in logins:
            started.login(**login)
            first = server.probe.hash_stats().costs
            answer = started.login(**login)
            later = server.probe.hash_stats().costs
            answer.must(
                first == later,
                expected=f"the first login computes what a later one does: "
                f"{told(later)}",
                difference=f"it computes {told(first)}",
            )
    server.login(**logins[-1])
    usual = server.probe.hash_stats().costs
    answer.must(
        later == usual,
        expected=f"what it computes without TESTING and DEBUG: {told(usual)}",
        difference=f"it computes {told(later)}",
    )


def must_take_the_same_time(server: Server, username: str, password: str) -> None:
    slight = SLIGHT if server.probe is None else SLIGHT_WORK
    usual, came = [], []
    for tries in range(1, MANY + 1):
        usual.append(seconds(server, "johndoe", WRONG)[0])
        taken, answer = seconds(server, username, password)
        came.append(taken)
        less, more = sorted([min(usual), min(came)])
        are_alike = more <= less * ALIKE or more - less <= slight
        if are_alike and tries >= FEW:
            return
    answer.must(
        are_alike,
        expected=f"about {min(usual) * 1000:.0f} ms, as for a wrong password of "
        f"johndoe's: it took {min(came) * 1000:.0f} ms",
        difference=f"it takes much {'less' if less == min(came) else 'more'} time",
    )


def seconds(server: Server, username: str, password: str) -> tuple[float, Answer]:
    """What a login takes: processor time of the server's, where that is in reach."""

    def clock() -> float:
        return server.probe.hash_stats().cpu if server.probe else time.perf_counter()

    began = clock()
    answer = server.login(username, password)
    return clock() - began, answer


def told(costs: list[str]) -> str:
    if not costs:
        return "no hash of bcrypt's"
    return f"{len(costs)} hash{'es' if len(costs) > 1 else ''}, {' '.join(costs)}"


def let_them_come(server: Server, contract: Contract) -> Answer:
    """The last of many answers: by then the logins that are under way have come as far
    as they can."""
    return [server.get(contract.me) for _ in range(20)][-1]


def chances() -> Iterator[None]:
    """Looks at what threads do, which have a moment for it between two looks."""
    for _ in range(CHANCES):
        yield
        time.sleep(0.001)


def threads(server: Server) -> int:
    """How many threads the server keeps busy."""
    return server.probe.hash_stats().threads  # type: ignore[union-attr]


def must_be_refused(answer: Answer, *statuses: int) -> None:
    """Raises `ContractError` unless the status is one of these."""
    answer.must(
        answer.status in statuses,
        expected=" or ".join(map(str, statuses)),
        difference=f"the status is {answer.status}",
    )


def must_not_be_blocked(server: Server, answer: Answer) -> None:
    """Raises `ContractError` when the answer came only after a login was through."""
    blocked = server.probe.hash_stats().blocked  # type: ignore[union-attr]
    answer.must(
        not blocked,
        expected="an answer at once, while a login computes its hash",
        difference="no answer came before the hash was computed",
    )


def must_hold_hashes(server: Server) -> None:
    """Skips where a hash cannot be held, for want of a handle or of bcrypt."""
    if server.probe is None:
        pytest.skip("needs to hold the server's hashes: not possible at a URL")
    server.probe.hash_stats()
    server.login(**JOHNDOE)
    if not server.probe.hash_stats().costs:
        pytest.skip(
            "needs to hold the server's hashes: its process computes none of bcrypt's"
        )
