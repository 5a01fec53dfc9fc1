"""What the answers prove, from failures that are made up."""

import importlib
import inspect
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import replace

import pytest

from workbook import tokens
from workbook.checking import Evidence, Failure, Outcome, Result
from workbook.ladder import find, sources
from workbook.mistakes import Diagnosis, diagnose, mistakes
from workbook.mistakes.causes import SERVED
from workbook.mistakes.causes.crashes import refusal, sentence
from workbook.mistakes.diagnosis import suspects
from workbook.mistakes.exceptions import Raised, crash_in, meaning
from workbook.mistakes.store import known

STEP = find("5")
TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOjF9.c2lnbmF0dXJl"
LOGIN = "curl -i http://127.0.0.1:8000/token -d 'username={}&password={}'"
RIGHT = LOGIN.format("johndoe", "secret")
WITH_TOKEN = "curl -i http://127.0.0.1:8000/users/me/ -H 'Authorization: Bearer {}'"


def failure(
    evidence: Evidence,
    *,
    request: str = RIGHT,
    expected: str = "200",
    raised: str = "",
    difference: str = "made up",
) -> Failure:
    return Failure(request, "", expected, difference, "", [], raised, evidence)


def told(*failed: Failure, printed: str = "") -> Diagnosis:
    """The diagnosis of a suite in which nothing passed and these failed."""
    results = [
        Result(f"test_{number}", "failed", one) for number, one in enumerate(failed)
    ]
    return diagnose(STEP, Outcome(results, printed=printed))


def cause(*failed: Failure, printed: str = "") -> str:
    found = told(*failed, printed=printed)
    assert found.cause is not None
    assert found.suspects == []
    return f"{found.cause.name}. {found.cause.diagnosis}"


def login(body: object, status: int = 200) -> Failure:
    text = body if isinstance(body, str) else json.dumps(body)
    return failure(Evidence("POST /token", status, text))


def crashed(lines: str, asked: str = "POST /token") -> Failure:
    head = (
        'Traceback (most recent call last):\n  File "/answers/main.py", line 7, in f\n'
    )
    return failure(Evidence(asked, 500), raised=f"{head}    f(x)\n    ^^^^\n{lines}")


def unknown_algorithm(name: str, *others: str) -> Failure:
    """A token with such a header crashes the app, and in the table so do others."""
    one = crashed(
        "jose.exceptions.JWKError: Unable to find an algorithm for key",
        "GET /users/me/",
    )
    token = tokens.sign({"sub": "johndoe"}, "key", header={"alg": name})
    table = ", ".join(f'{{"alg": "{other}"}}' for other in others)
    return replace(one, request=WITH_TOKEN.format(token), difference=table)


ALICES = '{{"username": "alice", "disabled": {}}}'
INACTIVE = '400 {"detail": "Inactive user"}'


def test_a_disabled_user_who_gets_her_record_is_told():
    text = cause(
        failure(
            Evidence("GET /users/me/", 200, ALICES.format("true")), expected=INACTIVE
        )
    )
    assert text.startswith("a disabled account isn't rejected. `GET /users/me/` ")


@pytest.mark.parametrize(
    ("disabled", "query", "expected"),
    [
        ("false", "", INACTIVE),
        ("true", "?include_disabled=true", INACTIVE),
        ("true", "", '401 {"detail": "Could not validate credentials"}'),
        ("true", "", "200"),
    ],
)
def test_another_record_is_no_proof_that_a_disabled_user_is_accepted(
    disabled: str, query: str, expected: str
):
    one = failure(
        Evidence("GET /users/me/", 200, ALICES.format(disabled)),
        request=f"curl -i 'http://127.0.0.1:8000/users/me/{query}'",
        expected=expected,
    )
    assert told(one).cause is None


def test_algorithms_that_are_a_text_are_told_to_be_a_list():
    text = cause(unknown_algorithm("HS25", "H", "256"))
    assert "`algorithms` is a text, not a list" in text
    assert '`"HS25" in "HS256"` is true' in text
    assert "`algorithms=['HS256']`" in text


@pytest.mark.parametrize("names", [("none",), ("HS25", "none"), ("HS2560",)])
def test_algorithms_that_are_not_limited_are_not_called_a_text(names: tuple[str, ...]):
    text = cause(unknown_algorithm(*names))
    assert "is a text" not in text
    assert "Without that list" in text


def test_any_exception_is_told_with_its_type_its_message_and_the_own_line():
    text = cause(crashed("app.errors.Odd: it went wrong\nin two lines"))
    assert "The login crashed: app.errors.Odd in your line `f(x)`" in text
    assert "(main.py, line 7). It says: it went wrong." in text


