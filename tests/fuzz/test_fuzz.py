"""Hostile requests by the thousand, and what must hold of each answer.

In `make test` a fixed sample, in `make fuzz` many more. The steps that do not promise a
safe login yet are asked all the same: how often they crash is a figure, and no failure.
"""

import json
import re
import time
from typing import Any
from urllib.parse import quote

import pytest
import requests
import schemathesis
from hypothesis import strategies as st
from schemathesis import GenerationMode

from tests.fuzz.asking import GUARDED, Answer, App, Headers
from tests.fuzz.conftest import Fuzz
from tests.fuzz.forged import Recipe, recipes
from tests.fuzz.forms import KNOWN, MARK, UNKNOWN, Form, Part, as_header, forms, texts
from tests.fuzz.model import user_of
from tests.fuzz.registrations import JSON, Registration, is_good, registrations
from tests.promises import takes
from tests.steps.contract import ALICE, JOHNDOE
from workbook import tokens

pytestmark = pytest.mark.apart

# RFC 6750, section 2.1, for Schemathesis to keep and to break.
BEARER = {"type": "string", "pattern": r"^Bearer [A-Za-z0-9._~+/-]+=*$"}

CODES = ("invalid_request", "invalid_grant", "unsupported_grant_type", "invalid_scope")
# RFC 6749, section 5.2, and RFC 6750, section 3.
DESCRIPTION = re.compile(r"[\x20-\x21\x23-\x5B\x5D-\x7E]+").fullmatch
CHALLENGE = re.compile(
    rb'Bearer( [a-z_]+="[\x20-\x21\x23-\x5B\x5D-\x7E]+",?)+'
).fullmatch

HASHES = (b"ga31lW", b"7CcIVzSXq", b"$2b$12$")

paths = st.sampled_from(GUARDED)
names = st.sampled_from(
    [
        "authorization", "cookie", "content-type", "host", "origin", "accept",
        "x-forwarded-for", "x-forwarded-proto", "forwarded", "range", "expect",
        "transfer-encoding", "if-none-match", "x-http-method-override",
    ]
)  # fmt: skip
schemes = st.sampled_from(["Bearer", "bearer", "Basic", "Bearer Bearer", "", "Bearer,"])
credentials = st.tuples(schemes, st.binary(max_size=60))
header_values = st.one_of(
    texts.map(lambda v: as_header(v if isinstance(v, str) else v.decode("latin-1"))),
    credentials.map(lambda two: as_header(f"{two[0]} {two[1].decode('latin-1')}")),
    st.sampled_from([b"Bearer " + b"a" * 9000, b"Bearer " + b"." * 9000, b"[", b"::1"]),
)
headers = st.lists(st.tuples(names.map(str.encode), header_values), max_size=6).flatmap(
    lambda some: st.sampled_from([1, 1, 1, 40]).map(lambda n: tuple(some * n))
)


@pytest.mark.parametrize(
    "mode",
    [
        pytest.param(GenerationMode.POSITIVE, marks=pytest.mark.long),
        GenerationMode.NEGATIVE,
    ],
)
def test_requests_made_from_its_openapi(app: App, fuzz: Fuzz, mode: GenerationMode):
    document = json.loads(app.ask("GET", "/openapi.json").body)
    for operations in document["paths"].values():
        # What the security scheme means, as a parameter that can be drawn.
        if "security" in operations.get("get", {}):
            operations["get"]["parameters"] = [
                {"name": "Authorization", "in": "header", "schema": BEARER}
            ]
    schema = schemathesis.openapi.from_dict(document)
    for operation in schema.get_all_operations():

        @fuzz(operation.ok().as_strategy(generation_mode=mode))
        def check(case: Any) -> None:
            sent = requests.Request(**case.as_transport_kwargs(base_url="http://x"))
            request = sent.prepare()
            body = request.body or b""
            answer = app.ask(
                request.method or "",
                case.path,
                tuple(
                    (name.lower().encode(), as_header(value))
                    for name, value in request.headers.items()
                ),
                body.encode() if isinstance(body, str) else body,
                request.url.partition("?")[2].encode() if request.url else b"",
            )
            must_be_safe(app, answer)
            must(answer.status != 200, "a stranger was served")


def test_login_forms(app: App, fuzz: Fuzz):
    @fuzz(forms)
    def check(form: Form) -> None:
        known = login(app, form.of(KNOWN))
        unknown = login(app, form.of(UNKNOWN))
        if app.is_safe and not form.may_log_in:
            must(unknown.status == known.status, "an account is told by the status")
            must(swapped(unknown.body) == known.body, "an account is told by the body")
            must(unknown.hashes == known.hashes, "an account is told by the hashes")


def login(app: App, form: Form) -> Answer:
    answer = app.ask("POST", "/token", form.headers, form.body)
    must_be_safe(app, answer)
    must(answer.status != 200 or form.may_log_in, "logged in with wrong credentials")
    must(form.cuts or MARK.encode() not in answer.body, "the password comes back")
    if app.is_standard and answer.status != 200:
        must_be_standard(answer)
    return answer


def must_be_standard(answer: Answer) -> None:
    """RFC 6749, section 5.2."""
    must(answer.status == 400, f"{answer.status} for a token request")
    must(answer.header(b"cache-control") == b"no-store", "a refusal is stored")
    refusal = json.loads(answer.body)
    must(refusal["error"] in CODES, f"another code: {refusal['error']}")
    must(DESCRIPTION(refusal["error_description"]), "another character")


