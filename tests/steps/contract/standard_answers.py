"""The answers of RFC 6749 and RFC 6750: what a client library can read."""

import re
import time
from dataclasses import replace
from typing import Any

import pytest

from tests.steps.contract import (
    ALICE,
    BASIC,
    JOHNDOE,
    Contract,
    must_all,
    none_or_malformed,
    token_of,
    words_of,
)
from workbook import tokens
from workbook.checking import SOME_TEXT, Answer, ContractError, Reply, Server

GRANT = {"grant_type": "password"}
COMPLETE = GRANT | JOHNDOE
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
INVALID_TOKEN = Reply(
    401,
    {"detail": "Could not validate credentials"},
    'Bearer realm="users", error="invalid_token", '
    'error_description="Could not validate credentials"',
)
MALFORMED_TOKEN = Reply(
    400,
    {"detail": SOME_TEXT},
    'Bearer realm="users", error="invalid_request", '
    'error_description="Send one token, in one header"',
)
# RFC 6749, section 5.2, and RFC 6750, section 3: what a description may consist of.
DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5B\x5D-\x7E]+").fullmatch
PARAMETER = r'(\w+)="([^"\\]+)"'
CHALLENGE = re.compile(rf"Bearer {PARAMETER}(, *{PARAMETER})*").fullmatch
# What nobody else writes, so that it can be searched for.
TYPED = "zxcvbnm"
ODD = f'{TYPED}"\\\r\n\x7fé€'
# Whose account is whose is nothing that a refusal tells.
STRANGERS = {
    "a wrong password": ("johndoe", "a wrong password"),
    "an unknown user": ("nobody", "secret"),
    "a disabled user": ("alice", "secret2"),
    "a disabled user and a wrong password": ("alice", "secret"),
    "no text": ("johndoe", "\0"),
}


def token_error(error: str, description: str) -> Reply:
    """A refusal of the token endpoint (RFC 6749, section 5.2)."""
    return Reply(400, {"error": error, "error_description": description})


@pytest.fixture(scope="module")
def contract(request: pytest.FixtureRequest, server: Server) -> Contract:
    """What the step promises, in the server's own words: realm and descriptions are
    free. Each kind of refusal is asked for once, and is then the same everywhere. One
    that isn't by the standard is left as our step has it."""
    promised: Contract = request.module.CONTRACT
    login = server.login("johndoe", "a wrong password")
    bad_token = in_own_words(promised.bad_token, server.get(promised.me, token="x.y.z"))
    twice = [("Authorization", "Bearer x.y.z")] * 2
    malformed = promised.malformed_token
    return replace(
        promised,
        bad_login=Reply(400, login.fields())
        if is_refused_as(login, "invalid_grant")
        else promised.bad_login,
        no_token=in_own_words(promised.no_token, server.get(promised.me)),
        bad_token=bad_token,
        inactive=bad_token,
        malformed_token=malformed
        and in_own_words(malformed, server.get(promised.me, headers=twice)),
    )


def is_refused_as(answer: Answer, error: str) -> bool:
    try:
        must_be_refused_as(answer, error)
    except ContractError:
        return False
    return True


def in_own_words(reply: Reply, answer: Answer) -> Reply:
    """The reply with the challenge of the answer, if that has the same parameters and
    the same code."""
    promised, came = parameters(reply.challenge), parameters(answer.challenge)
    is_standard = (
        promised.keys() == came.keys()
        and promised.get("error") == came.get("error")
        and all(map(DESCRIPTION, came.values()))
    )
    return replace(reply, challenge=answer.challenge) if is_standard else reply


def parameters(challenge: str | None) -> dict[str, str]:
    if challenge is None or not CHALLENGE(challenge):
        return {}
    return dict(re.findall(PARAMETER, challenge))