def test_an_exception_without_a_message_is_told_too():
    assert "`GET /users/me/` crashed: KeyError" in cause(
        crashed("KeyError", "GET /users/me/")
    )


def test_a_traceback_is_read_to_its_last_own_line_and_no_further():
    raised = crash_in(
        "Traceback (most recent call last):\n"
        '  File "/a/main.py", line 3, in outer\n    inner()\n'
        '  File "/a/users.py", line 9, in inner\n    raise Odd()\n'
        'a.Odd: said\n  File "/a/main.py", line 127, in login\n    POST /token'
    )
    assert raised is not None
    assert (raised.kind, raised.line, raised.file, raised.number) == (
        "a.Odd",
        "raise Odd()",
        "users.py",
        9,
    )


@pytest.mark.parametrize("text", ["", "Traceback (most recent call last):", "  x"])
def test_what_is_no_traceback_is_no_crash(text: str):
    assert crash_in(text) is None


@pytest.mark.parametrize(
    ("kind", "message", "words"),
    [
        (
            "passlib.exc.UnknownHashError",
            "hash could not be identified",
            "isn't one that",
        ),
        (
            "AttributeError",
            "'str' object has no attribute 'decode'",
            "already a string",
        ),
        (
            "AttributeError",
            "'coroutine' object has no attribute 'x'",
            "without `await`",
        ),
        ("TypeError", "'coroutine' object is not subscriptable", "without `await`"),
        ("AttributeError", "'NoneType' object has no attribute 'x'", "is None"),
        ("SystemExit", "SECRET_KEY: not usable, or PEM", "at its start"),
        ("sqlite3.ProgrammingError", "in that same thread", "check_same_thread"),
        ("TypeError", "decode() got an unexpected keyword argument 'algorithm'", "=["),
        ("jwt.exceptions.InvalidSubjectError", "Subject must be a string", "str("),
        ("jose.exceptions.JWTClaimsError", "Subject must be a string.", "str("),
        ("TypeError", "Object of type datetime is not JSON serializable", "timestamp"),
        ("TypeError", "a bytes-like object is required, not 'str'", "bytes are needed"),
        ("TypeError", "a bytes-like object is required, not 'NoneType'", "is None"),
        (
            "TypeError",
            "int() argument must be a string, a bytes-like object or a real number, "
            "not 'list'",
            "isn't a number",
        ),
        (
            "TypeError",
            "int() argument must be a string, a bytes-like object or a real number, "
            "not 'NoneType'",
            "is None",
        ),
        ("OverflowError", "cannot convert float infinity to integer", "`Infinity`"),
        (
            "TypeError",
            "unsupported type for timedelta minutes component: str",
            "`int(…)`",
        ),
        (
            "AttributeError",
            "'HTTPAuthorizationCredentials' object has no attribute 'rsplit'",
            "in its `credentials`",
        ),
        ("AttributeError", "module 'jwt' has no attribute 'JWTError'", "InvalidToken"),
        (
            "AttributeError",
            "module 'jwt.exceptions' has no attribute 'ExpiredSignature'",
            "InvalidToken",
        ),
        ("AttributeError", "module 'jwt' has no attribute 'encode'", "wrong package"),
        (
            "AttributeError",
            "'set' object has no attribute 'items'",
            "outside the quotes",
        ),
        (
            "TypeError",
            "BaseModel.__init__() takes 1 positional argument but 2 were given",
            "`UserInDB(**record)`",
        ),
        ("AttributeError", "'str' object has no attribute 'username'", "the token"),
        (
            "AttributeError",
            "module 'datetime' has no attribute 'now'",
            "from datetime import UTC",
        ),
        (
            "AttributeError",
            "type object 'datetime.datetime' has no attribute 'timedelta'",
            "from datetime import UTC",
        ),
        (
            "AttributeError",
            "'OAuth2PasswordRequestForm' object has no attribute 'passwd'",
            "is in `username` and `password`",
        ),
        (
            "AttributeError",
            "'UserInDB' object has no attribute 'password'",
            "the hash is in `hashed_password`",
        ),
        ("TypeError", "Object of type timedelta is not JSON serializable", "to now"),
        ("builtins.NameError", "name 'x' is not defined", "isn't defined"),
    ],
)
def test_a_well_known_exception_is_explained(kind: str, message: str, words: str):
    assert words in sentence(Raised(kind, message))


