"""POST /token: who gets a token, and how all others are refused."""

import re
from unicodedata import normalize

import pytest

from tests.steps.contract import (
    ALICE,
    BASIC,
    JOHNDOE,
    Contract,
    must_all,
    must_be_a_token_alone,
    users_who_log_in,
)
from tests.steps.contract.spelt import opened
from tests.steps.contract.typed import (
    MALFORMED_PASSWORDS,
    PASSWORDS_IN_OTHER_ALPHABETS,
    PASSWORDS_LIKE_SECRET,
    USERNAMES_LIKE_JOHNDOE,
)
from workbook.checking import Server

# Scopes in the spellings of well-known services.
SCOPES = {
    "one word": "admin",
    "words": "me items",
    "words with colons": "items:read items:write",
    "OpenID Connect": "openid profile",
    "a URL": "https://www.googleapis.com/auth/calendar",
    "another alphabet": "\u00e9",
    "quotes": '"admin"',
    "many": " ".join(f"scope{number}" for number in range(500)),
}
LIKE_ATTACKS = (
    *(
        "' or 1=1 --",
        '" OR ""="',
        "admin'--",
        "x; DROP TABLE users",
        "1 UNION SELECT 1",
    ),
    *("<script>alert(1)</script>", "../../etc/passwd", "{{7*7}}", "${jndi:ldap://x}"),
    *("$(id)", "%00", "{'$gt': ''}"),
)
NO_FORMS = (
    *("text/plain", "text/plain; charset=UTF-8", "application/octet-stream"),
    *("application/json", "text/html", "application/x-www-form", "form"),
    *("text/x-www-form-urlencoded", "text/not-x-www-form-urlencoded"),
    *("application/x-www-form-urlencoded+json", "x/application/x-www-form-urlencoded"),
)
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
# Headers of a client that can't be taken apart, or aren't needed.
ODD_CLIENTS = (
    *("Basic !", "Basic", "Basic YTpi", "Basic abcde", "Basic //79", "Basic YWJj"),
    *("Bearer x", "Digest x", "Basic YTpiOmM= x", "Basic ,", "Basic " + "a" * 5000),
)
# How a password may stand in a form. A value has `=` in it as well as any other letter.
AS_WRITTEN = ("a=b", "=secret", "secret=", "secret=secret", "a%3Db", "secret+", "%2B")
# Other names of a field, which isn't there when it has one of these.
OTHER_NAMES = {
    "username": ("Username", "USERNAME", "user", "email", "login", "user_name", "name"),
    "password": ("Password", "PASSWORD", "pass", "passwd", "pwd", "secret", "passw0rd"),
}
# A password that stands nowhere else, so that it can be searched for.
UNIQUE = "correct-horse-battery-staple"


@pytest.mark.standard("RFC 6749", "4.3.2")
def test_johndoe_logs_in(server: Server):
    """A username and a password go in as a form, an access token comes out."""
    server.login(**JOHNDOE).must_have_status(200)


@pytest.mark.standard("RFC 6749", "5.1")
def test_the_answer_names_the_token_and_its_type(server: Server):
    """A client finds the token under `access_token` and learns how to use it from
    `token_type`. Swagger UI sends "Bearer undefined" when the first is missing."""
    answer = server.login(**JOHNDOE)
    answer.must_have_status(200)
    body = answer.fields()
    token, kind = body.get("access_token"), body.get("token_type")
    answer.must(
        isinstance(token, str) and kind == "bearer",
        expected='200 {"access_token": "…", "token_type": "bearer"}',
        difference="access_token must be a string"
        if not isinstance(token, str)
        else f"token_type is {kind!r}, and must be 'bearer', in small letters"
        if "token_type" in body
        else "the body lacks token_type, which must be 'bearer'",
    )


@pytest.mark.standard("OWASP API Security Top 10", "API3:2023")
def test_the_answer_holds_nothing_else_about_the_user(
    server: Server, contract: Contract
):
    """A login answers with a token. A record, a password or a hash beside it ends up
    wherever the client logs its answers."""
    for user in users_who_log_in(contract).values():
        first, second = server.login(**user), server.login(**user)
        must_be_a_token_alone(first)
        refresh = second.fields().get("refresh_token")
        second.must(
            refresh is None or refresh != first.fields().get("refresh_token"),
            expected="a refresh_token that is new and random, or none",
            difference="it's the refresh_token of the login before",
        )