def must_be_refused_as(answer: Answer, error: str) -> None:
    """Raises `ContractError` unless a token request is refused with this code, and as
    the standard has it. That a refusal isn't stored is in its example, and here it's a
    rule."""
    answer.must_have_status(400)
    body = answer.fields()
    answer.must(
        body.get("error") == error,
        expected=f'400 {{"error": "{error}", "error_description": "…"}}',
        difference=f"error is {body.get('error')!r}, not {error!r}"
        if "error" in body
        else "the body lacks error",
    )
    says = body.get("error_description", "-")
    answer.must(
        isinstance(says, str) and bool(DESCRIPTION(says)),
        expected="an error_description in printable ASCII, without quotes and "
        "backslashes",
        difference=f"error_description is {says!r}",
    )
    extra = set(body) - {"error", "error_description", "error_uri"}
    answer.must(
        not extra,
        expected="error, error_description and perhaps error_uri, and nothing else",
        difference=f"the body also holds {', '.join(sorted(extra))}",
    )
    must_not_be_stored(answer)


def must_not_be_stored(answer: Answer) -> None:
    """Raises `ContractError` where a cache may keep the answer."""
    control = answer.headers.get("cache-control", "")
    answer.must(
        "no-store" in re.split(r"[\s,]+", control.lower()),
        expected="Cache-Control: no-store",
        difference=f"Cache-Control is {control!r}"
        if control
        else "there is no Cache-Control header",
    )


@pytest.mark.standard("RFC 6749", "5.2")
def test_a_rejected_login_is_an_invalid_grant(server: Server, contract: Contract):
    """A client library looks for `error` in the body, and for a status of 400. What it
    finds under another name, or with a 401, it may take for a token."""
    answer = server.login("johndoe", "a wrong password")
    must_be_refused_as(answer, "invalid_grant")
    answer.must_be(contract.bad_login)


@pytest.mark.standard("RFC 6749", "5.2")
def test_a_disabled_user_gets_no_token(server: Server, contract: Contract):
    """A token that opens nothing is no use to her, and a client would take it for a
    login. The refusal is that of a wrong password: whose account is disabled is
    nobody's business."""
    server.login(**JOHNDOE).must_have_status(200)
    must_all(STRANGERS, lambda who: server.login(*who).must_be(contract.bad_login))


@pytest.mark.standard("RFC 6749", "5.2")
def test_a_refused_login_carries_no_challenge(server: Server):
    """`WWW-Authenticate` belongs to a 401. At a token endpoint that's for a client that
    has tried to authenticate itself, and a browser would ask the user for a password
    of its own."""
    for answer in (server.login("johndoe", "x"), server.post("/token", data=GRANT)):
        answer.must(
            answer.challenge is None,
            expected="no WWW-Authenticate header",
            difference=f"WWW-Authenticate is {answer.challenge}",
        )


@pytest.mark.standard("RFC 6749", "5.2")
def test_an_incomplete_request_is_an_invalid_request(server: Server):
    """A developer who forgets a field reads `invalid_request` in the log of any client.
    A field without a value counts as left out (section 3.2)."""
    missing = {
        f"{name} is {how}": {key: text for key, text in COMPLETE.items() if key != name}
        | value
        for name in COMPLETE
        for how, value in {"missing": {}, "empty": {name: ""}}.items()
    }
    must_all(
        missing | {"an empty form": {}},
        lambda form: must_be_refused_as(
            server.post("/token", data=form), "invalid_request"
        ),
    )


@pytest.mark.standard("RFC 6749", "3.2")
def test_a_repeated_field_is_an_invalid_request(server: Server):
    """Of two equal names one program reads the first, and the next one the last. Then
    what was checked isn't what is used."""
    complete = "grant_type=password&username=johndoe&password=secret"
    again = ("username=johndoe", "username=alice", "password=secret", "password=x")
    others = ("grant_type=password", "client_id=a&client_id=b")
    must_all(
        {one: f"{complete}&{one}" for one in (*again, *others)}
        | {f"{one} before it": f"{one}&{complete}" for one in again},
        lambda form: must_be_refused_as(
            server.post("/token", content=form.encode(), headers=FORM),
            "invalid_request",
        ),
    )