@pytest.mark.parametrize(
    ("kind", "base"),
    [
        ("jwt.exceptions.ExpiredSignatureError: Signature", "jwt.InvalidTokenError"),
        ("jose.exceptions.JWTError: Not enough segments", "jose.JWTError"),
        ("jose.exceptions.JWSError: Not enough segments", "jose.JOSEError"),
        ("jwt.exceptions.PyJWKClientError: no such key", "jwt.PyJWTError"),
        ("joserfc.errors.BadSignatureError: bad_signature", "joserfc.errors.JoseError"),
    ],
)
def test_a_refusal_of_a_library_that_nothing_catches_is_told_with_its_base(
    kind: str, base: str
):
    assert f"has to catch `{base}`" in cause(crashed(kind, "GET /users/me/"))
    assert "has to catch" not in cause(crashed(kind, "POST /token"))


@pytest.fixture
def unload() -> Iterator[None]:
    """Forgets the libraries that a test has imported: an app may have a `jwt.py`."""
    before = set(sys.modules)
    yield
    for name in set(sys.modules) - before:
        if name.startswith(("jwt", "joserfc")):
            del sys.modules[name]


@pytest.mark.usefixtures("unload")
@pytest.mark.parametrize(
    "module", ["jose.exceptions", "jwt.exceptions", "joserfc.errors"]
)
def test_the_base_that_is_named_is_the_base_in_the_library(module: str):
    exceptions = exceptions_of(module)
    assert len(exceptions) > 10
    for exception in exceptions:
        refused = refusal(Raised(f"{module}.{exception.__name__}", "it says"))
        found = re.search(r"has to catch `([\w.]+)\.(\w+)`", refused)
        assert found is not None, exception
        base = getattr(importlib.import_module(found[1]), found[2])
        assert issubclass(exception, base), refused
        if "all its exceptions" in refused:
            assert all(issubclass(one, base) for one in exceptions), refused


@pytest.mark.usefixtures("unload")
@pytest.mark.parametrize(
    "token", ["", "a", "a.b", "a.b.c", "e30.e30.e30", TOKEN, f"{TOKEN}.x", "\xff.a.b"]
)
@pytest.mark.parametrize(
    ("library", "module", "base"),
    [("jose", "jose.jwt", "JWTError"), ("jwt", "jwt", "InvalidTokenError")],
)
def test_what_decode_raises_for_a_bad_token_derives_from_the_base(
    library: str, module: str, base: str, token: str
):
    decode = importlib.import_module(module).decode
    with pytest.raises(getattr(importlib.import_module(library), base)):
        decode(token, "k" * 32, algorithms=["HS256"])


def exceptions_of(module: str) -> list[type[Exception]]:
    """The exceptions that a module defines."""
    names = vars(importlib.import_module(module)).values()
    return [
        one
        for one in names
        if inspect.isclass(one)
        and issubclass(one, Exception)
        and not issubclass(one, Warning)
        and one.__module__ == module
    ]


def test_only_a_jwt_has_a_null_that_is_none():
    raised = Raised("AttributeError", "'NoneType' object has no attribute 'x'")
    assert "in a token" in sentence(raised, is_jwt=True)
    assert "in a token" not in sentence(raised)


def of_a_current_user(kind: str, expected: str) -> Failure:
    lines = f"AttributeError: '{kind}' object has no attribute 'disabled'"
    one = crashed(lines, "GET /users/me/")
    raised = one.raised.replace("f(x)", "if current_user.disabled:")
    return replace(one, raised=raised, expected=expected)


@pytest.mark.parametrize(
    ("kind", "expected", "words"),
    [
        ("str", "200", "It returned a text, such as the token"),
        ("NoneType", "200", "It returned None for a good token"),
        ("NoneType", "401", "It returned None where it should raise a 401"),
    ],
)
def test_a_wrong_current_user_is_told_to_come_from_its_dependency(
    kind: str, expected: str, words: str
):
    text = cause(of_a_current_user(kind, expected))
    assert "`get_current_user` in our code" in text
    assert words in text


def test_headers_that_are_no_dictionary_are_told_where_no_line_is_the_apps():
    message = "'str' object has no attribute 'items'"
    text = sentence(Raised("AttributeError", message))
    assert 'headers={"WWW-Authenticate": "Bearer"}' in text
    assert sentence(Raised("AttributeError", message, "f(x)")) == ""


def test_an_exception_that_is_not_well_known_is_left_unexplained():
    assert sentence(Raised("app.Odd", "it went wrong")) == ""