def test_a_disabled_user_gets_a_token_too(server: Server):
    """As the tutorial does it, a login asks for the password alone. Whether the
    account is active is asked at each use of the token."""
    server.login(**ALICE).must_have_status(200)


def test_a_wrong_password_is_rejected(server: Server, contract: Contract):
    """The status, the text and the headers are those of the contract: clients look at
    the status, people read the text."""
    server.login("johndoe", "a wrong password").must_be(contract.bad_login)


def test_an_unknown_user_gets_the_same_answer_as_a_wrong_password(
    server: Server, contract: Contract
):
    """Another answer would tell a stranger who has an account."""
    server.login("nobody", "a wrong password").must_be(contract.bad_login)


def test_a_password_must_match_exactly(server: Server, contract: Contract):
    """Compare a password as it was typed. Don't lowercase it, strip spaces or drop
    letters, because each of these makes guessing cheaper."""
    must_all(
        PASSWORDS_LIKE_SECRET,
        lambda password: server.login("johndoe", password).must_be(contract.bad_login),
    )

    def check(password: str) -> None:
        form = contract.form(f"username=johndoe&password={password}")
        answer = server.post("/token", content=form, headers=FORM)
        answer.must_be(contract.bad_login)

    must_all({password: password for password in AS_WRITTEN}, check)


def test_a_password_in_another_alphabet_is_wrong(server: Server, contract: Contract):
    """A password is text in any alphabet. If you can't encode it, it's a wrong password
    like any other, for every username. An error means no."""

    server.login("nobody", "ж").must_be(contract.bad_login)
    must_all(
        {
            name: password
            for name, password in PASSWORDS_IN_OTHER_ALPHABETS.items()
            if not (contract.normalizes and normalize("NFKC", password) == "secret")
        },
        lambda password: server.login("johndoe", password).must_be(contract.bad_login),
    )


def test_a_malformed_password_does_not_log_in(server: Server, contract: Contract):
    """For many C libraries a text ends at its first NUL, and bcrypt repeats what comes
    before it. But `secret` with a NUL isn't `secret`. Other libraries raise an error
    for a long password. From step 7 on, such a password gets the answer of any wrong
    one. In steps 1 to 6 a crash is accepted too, if the answer doesn't show your
    source."""

    def check(password: str, **request: dict[str, str]) -> None:
        form = contract.grant | JOHNDOE | {"password": password}
        answer = server.post("/token", data=form, **request)
        if answer.status < 500 or contract.never_crashes:
            answer.must_be(contract.bad_login)
        answer.must(
            not re.search(r"Traceback|line \d+, in ", answer.text),
            expected="an answer without the source of the server",
            difference="the answer shows a traceback",
        )

    must_all(MALFORMED_PASSWORDS, check)
    for kind in ("text/plain", "text/html", "application/problem+json"):
        check("secret\0", headers={"Accept": kind})


def test_username_and_password_are_compared_separately(
    server: Server, contract: Contract
):
    """Glued together, `johndo` and `esecret` are `johndoe` and `secret`. A server that
    remembers logins under such a text lets the wrong ones in."""
    server.login(**JOHNDOE).must_have_status(200)
    whole = "".join(JOHNDOE.values())

    def check(place: int) -> None:
        answer = server.login(whole[:place], whole[place:])
        answer.must_be(contract.bad_login)

    places = {f"{whole[:n]}|{whole[n:]}": n for n in range(1, 13) if n != 7}
    must_all(places, check)


def test_one_request_tries_one_password(server: Server, contract: Contract):
    """A form can contain a field many times. You decide which one counts, but it isn't
    enough that one of many is right. Credentials elsewhere in the request, such as HTTP
    Basic, don't help either."""
    form = b"grant_type=password&username=johndoe&password=a&password=secret&password=b"
    answer = server.post("/token", content=form, headers=FORM)
    answer.must(
        answer.status in {400, 401, 422},
        expected=f"a refusal, such as {contract.bad_login}",
        difference=f"the status is {answer.status}",
    )
    wrong = JOHNDOE | {"grant_type": "password", "password": "a wrong password"}
    server.post("/token", data=wrong, headers=BASIC).must_be(contract.bad_login)
    in_the_url = server.post("/token", data=wrong, params=JOHNDOE)
    in_the_url.must_be(contract.bad_login)


