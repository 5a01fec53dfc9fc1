"""The attacks on an app that is none of the steps, and what they need to be told."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse
from jose import jwt

from tests.attacks.other_app import API, KEY, KeyPair, other_app, read
from workbook import tokens
from workbook.attacks import (
    ATTACKS,
    CLASSICS,
    Api,
    Attempt,
    NoTarget,
    Target,
    reach,
    run,
)
from workbook.notebook import serve

pytestmark = pytest.mark.group("attacks at a URL")

LADDER = {attack.name: attack for attack in ATTACKS}
CLASSIC = {attack.name: attack for attack in CLASSICS}


@contextmanager
def attacked(app: FastAPI, api: Api = API) -> Iterator[Target]:
    """The app under attack, as a stranger reaches it."""
    with serve(app) as client, reach(str(client.base_url), api) as target:
        yield target


@pytest.fixture(scope="module")
def sound() -> Iterator[Target]:
    with attacked(other_app()) as target:
        yield target


def through(target: Target) -> dict[str, bool | None]:
    """What came of each classic."""
    return {attack.name: run(attack, target).got_through for attack in CLASSICS}


def only(attempt: Attempt) -> tuple[bool | None, str]:
    return attempt.got_through, attempt.evidence


def test_no_classic_gets_through_an_app_that_verifies_its_tokens(sound: Target):
    assert set(through(sound).values()) == {False}


@pytest.mark.parametrize("name", ["read_password_hash", "type_a_token"])
def test_the_attacks_of_the_ladder_log_in_and_ask_as_this_app_wants_it(
    sound: Target, name: str
):
    attempt = run(LADDER[name], sound)
    assert attempt.got_through is False
    assert API.username in attempt.evidence


def test_an_unverified_signature_is_found_by_the_attack_on_it_alone():
    def read_unverified(token: str) -> dict[str, object]:
        return jwt.get_unverified_claims(token)

    with attacked(other_app(read=read_unverified)) as target:
        found = through(target)
        other = run(CLASSIC["use_alg_none"], target)
    assert [name for name, came in found.items() if came] == ["alter_the_payload"]
    assert other.got_through is None
    assert "would prove nothing of its own" in other.evidence


def test_a_record_without_the_username_is_known_by_what_the_own_token_gets():
    def read_unverified(token: str) -> dict[str, object]:
        return jwt.get_unverified_claims(token)

    nameless = other_app(read=read_unverified, profile={"points": 12})
    with attacked(nameless) as target:
        assert run(CLASSIC["alter_the_payload"], target).got_through is True
    with attacked(other_app(profile={"points": 12})) as target:
        assert run(CLASSIC["alter_the_payload"], target).got_through is False


def test_without_a_login_an_attack_says_who_could_not_log_in_and_where(sound: Target):
    wrong = replace(API, password="guess")
    with reach(sound.url, wrong) as target:
        attempt = run(CLASSIC["use_alg_none"], target)
    assert only(attempt) == (
        None,
        "jo@example.com could not log in with guess at /auth/login: "
        "401 Wrong e-mail address or password.",
    )


def test_unknown_users_are_named_like_the_one_who_is_known():
    assert API.unknown_username(3) == "nobody-3@example.com"
    assert Api().unknown_username(3) == "nobody-3"


@pytest.mark.parametrize("path", ["users/me", "", "//example.com/users/me", "http://x"])
def test_a_path_that_could_name_another_host_is_refused(path: str):
    with pytest.raises(NoTarget, match="is no path: write it as /users/me"):
        Api(me_path=path)
    with pytest.raises(NoTarget, match="is no path"):
        Api(token_path=path)


@pytest.fixture(scope="module")
def keys() -> KeyPair:
    return KeyPair()


@pytest.mark.parametrize(
    "place",
    [
        "key set",
        *(
            pytest.param(place, marks=pytest.mark.long)
            for place in ("configured key set", "file", "JSON")
        ),
    ],
)
def test_a_public_key_that_the_app_publishes_is_tried_as_a_secret(
    keys: KeyPair, place: str
):
    app = other_app(issue=keys.issue, read=keys.read_as_the_header_says)
    publish(app, place, keys)
    with attacked(app) as target:
        found = through(target)
    assert [name for name, came in found.items() if came] == ["confuse_the_algorithms"]


def publish(app: FastAPI, place: str, keys: KeyPair) -> None:
    """Adds the route at which the app publishes its key."""
    key_set = {"keys": [{"kty": "oct"}, keys.jwk()]}
    if place == "key set":
        app.get("/.well-known/jwks.json")(lambda: key_set)
    elif place == "configured key set":
        app.get("/.well-known/openid-configuration")(
            lambda: {"jwks_uri": "https://example.com/oauth/keys"}
        )
        app.get("/oauth/keys")(lambda: key_set)
    elif place == "file":
        app.get("/public.pem")(lambda: PlainTextResponse(keys.public))
    else:
        app.get("/public-key")(lambda: keys.public)


def test_without_its_public_key_an_app_that_signs_with_one_is_not_judged(keys: KeyPair):
    with attacked(other_app(issue=keys.issue, read=keys.read)) as target:
        assert only(run(CLASSIC["confuse_the_algorithms"], target)) == (
            None,
            "The tokens are signed with RS256, and the public key was not found: it is "
            "in no key set that the app publishes.",
        )
        assert run(CLASSIC["crack_a_weak_key"], target).got_through is False


def test_a_server_that_only_fetches_a_key_set_is_attacked_all_the_same():
    """It refuses the token, and has sent a request to where the forger wanted."""

    def fetch_and_refuse(token: str) -> dict[str, object]:
        header, _ = tokens.read(token)
        for name in ("jku", "x5u"):
            if name in header:
                httpx.get(header[name], trust_env=False)
        return read(token)

    with attacked(other_app(read=fetch_and_refuse)) as target:
        attempt = run(CLASSIC["serve_a_key_set"], target)
    assert attempt.got_through is True
    assert attempt.evidence.startswith("Refused: 401 Who are you? for a token with")
    assert attempt.evidence.endswith(
        "The server fetched shared.json, public.json, public.json."
    )


def test_a_login_by_json_is_tried_without_a_password_and_with_null():
    app = FastAPI()

    @app.post("/auth/login")
    async def log_in(request: Request) -> dict[str, str]:
        sent = await request.json()
        if sent.get("password", "") not in (None, API.password):
            return {}
        return {"token": jwt.encode({"sub": "7"}, KEY, algorithm="HS256")}

    app.get("/api/profile")(lambda: {"email": API.username})
    with attacked(app) as target:
        attempt = run(CLASSIC["log_in_with_a_blank_password"], target)
    assert attempt.got_through is True
    assert attempt.evidence.startswith("Null for a password logs jo@example.com in")


def test_a_form_with_other_names_is_filled_in():
    app = FastAPI()

    @app.post("/sign-in")
    async def log_in(request: Request) -> dict[str, str]:
        sent = await request.form()
        return {"access_token": json.dumps(sorted(sent.items()))}

    api = Api(token_path="/sign-in", me_path="/me", login_field="login", username="jo")
    with attacked(app, api) as target:
        assert target.log_in() == '[["login", "jo"], ["password", "secret"]]'