@pytest.mark.parametrize(
    ("kind", "message", "fields"),
    [
        (
            "fastapi.exceptions.ResponseValidationError",
            "1 validation error:\n  {'type': 'missing', 'loc': ('response', "
            "'access_token'), 'msg': 'Field required', 'input': {'token': 'x'}}",
            "`access_token`: Field required",
        ),
        (
            "pydantic_core._pydantic_core.ValidationError",
            "1 validation error for User\nusername\n  Field required [type=missing]",
            "`username`: Field required",
        ),
    ],
)
def test_a_validation_error_is_told_by_its_fields(kind: str, message: str, fields: str):
    assert fields in sentence(Raised(kind, message))


def test_a_start_that_ends_in_a_traceback_is_no_crash_of_a_request():
    """With bad settings an app is right to end, and its mistake may be how."""
    ended = failure(Evidence(), raised="ValueError: no key")
    others = [login({"data": {"access_token": TOKEN}})]
    assert "inside `data`" in cause(ended, *others)


def test_a_crash_in_one_test_of_many_does_not_hide_the_others():
    others = [login({"data": {"access_token": TOKEN}})] * 5
    assert "inside `data`" in cause(*others, crashed("KeyError: 'x'"))


def test_a_crash_is_told_where_nothing_else_is_known():
    other = failure(Evidence("GET /users/me/", 200), difference="unheard of")
    assert "KeyError" in cause(other, other, other, crashed("KeyError: 'x'"))


def test_a_coroutine_that_is_never_awaited_is_the_cause():
    accepted = failure(
        Evidence("POST /token", 200, "{}"),
        request=LOGIN.format("johndoe", "wrong"),
        expected='401 {"detail": "Incorrect username or password"}',
    )
    warning = "RuntimeWarning: coroutine 'f.<locals>.verify_password' was never awaited"
    text = cause(accepted, printed=warning)
    assert "a wrong password is accepted: `verify_password` is never awaited" in text


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ({"data": {"access_token": TOKEN}}, "inside `data`"),
        ({"result": {"auth": {"jwt": TOKEN}}}, "inside `result.auth`"),
        ({"user": {"name": "x"}, "data": {"t": TOKEN}}, "inside `data`"),
        ({"tokens": [{"access_token": TOKEN}]}, "inside `tokens.[0]`"),
        ({"token": TOKEN, "token_type": "bearer"}, "called `token`"),
        ({"accessToken": TOKEN}, "called `accessToken`"),
        ({"access": TOKEN}, "called `access`"),
        ({"bearer": TOKEN}, "called `bearer`"),
        ({"access_token": [TOKEN]}, "is a list"),
        ({"access_token": {"token": TOKEN}}, "is an object"),
        ({"message": "welcome"}, "no token in its body: it has `message`"),
        (json.dumps(TOKEN), "bare token"),
        ("null", "Is a `return` missing, or is it inside an `if` that wasn't true?"),
    ],
)
def test_a_login_whose_token_is_elsewhere_is_told_where(body: object, words: str):
    assert words in cause(login(body))


def test_an_exception_that_is_returned_is_recognised_by_its_fields():
    body = {"status_code": 401, "detail": "x", "headers": {}}
    refused = failure(
        Evidence("POST /token", 200, json.dumps(body)), expected='401 {"detail": "x"}'
    )
    assert "returned, not raised" in cause(refused)


@pytest.mark.parametrize("body", ["null", '{"user": null}'])
def test_a_record_that_is_null_is_told_whether_it_is_wrapped_or_not(body: str):
    nothing = Evidence("GET /users/me/", 200, body)
    assert "returns None" in cause(failure(nothing, expected='200 {"username": "x"}'))


def test_a_redirect_is_told_with_its_location():
    moved = Evidence("GET /users/me/", 307, location="http://127.0.0.1:8000/users/me")
    text = cause(failure(moved))
    assert "paths without a trailing slash" in text
    assert "307, `Location: http://127.0.0.1:8000/users/me`" in text


@pytest.mark.parametrize(
    ("location", "words"),
    [
        ("/users/me/", "paths with a slash at the end"),
        ("https://127.0.0.1:8000/users/me", "redirected to https"),
        ("/login", "`GET /users/me` is a redirect"),
    ],
)
def test_other_redirects_are_not_taken_for_a_missing_slash(location: str, words: str):
    moved = Evidence("GET /users/me", 307, location=location)
    assert words in cause(failure(moved))


def test_a_path_that_is_elsewhere_is_told_with_both():
    gone = Evidence("POST /token", 404, elsewhere="POST /auth/token")
    text = cause(failure(gone))
    assert "Your app has `POST /auth/token`; this step asks for `POST /token`" in text