@pytest.mark.standard("RFC 6749", "4.3.2")
def test_a_body_that_is_no_form_is_an_invalid_request(server: Server):
    """Also a body that can't be read at all has a code: a client that sends one needs
    it most."""
    form = b"grant_type=password&username=johndoe&password=secret"
    json = b'{"grant_type": "password", "username": "johndoe", "password": "secret"}'
    must_all(
        {
            "JSON": (json, "application/json"),
            "text": (form, "text/plain"),
            "no Content-Type": (form, ""),
            "parts that can't be taken apart": (
                form,
                "multipart/form-data; boundary=x",
            ),
            "parts without a boundary": (form, "multipart/form-data"),
            "nothing": (b"", ""),
        },
        lambda case: must_be_refused_as(
            server.post(
                "/token",
                content=case[0],
                headers={"Content-Type": case[1]} if case[1] else {},
            ),
            "invalid_request",
        ),
    )


@pytest.mark.standard("RFC 6749", "5.2")
def test_another_grant_type_is_unsupported(server: Server):
    """A client that knows several grants tries another one then. The code is the same
    with the fields of that grant, and with those of this one."""
    must_all(
        {
            "refresh_token": {"grant_type": "refresh_token", "refresh_token": "x"},
            "client_credentials": {"grant_type": "client_credentials"},
            "authorization_code": {"grant_type": "authorization_code", "code": "x"},
            "Password": JOHNDOE | {"grant_type": "Password"},
            "a URN": JOHNDOE | {"grant_type": "urn:ietf:params:oauth:grant-type:x"},
        },
        lambda form: must_be_refused_as(
            server.post("/token", data=form), "unsupported_grant_type"
        ),
    )


@pytest.mark.standard("RFC 6749", "5.2")
def test_a_scope_is_invalid(server: Server):
    """There are no scopes yet. Whoever asks for one and gets a token that doesn't have
    it finds out later, in the middle of their work. An empty one is none."""
    must_all(
        {"one": "me", "two": "me items", "a URL": "https://example.com/all"}
        | {f"the word {word}": word for word in words_of(server) if word.isalpha()},
        lambda scope: must_be_refused_as(
            server.login(**JOHNDOE, scope=scope), "invalid_scope"
        ),
    )
    server.login(**JOHNDOE, scope="").must_have_status(200)


@pytest.mark.standard("RFC 6749", "5.1")
def test_the_token_says_how_long_it_is_good(server: Server):
    """A client can't look into a token, and must not. `expires_in` tells it when to log
    in again, in whole seconds: those between `iat` and `exp`."""
    must_say_how_long(server.login(**JOHNDOE))
    if server.probe is None:
        return
    settings = {"ACCESS_TOKEN_EXPIRE_MINUTES": "7", "SECRET_KEY": server.secret_key}
    with server.launched(**settings) as launch:
        started = launch.must_be_up("its settings are good")
        must_say_how_long(started.login(**JOHNDOE))


def must_say_how_long(login: Answer) -> None:
    _, claims = tokens.read(login.token)
    lifetime = claims["exp"] - claims["iat"]
    says = login.fields().get("expires_in")
    login.must(
        type(says) is int and says == lifetime,
        expected=f'"expires_in": {lifetime}',
        difference=f"expires_in is {says!r}"
        if says is not None
        else "the body lacks expires_in",
    )


@pytest.mark.standard("RFC 6749", "5.1")
def test_a_token_answer_is_not_stored(server: Server):
    """A cache that keeps the answer to a login hands the token to somebody else."""
    must_not_be_stored(server.login(**JOHNDOE))