def test_one_request_names_one_user(server: Server, contract: Contract):
    """The username that the password was compared with is the one that gets the token.
    With two names in the form, a server could check one and serve the other."""

    def check(names: tuple[str, str]) -> None:
        first, second = names
        form = contract.form(f"username={first}&username={second}&password=secret")
        answer = server.post("/token", content=form, headers=FORM)
        if answer.status == 200:
            record = server.get(contract.me, token=answer.token)
            record.must_be(contract.guarded[contract.me])

    cases = (("johndoe", "alice"), ("alice", "johndoe"), ("johndoe", "nobody"))
    must_all(
        {f"{first}, then {second}": (first, second) for first, second in cases}, check
    )


def test_wrong_passwords_do_not_lock_the_account(server: Server, contract: Contract):
    """Anyone can type wrong passwords for johndoe. If that closed his account or ended
    his tokens, anyone could shut him out."""
    token = server.login(**JOHNDOE).token
    # A limit is often a hundred.
    for _ in range(101):
        server.login("johndoe", "a wrong password").must_be(contract.bad_login)
    server.get(contract.me, token=token).must_be(contract.guarded[contract.me])
    server.login(**JOHNDOE).must_have_status(200)


def test_the_password_of_another_user_opens_nothing(server: Server, contract: Contract):
    """A password is compared whole, and with the record of the user who logs in: not
    with any record that has it, and not by its beginning alone."""
    server.login("johndoe", "secret2").must_be(contract.bad_login)


def test_the_stored_hash_does_not_log_in(server: Server, contract: Contract):
    """A thief who has the user table has the hashes. If a hash works as a password,
    hashing is pointless."""
    server.login("johndoe", contract.stored_hash).must_be(contract.bad_login)


@pytest.mark.standard("OWASP Authentication", "Authentication Responses")
def test_a_username_must_match_exactly(server: Server, contract: Contract):
    """Compare usernames whole and as they were typed. They aren't patterns, SQL or
    e-mail addresses, and you don't lowercase or strip them. The answer must not say
    whether the username or the password was wrong."""
    must_all(
        USERNAMES_LIKE_JOHNDOE,
        lambda username: server.login(username, "secret").must_be(contract.bad_login),
    )
    # What a firewall would take for an attack is a wrong name like any other.
    must_all(
        {odd: odd for odd in LIKE_ATTACKS},
        lambda username: server.login(username, "secret").must_be(contract.bad_login),
    )


def test_a_disabled_user_with_a_wrong_password_gets_the_same_answer(
    server: Server, contract: Contract
):
    """Without the password, a client must not find out that the account is disabled."""
    server.login("alice", "secret").must_be(contract.bad_login)


@pytest.mark.parametrize("field", ["username", "password"])
@pytest.mark.parametrize("value", [None, ""], ids=["missing", "empty"])
@pytest.mark.standard("RFC 6749", "4.3.2")
def test_username_and_password_are_required(
    server: Server, contract: Contract, field: str, value: str | None
):
    """The request is incomplete, which is another thing than a wrong password: 422
    says that it could not be processed, and so does invalid_request from step 9 on."""
    form = {name: text for name, text in JOHNDOE.items() if name != field}
    form |= contract.grant
    if value is not None:
        form[field] = value
    server.post("/token", data=form).must_have_status(contract.malformed)
    # Under another name it's another field.
    others = dict.fromkeys(OTHER_NAMES[field], JOHNDOE[field])
    server.post("/token", data=form | others).must_have_status(contract.malformed)


@pytest.mark.standard("RFC 6749", "4.3.2")
def test_a_json_login_is_rejected(server: Server, contract: Contract):
    """OAuth2 sends the token request form-encoded. JSON at this endpoint is the most
    frequent mistake of clients, and gets 422 until step 9."""
    answer = server.post("/token", json=contract.grant | JOHNDOE)
    answer.must_have_status(contract.malformed)


@pytest.mark.standard("RFC 6749", "4.3.2")
def test_a_form_says_that_it_is_one(server: Server, contract: Contract):
    """The Content-Type says what a body is. One that says text/plain can be sent by any
    page without the browser asking first. One that says nothing could be anything."""
    form = b"grant_type=password&username=johndoe&password=secret"

    def check(headers: dict[str, str]) -> None:
        answer = server.post("/token", content=form, headers=headers)
        answer.must_have_status(contract.malformed)

    must_all(
        {
            "no Content-Type": {},
            **{kind: {"Content-Type": kind} for kind in NO_FORMS},
        },
        check,
    )