def test_a_path_that_begins_without_a_slash_is_told_so():
    gone = Evidence("POST /token", 404, elsewhere="POST token")
    assert "A path begins with a slash" in cause(failure(gone))


def test_a_path_that_is_there_without_a_redirect_is_one_without_a_slash():
    gone = Evidence("GET /users/me/", 404, elsewhere="GET /users/me")
    assert "paths without a trailing slash" in cause(failure(gone))


def test_a_refusal_that_is_a_success_by_its_status_is_told():
    refused = failure(
        Evidence("POST /token", 200, '{"code": 401, "message": "x"}'),
        expected='401 {"detail": "Incorrect username or password"}',
    )
    assert "a refusal is answered 200" in cause(refused)


def test_a_record_in_an_envelope_is_told_where_it_is():
    body = {"code": 0, "data": {"username": "johndoe", "email": "x"}}
    record = failure(
        Evidence("GET /users/me/", 200, json.dumps(body)),
        expected='200 {"username": "johndoe", "email": "x"}',
    )
    assert "the answer is inside `data`" in cause(record)


@pytest.mark.parametrize(
    ("loc", "words"),
    [
        (["cookie", "access_token"], "`access_token` in the cookie"),
        (["body", "email"], "`email` in the body"),
        (["query", "token"], "`token` in the query"),
    ],
)
def test_a_422_is_told_with_what_the_app_wants(loc: list[str], words: str):
    detail = [{"type": "missing", "loc": loc, "msg": "Field required"}]
    text = cause(failure(Evidence("POST /token", 422, json.dumps({"detail": detail}))))
    assert words in text


@pytest.mark.parametrize(
    ("detail", "words"),
    [
        (
            [{"type": "missing", "loc": ["body", "username"], "msg": "Field required"}],
            "a middleware with `await request.form()`",
        ),
        (
            [{"type": "model_attributes_type", "loc": ["body"], "msg": "x"}],
            "the login expects JSON",
        ),
        (
            [{"type": "missing", "loc": ["body", "grant_type"], "msg": "required"}],
            "`OAuth2PasswordRequestFormStrict` requires it",
        ),
    ],
)
def test_a_form_that_the_app_does_not_read_is_told_so(
    detail: list[dict[str, object]], words: str
):
    text = cause(failure(Evidence("POST /token", 422, json.dumps({"detail": detail}))))
    assert words in text


@pytest.mark.parametrize(
    ("asked", "loc", "words"),
    [
        ("GET /users/me/", ["body"], "wants a body there. A parameter with a model"),
        ("GET /users/me/", ["body", "current_user"], "current_user: Annotated[User"),
        ("GET /users/me/", ["query", "current_user"], "current_user: Annotated[User"),
        ("GET /users/me/", ["query", "token"], "Depends(oauth2_scheme)"),
        ("GET /users/me/", ["query", "db"], "Annotated[…, Depends(…)]"),
        ("POST /token", ["query", "form_data"], "[OAuth2PasswordRequestForm, Depends"),
    ],
)
def test_a_parameter_without_depends_is_told(asked: str, loc: list[str], words: str):
    detail = [{"type": "missing", "loc": loc, "msg": "Field required"}]
    text = cause(failure(Evidence(asked, 422, json.dumps({"detail": detail}))))
    assert "a parameter has no `Depends`" in text
    assert words in text


@pytest.mark.parametrize(
    ("components", "words"),
    [
        (
            {"securitySchemes": {"HTTPBearer": {"type": "http", "scheme": "bearer"}}},
            "Your app documents `HTTPBearer`",
        ),
        (
            {"securitySchemes": {"Bearer": {"type": "http", "scheme": "bearer"}}},
            "Your app documents `HTTPBearer`",
        ),
        (
            {"securitySchemes": {"x": {"type": "apiKey", "in": "header"}}},
            "Your app documents `APIKeyHeader`",
        ),
        (
            {
                "securitySchemes": {
                    "x": {"type": "oauth2", "flows": {"authorizationCode": {}}}
                }
            },
            "Your app documents `OAuth2AuthorizationCodeBearer`",
        ),
        ({}, "has no security scheme"),
    ],
)
def test_a_document_without_a_password_flow_is_told_what_it_has(
    components: object, words: str
):
    body = json.dumps({"openapi": "3.1.0", "components": components})
    text = cause(failure(Evidence("GET /openapi.json", 200, body)))
    assert words in text
    assert "OAuth2PasswordBearer" in text


def test_a_document_with_a_password_flow_is_not_told_to_have_none():
    scheme = {"type": "oauth2", "flows": {"password": {"tokenUrl": "login"}}}
    body = {"openapi": "3.1.0", "components": {"securitySchemes": {"x": scheme}}}
    one = failure(Evidence("GET /openapi.json", 200, json.dumps(body)))
    assert told(one).cause is None


