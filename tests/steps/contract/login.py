"""POST /token: who gets a token, and how all others are refused."""

import pytest

from tests.steps.contract import ALICE, BASIC, JOHNDOE, Contract
from workbook.checking import Server


@pytest.mark.standard("RFC 6749", "4.3.2")
def test_johndoe_logs_in(server: Server):
    """A username and a password go in as a form, an access token comes out."""
    server.login(**JOHNDOE).must_have_status(200)


@pytest.mark.standard("RFC 6749", "5.1")
def test_the_answer_names_the_token_and_its_type(server: Server):
    """A client finds the token under `access_token` and learns how to use it from
    `token_type`. Swagger UI sends "Bearer undefined" when the first is missing."""
    answer = server.login(**JOHNDOE)
    body = answer.fields()
    answer.must(
        isinstance(body.get("access_token"), str)
        and body.get("token_type") == "bearer",
        expected='200 {"access_token": "…", "token_type": "bearer"}',
        wrong="access_token must be a string and token_type must be bearer",
    )


@pytest.mark.standard("OWASP API Security Top 10", "API3:2023")
def test_the_answer_holds_nothing_else_about_the_user(server: Server):
    """A login answers with a token. A record, a password or a hash beside it ends up
    wherever the client logs its answers."""
    answer = server.login(**JOHNDOE)
    extra = set(answer.fields()) - {"access_token", "token_type", "expires_in", "scope"}
    answer.must(
        not extra,
        expected='200 {"access_token": "…", "token_type": "bearer"}',
        wrong=f"the body also holds {', '.join(sorted(extra))}",
    )


def test_a_disabled_user_gets_a_token_too(server: Server):
    """As the tutorial does it, a login asks for the password alone. Whether the
    account is active is asked at each use of the token."""
    server.login(**ALICE).must_have_status(200)


@pytest.mark.parametrize("password", ["SECRET", "secret ", " secret"])
def test_a_password_must_match_to_the_letter(
    server: Server, contract: Contract, password: str
):
    """A password is compared as it was typed: no case folded, no blanks stripped. Each
    of these makes guessing cheaper."""
    server.login("johndoe", password).must_be(contract.bad_login)


def test_the_password_of_another_user_opens_nothing(server: Server, contract: Contract):
    """A password is compared whole, and with the record of the user who logs in: not
    with any record that has it, and not by its beginning alone."""
    server.login("johndoe", "secret2").must_be(contract.bad_login)


def test_the_stored_hash_is_no_password(server: Server, contract: Contract):
    """Whoever steals the user table holds the hashes. A hash that can be typed in as
    a password makes hashing pointless."""
    server.login("johndoe", contract.stored_hash).must_be(contract.bad_login)


@pytest.mark.parametrize(
    "username",
    [
        "nobody",
        "JohnDoe",
        "johndoe ",
        " johndoe",
        "john",
        "john*",
        "john%",
        "johndoe@example.com",
        # With a wide j: the same to whoever normalises Unicode, another user here.
        "\uff4aohndoe",
        "nobody' OR '1'='1",
    ],
)
@pytest.mark.standard("OWASP Authentication", "Authentication Responses")
def test_an_unknown_user_is_refused_like_a_wrong_password(
    server: Server, contract: Contract, username: str
):
    """Usernames are compared whole and as they were typed: they are no patterns and no
    SQL. And the answer must not tell whether it was the name or the password that was
    wrong: it would tell a stranger who has an account."""
    server.login(username, "secret").must_be(contract.bad_login)


def test_a_disabled_user_with_a_wrong_password_is_refused_like_all(
    server: Server, contract: Contract
):
    """Who does not know the password must not learn that the account is disabled."""
    server.login("alice", "secret").must_be(contract.bad_login)


@pytest.mark.parametrize("field", ["username", "password"])
@pytest.mark.parametrize("value", [None, ""], ids=["missing", "empty"])
@pytest.mark.standard("RFC 6749", "4.3.2")
def test_username_and_password_are_required(
    server: Server, field: str, value: str | None
):
    """The request is incomplete, which is another thing than a wrong password: 422
    says that it could not be processed."""
    form = {name: text for name, text in JOHNDOE.items() if name != field}
    if value is not None:
        form[field] = value
    server.post("/token", data=form).must_have_status(422)


@pytest.mark.standard("RFC 6749", "4.3.2")
def test_json_is_no_form(server: Server):
    """OAuth2 sends the token request form-encoded. JSON at this endpoint is the most
    frequent mistake of clients, and gets 422."""
    server.post("/token", json=JOHNDOE).must_have_status(422)


@pytest.mark.standard("RFC 6749", "4.3.2")
def test_credentials_in_the_url_are_not_read(server: Server):
    """A URL is written to logs, histories and Referer headers. Credentials belong in
    the body."""
    server.post("/token", params=JOHNDOE).must_have_status(422)


def test_a_get_logs_nobody_in(server: Server):
    """A GET can be made by a link or an image on any page, and carries its form in the
    URL."""
    answer = server.get("/token", params=JOHNDOE)
    answer.must(
        answer.status in {404, 405, 422},
        expected="405",
        wrong=f"the status is {answer.status}, not 405",
    )


def test_http_basic_does_not_log_in(server: Server):
    """Basic credentials at the token endpoint are the client's, never the user's
    (RFC 6749, section 2.3.1). The form is empty, so the request is incomplete."""
    server.post("/token", headers=BASIC).must_have_status(422)


@pytest.mark.standard("RFC 6749", "3.2")
def test_the_request_of_the_authorize_button_logs_in(server: Server):
    """Swagger UI sends more than it must: an empty scope, and an empty client in an
    Authorization header. What is not needed is ignored."""
    form = JOHNDOE | {"grant_type": "password", "scope": ""}
    headers = {"Authorization": "Basic Og=="}
    server.post("/token", data=form, headers=headers).must_have_status(200)


@pytest.mark.parametrize("grant_type", [None, ""], ids=["missing", "empty"])
def test_the_grant_type_may_be_left_out(server: Server, grant_type: str | None):
    """RFC 6749 requires it, FastAPI's form does not: the tutorial's clients leave it
    out, and so does many a person with curl."""
    form = JOHNDOE if grant_type is None else JOHNDOE | {"grant_type": grant_type}
    server.post("/token", data=form).must_have_status(200)


@pytest.mark.parametrize(
    "grant_type",
    ["client_credentials", "refresh_token", "Password", "password2", "a password"],
)
@pytest.mark.standard("RFC 6749", "4.3.2")
def test_no_other_grant_type_is_served(server: Server, grant_type: str):
    """A client that asks for another grant must not be given this one."""
    form = JOHNDOE | {"grant_type": grant_type}
    server.post("/token", data=form).must_have_status(422)
