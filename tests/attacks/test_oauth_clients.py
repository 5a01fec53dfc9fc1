"""Two real OAuth clients log in at an app, and it's judged by what they make of it."""

import os
import subprocess
import sys
from collections.abc import Mapping

import pytest
from fastapi import FastAPI, Request
from fastapi.responses import JSONResponse

from workbook.attacks import ATTACKS, Api, Attempt, reach, run
from workbook.notebook import serve

pytestmark = pytest.mark.group("attacks at a URL")

(ATTACK,) = [one for one in ATTACKS if one.name == "mistake_refusal_for_token"]
TOKEN = {"access_token": "a-token", "token_type": "bearer"}
REFUSAL = {"error": "invalid_grant", "error_description": "Wrong login"}
INSECURE = "OAUTHLIB_INSECURE_TRANSPORT"


def attempt(refusal: Mapping[str, str], token: Mapping[str, str] = TOKEN) -> Attempt:
    """The attack on an app that answers a wrong login and a right one with these."""
    app = FastAPI()

    @app.post("/token")
    async def log_in(request: Request) -> JSONResponse:
        sent = await request.form()
        if sent["password"] != "secret":
            return JSONResponse(refusal, 400)
        return JSONResponse(token)

    with serve(app) as client, reach(str(client.base_url), Api(me_path="/me")) as it:
        return run(ATTACK, it)


def test_a_refusal_with_the_standard_code_is_understood():
    made = attempt(REFUSAL)
    assert made.got_through is False
    assert made.evidence == (
        "For a wrong password, Authlib raised OAuthError: invalid_grant: Wrong login; "
        "requests-oauthlib raised InvalidGrantError: (invalid_grant) Wrong login. "
        "For the right one, each returned a token."
    )
    assert made.requests == 4


def test_a_refusal_with_another_code_is_not_understood():
    made = attempt({"error": "invalid_client"})
    assert made.got_through is True
    assert "OAuthError: invalid_client" in made.evidence
    assert "InvalidClientError: (invalid_client)" in made.evidence


def test_without_a_token_for_the_right_password_the_refusal_is_not_judged():
    made = attempt({"detail": "Wrong login"}, {"jwt": "a-token"})
    assert made.got_through is None
    assert made.evidence == (
        "Authlib got no token for johndoe at /token, with the right password: "
        "it returned as the token {'jwt': 'a-token'}."
    )


def test_without_a_refusal_there_is_none_to_mistake():
    made = attempt(TOKEN)
    assert made.got_through is None
    assert made.evidence == "A wrong password logs johndoe in, too."


def test_a_long_answer_is_cut_off():
    made = attempt({"detail": "Wrong login" * 100})
    assert made.got_through is True
    assert len(made.evidence) < 500


@pytest.mark.parametrize("before", [None, "0"])
def test_plain_http_is_allowed_no_longer_than_the_attack(
    before: str | None, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.delenv(INSECURE, raising=False)
    if before is not None:
        monkeypatch.setenv(INSECURE, before)
    assert attempt(REFUSAL).got_through is False
    assert os.environ.get(INSECURE) == before


def test_the_clients_are_loaded_only_where_they_run():
    code = (
        "import sys, workbook.attacks, workbook.cli; "
        "print({'authlib', 'oauthlib', 'requests'} & set(sys.modules))"
    )
    command = [sys.executable, "-W", "ignore", "-c", code]
    assert subprocess.check_output(command, text=True).strip() == "set()"
