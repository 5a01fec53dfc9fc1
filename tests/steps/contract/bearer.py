"""The guarded paths: where a token is read from, and who is let in with it."""

import base64

import pytest

from tests.steps.contract import (
    ALICE,
    BASIC,
    JOHNDOE,
    Contract,
    bad_or_no_token,
    none_or_malformed,
)
from tests.steps.contract.leaks import bad_tokens
from workbook.checking import Server


@pytest.mark.standard("RFC 9110", "15.5.2")
def test_a_request_without_a_token_is_rejected(
    server: Server, contract: Contract, path: str
):
    """Every 401 must say how to authenticate. The challenge tells a client that it
    needs a bearer token."""
    server.get(path).must_be(contract.no_token)


@pytest.mark.parametrize("scheme", ["bearer", "BEARER"])
@pytest.mark.standard("RFC 9110", "11.1")
def test_the_scheme_is_case_insensitive(
    server: Server, contract: Contract, path: str, johndoe_token: str, scheme: str
):
    """Authentication schemes are compared without regard to case, and some clients
    write `bearer`."""
    answer = server.get(path, headers={"Authorization": f"{scheme} {johndoe_token}"})
    answer.must_be(contract.guarded[path])


@pytest.mark.parametrize(
    "scheme",
    [
        *("Basic", "Token", "JWT", "OAuth", "Bear", "BearerX", "Basic x, Bearer"),
        *("DPoP", "Digest", "Negotiate"),
    ],
)
@pytest.mark.standard("RFC 6750", "2.1")
def test_other_schemes_are_rejected(
    server: Server, contract: Contract, path: str, johndoe_token: str, scheme: str
):
    """A good token behind another scheme isn't a bearer token. The scheme is part of
    what the client sends."""
    answer = server.get(path, headers={"Authorization": f"{scheme} {johndoe_token}"})
    answer.must_be(none_or_malformed(contract, answer))


def test_http_basic_does_not_open_the_record(
    server: Server, contract: Contract, path: str, johndoe_token: str
):
    """The right password, but at the wrong door: it is shown to /token alone. Nor does
    a token open the record there, as it does at GitHub: Basic isn't Bearer."""
    server.get(path, headers=BASIC).must_be(contract.no_token)
    for pair in (f"{johndoe_token}:", f"johndoe:{johndoe_token}"):
        basic = f"Basic {base64.b64encode(pair.encode()).decode()}"
        answer = server.get(path, headers={"Authorization": basic})
        answer.must_be(contract.no_token)


@pytest.mark.parametrize("before", ["", "Bearer", "Bearer:", "Bearer\t"])
@pytest.mark.standard("RFC 6750", "2.1")
def test_a_token_needs_its_scheme_and_a_space(
    server: Server, contract: Contract, path: str, johndoe_token: str, before: str
):
    """The header is `Bearer`, a space, the token. A server that takes less is one
    `replace("Bearer", "")` away from taking anything."""
    value = f"{before}{johndoe_token}"
    answer = server.get(path, headers={"Authorization": value})
    answer.must_be(none_or_malformed(contract, answer))


@pytest.mark.standard("RFC 6750", "2.1")
def test_a_scheme_without_a_token_is_rejected(
    server: Server, contract: Contract, path: str
):
    """The request has no token. The status and the challenge matter. You may call it a
    missing token or a bad one."""
    for value in ("Bearer", ""):
        answer = server.get(path, headers={"Authorization": value})
        answer.must_be(bad_or_no_token(contract, answer))


@pytest.mark.standard("RFC 9700", "4.3.2")
@pytest.mark.parametrize("name", ["access_token", "token", "jwt", "bearer"])
def test_a_token_in_the_url_is_not_read(
    server: Server, contract: Contract, path: str, johndoe_token: str, name: str
):
    """A URL is kept by browsers, proxies and logs, and a token in it with it."""
    server.get(path, params={name: johndoe_token}).must_be(contract.no_token)
    # Nor where there is another scheme in the header.
    answer = server.get(path, params={name: johndoe_token}, headers=BASIC)
    answer.must_be(contract.no_token)


@pytest.mark.parametrize("name", ["access_token", "token", "Authorization", "session"])
def test_a_token_in_a_cookie_is_not_read(
    server: Server, contract: Contract, path: str, johndoe_token: str, name: str
):
    """A browser may send cookies along with requests that another site made it send. A
    header it adds only when told to."""
    headers = {"Cookie": f'{name}="Bearer {johndoe_token}"; {name}2={johndoe_token}'}
    server.get(path, headers=headers).must_be(contract.no_token)
    headers = {"Cookie": f"{name}={johndoe_token}"}
    server.get(path, headers=headers).must_be(contract.no_token)
    server.get(path, headers=headers | BASIC).must_be(contract.no_token)


def test_a_cookie_from_the_login_opens_nothing(
    server: Server, contract: Contract, path: str
):
    """The login returns a token, and only the token opens the record. Browsers send
    cookies along by themselves, also when another site makes them send a request."""
    headers = server.login(**JOHNDOE).headers
    cookies = [cookie.split(";")[0] for cookie in headers.get_list("set-cookie")]
    server.get(path, headers={"Cookie": "; ".join(cookies)}).must_be(contract.no_token)