def test_a_path_that_documents_another_scheme_is_told_so():
    schemes = {
        "a": {"type": "oauth2", "flows": {"password": {"tokenUrl": "token"}}},
        "b": {"type": "http", "scheme": "bearer"},
    }
    body = {
        "openapi": "3.1.0",
        "components": {"securitySchemes": schemes},
        "paths": {"/users/me/": {"get": {"security": [{"b": []}]}}},
    }
    one = failure(Evidence("GET /openapi.json", 200, json.dumps(body)))
    assert "`GET /users/me/` documents `HTTPBearer`" in cause(one)


def test_a_document_does_not_explain_a_wrong_answer_before_it():
    """HTTPBearer, and a scheme in small letters that's refused: two faults."""
    refused = failure(
        Evidence("GET /users/me/", 401, '{"detail": "Not authenticated"}'),
        request=WITH_TOKEN.format(TOKEN).replace("Bearer", "bearer"),
        expected='200 {"username": "johndoe"}',
    )
    scheme = {"HTTPBearer": {"type": "http", "scheme": "bearer"}}
    body = {"openapi": "3.1.0", "components": {"securitySchemes": scheme}}
    document = failure(Evidence("GET /openapi.json", 200, json.dumps(body)))
    assert told(refused, document, document).cause is None


def test_refusals_in_another_shape_are_told_by_their_keys():
    refused = failure(
        Evidence("POST /token", 401, '{"error": {"message": "x"}}'),
        expected='401 {"detail": "Incorrect username or password"}',
    )
    assert "body has `error` where this step wants `detail`" in cause(refused)


def refused_token(caught: str) -> Failure:
    return failure(
        Evidence("GET /users/me/", 401, '{"detail": "x"}', caught=caught),
        request=WITH_TOKEN.format(TOKEN),
        expected='200 {"username": "johndoe"}',
    )


@pytest.mark.parametrize(
    ("caught", "words"),
    [
        (
            "jwt.InvalidSubjectError: Subject must be a string\nf(x)",
            "`sub` is a number",
        ),
        ("jose.JWTClaimsError: Subject must be a string.\nf(x)", "`sub` is a number"),
        (
            'jwt.DecodeError: pass in a value for the "algorithms" argument\nf(x)',
            "no algorithms are given",
        ),
        ("jwt.ExpiredSignatureError: Signature has expired\nf(x)", "has expired"),
        ("jose.JWTError: Signature verification failed.\nf(x)", "doesn't fit the key"),
        ("jwt.DecodeError: Not enough segments\nf(x)", "not the token"),
        (
            "jwt.InvalidAudienceError: Audience doesn't match\nf(x)",
            "a claim is missing",
        ),
        ("app.Odd: odd\nf(x)", "good tokens are refused: Odd"),
        (
            "app.Odd: odd\nraise Odd\njose.JWTError: Signature verification\nf(x)",
            "good tokens are refused: the signature doesn't fit",
        ),
    ],
)
def test_a_good_token_that_is_refused_is_told_with_what_the_app_caught(
    caught: str, words: str
):
    text = cause(refused_token(caught), refused_token(caught))
    assert words in text
    assert "in your line `f(x)`" in text


def test_a_refused_token_is_shown_by_the_test_of_the_logins_own_token():
    """What was asked for with the token failed first, and has nothing to do with it."""
    refused = refused_token("app.Odd: odd\nf(x)")
    named = ["test_the_record_holds_the_four_public_fields"] * 2 + [SERVED] * 2
    results = [
        Result(f"{name}[{number}]", "failed", refused)
        for number, name in enumerate(named)
    ]
    found = diagnose(STEP, Outcome(results))
    assert found.cause is not None
    assert found.explains[0].startswith(SERVED)


@pytest.mark.parametrize(
    ("sent", "words"),
    [
        (f"Bearer {TOKEN}", "begins with `Bearer`"),
        (f"b'{TOKEN}'", "bytes that were made text"),
    ],
)
def test_a_token_that_is_misspelt_is_told(sent: str, words: str):
    one = failure(
        Evidence("GET /users/me/", 401, '{"detail": "x"}'),
        request=f'curl -i http://x/users/me/ -H "Authorization: Bearer {sent}"',
    )
    assert words in cause(one, one)