def test_an_error_description_repeats_nothing(server: Server):
    """It's for the developer of a client, in ASCII, and ends up in logs and in error
    trackers. What came with the request doesn't belong there, and could end the string
    that it's in."""
    forms: dict[str, dict[str, Any]] = {
        **{name: {"data": COMPLETE | {name: ODD}} for name in COMPLETE},
        "scope": {"data": COMPLETE | {"scope": ODD}},
        "a name": {"data": {ODD: "x"}},
        "JSON": {"json": {TYPED: ODD}},
        "a Content-Type": {"content": b"x", "headers": {"Content-Type": TYPED}},
        "the URL": {"params": {"error": TYPED, "error_description": TYPED}},
    }

    def check(request: dict[str, Any]) -> None:
        answer = server.post("/token", **request)
        answer.must_have_status(400)
        must_be_refused_as(answer, str(answer.fields().get("error")))
        answer.must(
            TYPED not in f"{answer.text} {answer.headers}",
            expected="a refusal in your own words",
            difference="it repeats what was typed",
        )

    must_all(forms, check)


@pytest.mark.standard("RFC 6750", "3.1")
def test_a_request_without_a_token_has_a_challenge_without_a_code(
    server: Server, contract: Contract, path: str
):
    """Nothing is wrong with a token that wasn't sent. The challenge says what is wanted
    here: a bearer token, for this realm."""
    server.get(path).must_be(contract.no_token)
    server.get(path, headers=BASIC).must_be(contract.no_token)


@pytest.mark.standard("RFC 6750", "3.1")
def test_a_bad_token_is_an_invalid_token(
    server: Server, contract: Contract, path: str, johndoe_token: str
):
    """A client that reads `invalid_token` gets a new token and tries once more. It's
    the same for an expired token as for a forged one."""
    server.get(path, token="a.b.c").must_be(contract.bad_token)
    server.get(path, token=johndoe_token[:-4]).must_be(contract.bad_token)
    if server.clock is not None:
        with server.clock.at(time.time() + 24 * 3600):
            server.get(path, token=johndoe_token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 6750", "3.1")
def test_two_tokens_are_an_invalid_request(
    server: Server, contract: Contract, path: str, johndoe_token: str
):
    """Which of two tokens counts is up to whoever reads them. A proxy may check the
    first and your app the second."""
    good, bad = f"Bearer {johndoe_token}", "Bearer a.b.c"
    malformed = contract.malformed_token
    assert malformed is not None
    must_all(
        {
            "the same twice": [good, good],
            "a good one first": [good, bad],
            "a good one last": [bad, good],
            "a blank between them": [f"{good} {johndoe_token}"],
            "a comma between them": [f"{good},{johndoe_token}"],
            "a comma and the scheme": [f"{good}, {good}"],
        },
        lambda values: server.get(
            path, headers=[("Authorization", value) for value in values]
        ).must_be(malformed),
    )
    for values in ([BASIC["Authorization"], good], [good, BASIC["Authorization"]]):
        headers = [("Authorization", value) for value in values]
        answer = server.get(path, headers=headers)
        answer.must_be(none_or_malformed(contract, answer))


@pytest.mark.standard("RFC 6750", "3.1")
def test_a_token_of_a_disabled_user_is_invalid(
    server: Server, contract: Contract, path: str
):
    """alice had a token when her account was disabled. The standard calls it revoked,
    which is one more way to be invalid. So her client asks for a new one, and learns at
    the login that there's none."""
    token = token_of(server, contract, ALICE)
    server.get(path, token=token).must_be(contract.bad_token)


def test_the_documentation_lists_the_refusals(
    openapi: Any, contract: Contract, path: str
):
    """Whoever writes a client reads in /docs what to expect. FastAPI adds a 422 with a
    body that this app never sends."""
    paths = openapi.fields().get("paths", {})
    found = {
        "/token": set(paths.get("/token", {}).get("post", {}).get("responses", {})),
        path: set(paths.get(path, {}).get("get", {}).get("responses", {})),
    }
    openapi.must(
        "422" not in found["/token"] | found[path]
        and bool(found["/token"] & {"400", "4XX", "default"})
        and bool(found[path] & {"401", "4XX", "default"}),
        expected=f"a 400 at /token, a 401 at {path}, and no 422",
        difference=f"the documented answers are {sorted(found['/token'])} and "
        f"{sorted(found[path])}",
    )