def swapped(body: bytes) -> bytes:
    return body.replace(UNKNOWN.encode(), KNOWN.encode())


def test_registrations(app: App, fuzz: Fuzz):
    if not takes(app.step, "database"):
        pytest.skip("nobody can register before step 10")
    taken = {user["username"] for user in (JOHNDOE, ALICE)}
    public = {"username", "email", "full_name", "disabled"}

    @fuzz(registrations())
    def check(registration: Registration) -> None:
        answer = app.ask("POST", "/users", registration.headers, registration.body)
        must_be_safe(app, answer)
        must(MARK.encode() not in answer.body, "the password comes back")
        read = registration.read
        good = is_good(read)
        if answer.status == 201:
            is_second = read["username"] in taken
            # At once: whatever is wrong with it, the name is taken from now on.
            taken.add(read["username"])
            must(not is_second, "a second user of this name")
            must(good, "nobody should have this name, this password or these details")
            must(set(json.loads(answer.body)) == public, "another record")
            fields = {"grant_type": "password"} | {n: read[n] for n in JOHNDOE}
            form = Form(tuple(Part(*pair) for pair in fields.items()))
            logged_in = app.ask("POST", "/token", form.headers, form.body)
            must(logged_in.status == 200, "the new user can't log in")
        elif good and registration.content_type == JSON:
            must(answer.status == 409, f"{answer.status} for a good registration")
            must(read["username"] in taken, "nobody has this name")
        else:
            must(answer.status in (400, 409, 422), f"{answer.status} for a bad one")


def test_tokens(app: App, fuzz: Fuzz):
    good = app.token()

    @fuzz(st.tuples(paths, recipes))
    def check(drawn: tuple[str, Recipe]) -> None:
        path, recipe = drawn
        present(app, path, ((b"authorization", bearer(recipe, good, app.key)),), good)


def bearer(recipe: Recipe, good: str, key: str) -> bytes:
    return as_header(f"Bearer {recipe.token(good, key)}")


def test_requests_of_any_shape(app: App, fuzz: Fuzz):
    good = app.token()
    methods = st.sampled_from(["GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "X"])
    others = st.sampled_from(["/token", "/users/me", "/docs", "/openapi.json", "/"])
    any_path = paths | others | st.text(max_size=20).map(lambda text: f"/{text}")
    queries = st.text(max_size=20).map(lambda text: quote(text, "&=;+").encode())

    @fuzz(st.tuples(methods, any_path, headers, st.binary(max_size=80), queries))
    def check(drawn: tuple[str, str, Headers, bytes, bytes]) -> None:
        method, path, some, body, query = drawn
        if path in GUARDED and method == "GET":
            present(app, path, some, good, query)
        else:
            must_be_safe(app, app.ask(method, path, some, body, query))


def present(
    app: App, path: str, some: Headers, good: str, query: bytes = b""
) -> Answer:
    """Asks for a guarded path, and compares with the model."""
    user = bearer_of(app, some, good)
    answer = app.ask("GET", path, some, query=query)
    must_be_safe(app, answer)
    if app.is_safe:
        allowed = {None: {401}, JOHNDOE["username"]: {200, 401}}.get(user, {400, 401})
        if app.is_standard:
            # What can't be one token is a malformed request.
            allowed = allowed | {400}
        must(answer.status in allowed, f"{answer.status} for a token of {user}")
    return answer


def bearer_of(app: App, some: Headers, good: str) -> str | None:
    """Whose good token is in these headers. The first of a name counts, and blanks
    around a token are none of it."""
    given = [value for name, value in some if name == b"authorization"]
    scheme, _, token = given[0].decode("latin-1").partition(" ") if given else ("",) * 3
    if scheme.lower() != "bearer":
        return None
    return user_of(
        token.strip(),
        app.key,
        time.time(),
        ours=tokens.read(good)[1],
        strict=app.is_strict,
    )


def must_be_safe(app: App, answer: Answer) -> None:
    """What holds of every answer."""
    if app.is_safe and answer.status >= 500:
        raise AssertionError(answer.kind) from answer.crash
    if answer.status == 401:
        challenge = answer.header(b"www-authenticate")
        must(
            CHALLENGE(challenge or b"") if app.is_standard else challenge == b"Bearer",
            f"the challenge of a 401 is {challenge!r}",
        )
    came = answer.body + b"".join(map(b"".join, answer.headers))
    for secret in (*HASHES, app.key.encode()):
        must(secret not in came, "a secret is in the answer")


def must(holds: object, otherwise: str) -> None:
    assert holds, otherwise


@pytest.mark.parametrize("path", GUARDED)
def test_a_good_token_is_good(app: App, path: str):
    """Or the fuzz would show that a closed door is closed."""
    johndoe, alice = app.token(JOHNDOE), app.token(ALICE)
    disabled = 401 if app.is_standard else 400
    for token, user, status in ((johndoe, "johndoe", 200), (alice, "alice", disabled)):
        header = ((b"authorization", f"Bearer {token}".encode()),)
        assert bearer_of(app, header, johndoe) == user
        assert app.ask("GET", path, header).status == status
    assert login(app, Form(())).status == (400 if app.is_standard else 422)