@pytest.mark.parametrize(("name", "argument"), [("aud", "audience"), ("iss", "issuer")])
def test_a_claim_that_the_check_does_not_expect_is_told_with_its_value(
    name: str, argument: str
):
    one = failure(
        Evidence(
            "GET /users/me/", 401, "{}", caught=f"jwt.Odd: Invalid {argument}\nf(x)"
        ),
        request=WITH_TOKEN.format(tokens.sign({"sub": "x", name: "mine"}, "key")),
        expected='200 {"username": "johndoe"}',
    )
    text = cause(one, one)
    assert f"has `{name}` 'mine'" in text
    assert f"`{argument}=…`" in text


def sent(claims: dict[str, object], caught: str = "") -> Failure:
    """A token of the login's own, and it's refused."""
    return failure(
        Evidence("GET /users/me/", 401, "{}", caught=caught),
        request=WITH_TOKEN.format(tokens.sign(claims, "key")),
        expected='200 {"username": "johndoe"}',
    )


@pytest.mark.parametrize("caught", ["", "builtins.KeyError: 'sub'\nf(x)"])
def test_a_token_without_a_subject_is_told_with_what_it_has_instead(caught: str):
    one = sent({"username": "johndoe", "exp": 1}, caught)
    text = cause(one, one)
    assert "the token has no `sub`" in text
    assert "has `username` and `exp` in its payload" in text


def test_an_expired_token_without_a_subject_is_told_to_have_expired():
    one = sent({"exp": 1}, "jwt.ExpiredSignatureError: Signature has expired\nf(x)")
    assert "has expired" in cause(one, one)


def test_a_good_token_that_nothing_decodes_is_told():
    one = sent({"sub": "johndoe"})
    assert "Does your `get_current_user` decode it?" in cause(one, one)


def test_an_expiry_that_is_text_is_told_to_be_a_number():
    note = "jose.JWTClaimsError: Expiration Time claim (exp) must be an integer.\nf(x)"
    one = sent({"sub": "johndoe", "exp": "2026-11-30 14:44:51+00:00"}, note)
    text = cause(one, one)
    assert "`exp` isn't a number of seconds" in text
    assert "Put the datetime itself there" in text


@pytest.mark.parametrize(
    ("sub", "words"),
    [
        (1, "Write `str(…)`"),
        ({"username": "johndoe"}, "Put the username alone there"),
    ],
)
def test_a_subject_that_is_no_string_is_told_with_what_belongs_there(
    sub: object, words: str
):
    one = sent({"sub": sub}, "jose.JWTClaimsError: Subject must be a string.\nf(x)")
    assert words in cause(one, one)


def test_a_token_that_is_never_looked_at_is_told():
    one = failure(
        Evidence("GET /users/me/", 401, '{"detail": "Not authenticated"}'),
        request=WITH_TOKEN.format(TOKEN),
    )
    assert "reads no token from the Authorization header" in cause(one, one)


def test_nothing_is_said_of_tokens_where_the_own_ones_are_accepted():
    """The refused ones are those that the suite has signed."""
    one = refused_token("jose.JWTError: Not enough segments\nf(x)")
    results = [Result("test_the_token_of_a_login_is_accepted", "passed")]
    results += [Result(f"test_{number}", "failed", one) for number in range(3)]
    assert diagnose(STEP, Outcome(results)).cause is None


EACH_REFUSED = [
    failure(
        Evidence("POST /token", 401, '{"detail": "Incorrect"}'),
        request=LOGIN.format(name, password),
    )
    for name, password in (("johndoe", "secret"), ("alice", "secret2"))
]
LET_IN = failure(
    Evidence("POST /token", 200, json.dumps({"access_token": TOKEN})),
    request=LOGIN.format("johndoe", "wrong"),
    expected='401 {"detail": "Incorrect username or password"}',
)


@pytest.mark.parametrize("number", range(1, 9))
def test_a_login_that_refuses_everybody_is_told_with_the_functions_of_the_step(
    number: int,
):
    step = find(str(number))
    results = [Result(f"test_{n}", "failed", one) for n, one in enumerate(EACH_REFUSED)]
    found = diagnose(step, Outcome(results))
    assert found.cause is not None
    assert found.cause.name == "every login is refused"
    assert found.explains == ["test_0", "test_1"]
    named = set(re.findall(r"`(\w+_\w+)`", found.cause.diagnosis))
    code = "\n".join(sources(step.modules).values())
    assert [name for name in named if f"def {name}(" not in code] == []
    checks = "verify_password" if step.hashes_passwords else "fake_hash_password"
    assert {"get_user", checks} <= named


def test_a_password_check_that_is_the_wrong_way_round_is_told_so():
    assert "is the wrong way round" in cause(*EACH_REFUSED, LET_IN)