def test_bytes_that_are_no_text_log_nobody_in(server: Server, contract: Contract):
    """A form is made of bytes, and not all bytes are text. If a server drops the
    others, a wrong password can become the right one."""

    def check(form: str) -> None:
        answer = server.post("/token", content=contract.form(form), headers=FORM)
        answer.must(
            answer.status != 200,
            expected=str(contract.bad_login),
            difference="it logs johndoe in",
        )

    forms = [
        *(f"username=johndoe&password={one}" for one in around("secret")),
        *(f"username={one}&password=secret" for one in around("johndoe")),
    ]
    must_all({form: form for form in forms}, check)


def around(text: str) -> list[str]:
    """The text with bytes that are no UTF-8 before, in and after it, as in a form."""
    half = len(text) // 2
    return [
        form
        for byte in ("%FF", "%C3")
        for form in (text + byte, byte + text, text[:half] + byte + text[half:])
    ]


@pytest.mark.standard("RFC 6749", "4.3.2")
def test_credentials_in_the_url_are_not_read(server: Server, contract: Contract):
    """A URL is written to logs, histories and Referer headers. Credentials belong in
    the body."""
    answer = server.post("/token", params=contract.grant | JOHNDOE)
    answer.must_have_status(contract.malformed)
    for name, value in JOHNDOE.items():
        form = {field: text for field, text in JOHNDOE.items() if field != name}
        form |= contract.grant
        answer = server.post("/token", data=form, params={name: value})
        answer.must_have_status(contract.malformed)


def test_a_get_does_not_log_in(server: Server):
    """A GET can be made by a link or an image on any page, and carries its form in the
    URL."""
    override = {"X-HTTP-Method-Override": "POST", "X-HTTP-Method": "POST"}
    for answer in (
        server.get("/token", params=JOHNDOE),
        server.send("GET", "/token", data=JOHNDOE),
        server.send("GET", "/token", data=JOHNDOE, headers=override),
    ):
        answer.must(
            answer.status in {404, 405, 422},
            expected="405",
            difference=f"the status is {answer.status}, not 405",
        )


def test_http_basic_does_not_log_in(server: Server, contract: Contract):
    """Basic credentials at the token endpoint are the client's, never the user's
    (RFC 6749, section 2.3.1). What the form lacks makes the request incomplete."""
    answer = server.post("/token", headers=BASIC)
    answer.must_have_status(contract.malformed)
    for form in (
        {"grant_type": "password"},
        {"grant_type": "password", "username": "johndoe"},
        {"grant_type": "password", "password": "secret"},
        {"grant_type": "password", "username": "", "password": ""},
    ):
        answer = server.post("/token", data=form, headers=BASIC)
        answer.must_have_status(contract.malformed)


def test_a_token_does_not_replace_the_password(
    server: Server, contract: Contract, johndoe_token: str
):
    """A client that has a token and logs in as somebody else wants to be somebody else.
    And a stolen token that gets a fresh one for any form never ends."""
    headers = {"Authorization": f"Bearer {johndoe_token}"}
    for wrong in (JOHNDOE | {"password": UNIQUE}, {"username": "x", "password": "x"}):
        answer = server.post("/token", data=contract.grant | wrong, headers=headers)
        answer.must_be(contract.bad_login)
    if contract.standard_answers:
        answer = server.post("/token", data=contract.grant | ALICE, headers=headers)
        answer.must_be(contract.bad_login)
        return
    alice = server.post("/token", data=ALICE, headers=headers).token
    usual = server.get(contract.me, token=server.login(**ALICE).token)
    answer = server.get(contract.me, token=alice)
    answer.must(
        (answer.status, answer.text) == (usual.status, usual.text),
        expected=f"what comes for alice without that token: {usual.actual}",
        difference="another answer",
    )


@pytest.mark.standard("RFC 6749", "3.2")
def test_the_request_of_the_authorize_button_logs_in(server: Server):
    """Swagger UI sends more than it must: an empty scope, and an empty client in an
    Authorization header. What is not needed is ignored."""
    form = JOHNDOE | {"grant_type": "password", "scope": ""}
    headers = {"Authorization": "Basic Og=="}
    server.post("/token", data=form, headers=headers).must_have_status(200)
    client = {"client_id": "app", "client_secret": "a-secret-of-the-client"}
    server.post("/token", data=form | client).must_have_status(200)
    many = {f"field{number}": "x" for number in range(200)}
    server.post("/token", data=form | many).must_have_status(200)
    for name, value in client.items():
        server.post("/token", data=form | {name: value}).must_have_status(200)
    # A form has no order.
    backwards = dict(reversed((form | client).items()))
    server.post("/token", data=backwards).must_have_status(200)
    for value in ODD_CLIENTS:
        headers = {"Authorization": value}
        server.post("/token", data=form, headers=headers).must_have_status(200)