@pytest.mark.parametrize(
    "name",
    [
        *("Token", "X-Access-Token", "X-Token", "X-Auth-Token", "Proxy-Authorization"),
        *("X-Forwarded-Access-Token", "X-Forwarded-Authorization", "X-Authorization"),
    ],
)
@pytest.mark.standard("RFC 6750", "2.1")
def test_a_token_in_another_header_is_not_read(
    server: Server, contract: Contract, path: str, johndoe_token: str, name: str
):
    """A shared cache keeps its hands off an answer to a request with `Authorization`,
    unless the answer allows it (RFC 9111, section 3.5). With another header it doesn't
    know that there's a secret."""
    value = johndoe_token if "Token" in name else f"Bearer {johndoe_token}"
    server.get(path, headers={name: value}).must_be(contract.no_token)
    server.get(path, headers=BASIC | {name: value}).must_be(contract.no_token)


@pytest.mark.standard("RFC 6750", "2.2")
def test_a_token_in_the_body_is_not_read(
    server: Server, contract: Contract, path: str, johndoe_token: str
):
    """A body has no meaning for a GET, and RFC 6750 forbids this way for it. If you
    serve other methods, too, they want the token in the header as well."""
    body = {"access_token": johndoe_token, "token": johndoe_token}
    answer = server.send("GET", path, data=body)
    answer.must_be(contract.no_token)
    for request in ({"data": body}, {"json": body}):
        answer = server.post(path, **request)
        answer.must(
            answer.status >= 400,
            expected="405, or 401 as for any request without a token",
            difference=f"the status is {answer.status}",
        )
        if answer.status == 405:
            break


def test_alice_is_inactive(
    server: Server, contract: Contract, path: str, alice_token: str
):
    """Her token is good, so this isn't a 401: logging in again wouldn't help her."""
    server.get(path, token=alice_token).must_be(contract.inactive)


def test_a_path_with_another_slash_is_guarded_too(
    server: Server, contract: Contract, path: str, johndoe_token: str, alice_token: str
):
    """A path with a slash more or less may redirect, be unknown, or answer the same. A
    second function that was added for it is easily forgotten when the first is guarded,
    and a redirect is kept in logs, so no token belongs into it."""
    other = path.removesuffix("/") if path.endswith("/") else f"{path}/"
    usual = server.get(other, token=johndoe_token)
    others = [None, alice_token]
    if usual.status == 200:
        key = server.secret_key or contract.secret_key or ""
        others += ["JohnDoe", *bad_tokens(contract, johndoe_token, key).values()]
    answers = [(token, server.get(other, token=token)) for token in others]
    for token, answer in [*answers, (johndoe_token, usual)]:
        if answer.status == 200:
            answer.must(
                token == johndoe_token,
                expected=f"what {path} answers, a redirect, or 404",
                difference="it's answered, and the token is bad, or its user disabled",
            )
            answer.must_be(contract.guarded[path])
        answer.must(
            token is None or "." not in token or token not in str(answer.headers),
            expected="headers without the token",
            difference="a header repeats the token",
        )


def test_the_url_does_not_choose_the_user(
    server: Server, contract: Contract, path: str, johndoe_token: str
):
    """The token says who sends the request. Anyone can write another name into the
    URL."""
    names = ("username", "user", "user_id", "id", "owner", "name", "sub", "as", "email")
    params = dict.fromkeys(names, "alice")
    answer = server.get(path, token=johndoe_token, params=params)
    answer.must_be(contract.guarded[path])


def test_a_login_does_not_open_the_record_for_others(
    server: Server, contract: Contract, path: str
):
    """After johndoe's login, a request without a token is still rejected. The server
    doesn't keep a current user between requests."""
    server.login(**JOHNDOE)
    server.get(path).must_be(contract.no_token)


def test_a_token_stays_with_its_owner(
    server: Server, contract: Contract, path: str, johndoe_token: str
):
    """A login of someone else in between changes nothing for johndoe, and neither does
    his own: with two devices, people log in twice."""
    server.get(path, token=johndoe_token).must_be(contract.guarded[path])
    server.login(**ALICE)
    server.get(path, token=johndoe_token).must_be(contract.guarded[path])
    server.login(**JOHNDOE)
    server.get(path, token=johndoe_token).must_be(contract.guarded[path])


def test_a_login_is_for_the_user_who_asks(server: Server, contract: Contract):
    """alice logs in and learns that she's inactive. She must not get the token of the
    user who logged in before her."""
    server.login(**JOHNDOE)
    token = server.login(**ALICE).token
    server.get(contract.me, token=token).must_be(contract.inactive)


def test_a_username_in_the_url_does_not_replace_the_one_in_the_form(
    server: Server, contract: Contract
):
    """The password in the form is checked for the username in the form: the token is
    for that user and no other."""
    token = server.post(
        "/token", data=contract.grant | JOHNDOE, params={"username": "alice"}
    ).token
    answer = server.get(contract.me, token=token)
    answer.must(
        answer.fields().get("username") == "johndoe",
        expected='200 and a record with "username": "johndoe"',
        difference="the record is not johndoe's",
    )