def test_a_stored_hash_that_logs_in_is_not_called_the_wrong_way_round():
    """Only if an ordinary wrong password logs in is the check inverted."""
    sent_hash = replace(LET_IN, request=LOGIN.format("johndoe", "fakehashedsecret"))
    name = "the typed password is compared with the stored hash"
    assert name in cause(*EACH_REFUSED, sent_hash)
    assert "is the wrong way round" in cause(*EACH_REFUSED, sent_hash, LET_IN)


def test_a_password_that_is_ignored_is_not_called_the_wrong_way_round():
    assert told(LET_IN, LET_IN).cause is None


def refused_login(name: str, status: int, detail: str) -> Failure:
    return failure(
        Evidence("POST /token", status, json.dumps({"detail": detail})),
        request=LOGIN.format(name, "wrong"),
        expected='401 {"detail": "Incorrect username or password"}',
    )


def test_two_answers_to_a_bad_login_tell_who_has_an_account():
    text = cause(
        refused_login("johndoe", 401, "Wrong password"),
        refused_login("nobody", 404, "User not found"),
    )
    assert 'an unknown username with 404 "User not found"' in text
    assert 'a wrong password with 401 "Wrong password"' in text


def test_one_wrong_answer_to_every_bad_login_tells_nothing():
    found = told(
        refused_login("johndoe", 400, "No"), refused_login("nobody", 400, "No")
    )
    assert found.cause is None


def test_a_501_is_no_evidence():
    empty = failure(Evidence("POST /token", 501, '{"detail": "yours"}'))
    assert told(empty) == Diagnosis()


@pytest.mark.parametrize(
    ("note", "about"),
    [
        ("jwt.exceptions.ExpiredSignatureError: Signature has expired\nx", "expired"),
        ("jose.exceptions.JWTError: Signature verification failed.\nx", "signature"),
        ("joserfc.errors.BadSignatureError: bad_signature: \nx", "signature"),
        ("builtins.TypeError: decode() has no exp\nx", "TypeError"),
        ("", ""),
    ],
)
def test_libraries_say_the_same_in_other_words(note: str, about: str):
    assert meaning(note) == about


def test_names_of_an_app_are_told_in_a_few_harmless_words():
    body = {"\x1b[2J": 1, "b" * 3000: 1, **{f"key{n}": n for n in range(200)}}
    text = cause(login(body))
    assert "\x1b" not in text
    assert "and 194 more" in text
    assert len(text) < 600


def test_an_advice_before_a_traceback_is_the_meaning_and_not_the_exception():
    one = failure(
        Evidence("POST /token", 500),
        raised="Use `await` here.\n" + crashed("RuntimeError: no").raised,
    )
    text = cause(one)
    assert text.startswith("RuntimeError at the login.")
    assert text.endswith("It says: no. Use `await` here.")


def test_a_name_that_an_answer_disproves_is_not_said():
    """All logins are refused, or one user logs in."""
    [mistake] = [one for one in mistakes(STEP) if one.name == "every login is refused"]
    marks = known(STEP)[mistake.name]
    assert suspects(STEP, marks)[0].is_likely
    behaviour = "test_a_disabled_user_gets_a_token_too"
    seen = frozenset(mark for mark in marks if mark.behaviour != behaviour)
    assert seen != marks
    [first, *_] = suspects(STEP, seen)
    assert (first.mistake, first.is_likely) == (mistake, False)


def test_one_user_who_cannot_log_in_is_told_only_where_the_other_can():
    refused = failure(Evidence("POST /token", 401, '{"detail": "Incorrect"}'))
    results = [Result("test_johndoe_logs_in", "failed", refused)]
    assert diagnose(STEP, Outcome(results)).cause is None
    results.append(Result("test_a_disabled_user_gets_a_token_too", "passed"))
    found = diagnose(STEP, Outcome(results))
    assert found.cause is not None
    assert "alice can log in" in found.cause.diagnosis
    assert found.explains == ["test_johndoe_logs_in"]


def test_a_refused_login_is_shown_by_the_test_of_that_login():
    """Other tests log in as well, and are about something else."""
    refused = EACH_REFUSED[1]
    plain = "test_a_disabled_user_gets_a_token_too"
    results = [Result("test_johndoe_logs_in", "passed")]
    results += [Result(name, "failed", refused) for name in ("test_other", plain)]
    found = diagnose(STEP, Outcome(results))
    assert found.cause is not None
    assert "hash of `secret2`" in found.cause.diagnosis
    assert found.explains == [plain, "test_other"]