@pytest.mark.standard("RFC 6749", "3.3")
def test_a_login_may_ask_for_scopes(server: Server, contract: Contract):
    """Clients may send a scope that you didn't ask for. A server without scopes ignores
    it, as RFC 6749 allows, and gives the token that it always gives."""

    def check(scope: str) -> None:
        login = server.login(**JOHNDOE, scope=scope)
        must_be_a_token_alone(login)
        answer = server.get(contract.me, token=login.token)
        answer.must_be(contract.guarded[contract.me])

    must_all(SCOPES, check)


@pytest.mark.standard("RFC 9112", "7.1")
def test_a_form_may_come_in_chunks(server: Server):
    """Some clients and proxies send a body in chunks, with no Content-Length. It's the
    same form."""
    headers = FORM | {"Transfer-Encoding": "chunked"}
    form = b"grant_type=password&username=johndoe&password=secret"
    server.post("/token", content=form, headers=headers).must_have_status(200)


def test_a_rejected_form_does_not_repeat_the_password(server: Server):
    """A 422 ends up in the logs of clients and in error trackers. It says what is wrong
    with the form, and not what was typed: not in its body, and not in a header or a
    cookie. Neither does any other answer."""
    typed = {"username": "johndoe", "password": UNIQUE}
    text = f"username=johndoe&password={UNIQUE}".encode()
    for answer in (
        server.post("/token", data=typed | {"grant_type": "client_credentials"}),
        server.post("/token", data={"password": UNIQUE}),
        server.post("/token", json=typed),
        server.post("/token", params=typed),
        server.post("/token", params=typed, headers={"Accept": "text/html"}),
        server.login("johndoe", UNIQUE),
        server.login("johndoe", f"{UNIQUE}\0"),
        server.post("/token", content=text),
        server.post("/token", content=text, headers={"Content-Type": "text/plain"}),
        server.get("/token", params=typed),
    ):
        told = [answer.text, *answer.headers.values()]
        answer.must(
            not any(UNIQUE in one for text in told for one in opened(text)),
            expected="an answer without the password",
            difference="it repeats the password that was typed",
        )


@pytest.mark.parametrize("grant_type", [None, ""], ids=["missing", "empty"])
def test_the_grant_type_may_be_left_out(server: Server, grant_type: str | None):
    """RFC 6749 requires it, FastAPI's form does not: the tutorial's clients leave it
    out, and so does many a person with curl."""
    form = JOHNDOE if grant_type is None else JOHNDOE | {"grant_type": grant_type}
    server.post("/token", data=form).must_have_status(200)


@pytest.mark.parametrize(
    "grant_type",
    [
        "client_credentials",
        "refresh_token",
        "Password",
        "PASSWORD",
        "password2",
        "a password",
        "password\n",
        "password ",
        " password",
        "password,password",
        "urn:ietf:params:oauth:grant-type:password",
    ],
)
@pytest.mark.standard("RFC 6749", "4.3.2")
def test_other_grant_types_are_rejected(
    server: Server, contract: Contract, grant_type: str
):
    """A client that asks for another grant must not get this one."""
    form = JOHNDOE | {"grant_type": grant_type}
    server.post("/token", data=form).must_have_status(contract.malformed)


@pytest.mark.standard("RFC 6749", "4.3.2")
def test_no_other_grant_is_served(server: Server, contract: Contract):
    """A token, a code or a client's secret buys no new token here. A grant that nobody
    asked for is one that nobody guards."""
    token = server.login(**JOHNDOE).token
    grants = {
        "refresh_token": {"refresh_token": token},
        "authorization_code": {"code": token},
        "client_credentials": {"client_id": "johndoe", "client_secret": "secret"},
        "urn:ietf:params:oauth:grant-type:jwt-bearer": {"assertion": token},
        "urn:ietf:params:oauth:grant-type:token-exchange": {"subject_token": token},
    }

    def check(grant_type: str) -> None:
        form = {"grant_type": grant_type} | grants[grant_type]
        server.post("/token", data=form).must_have_status(contract.malformed)

    must_all({name: name for name in grants}, check)
