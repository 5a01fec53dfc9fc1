"""Every attack at every step: it gets through from the step that opens it to the one
that closes it, and at no other, and says what it really found, read or measured. The
classics get through at none."""

import re
import sys
from collections.abc import Iterator

import pytest

from workbook.attacks import (
    ATTACKS,
    CLASSICS,
    ClassicAttack,
    LadderAttack,
    Target,
    run,
    serving,
)
from workbook.ladder import find, steps

# By step and attack, what the evidence says.
EVIDENCE = {
    ("step01_fake_hash", "read_password_hash"): (
        "came with hashed_password: fakehashedsecret$"
    ),
    ("step02_response_model", "read_password_hash"): (
        "came with username, email, full_name, disabled, and no hash"
    ),
    ("step02_response_model", "reverse_stolen_hash"): (
        "password of johndoe is secret, read off fakehashedsecret.*"
        "200 with johndoe@example.com"
    ),
    ("step03_bcrypt", "reverse_stolen_hash"): (
        r"Guessed for 1.0 s: \d+ tries at \d+ ms, up to '\w+', and none fits"
    ),
    ("step03_bcrypt", "type_a_token"): "200 with johndoe@example.com",
    ("step04_jwt", "type_a_token"): "401 Could not validate credentials",
    ("step04_jwt", "replay_old_token"): "which we move: 200 with johndoe@example",
    ("step05_expiry", "replay_old_token"): (
        "29 minutes after the login: 200 with johndoe@example.com; "
        "31 minutes after: 401 Could not validate credentials.*"
        "as good as its owner's"
    ),
    ("step01_fake_hash", "mistake_refusal_for_token"): (
        "Authlib returned as the token {'detail': 'Incorrect username or password'}; "
        "requests-oauthlib raised MissingTokenError"
    ),
    ("step08_strict_tokens", "mistake_refusal_for_token"): (
        "Authlib returned as the token {'detail': 'Incorrect username or password'}; "
        "requests-oauthlib raised MissingTokenError"
    ),
    ("step09_standard_answers", "mistake_refusal_for_token"): (
        "Authlib raised OAuthError: invalid_grant.* "
        "requests-oauthlib raised InvalidGrantError: .* each returned a token"
    ),
    ("step01_fake_hash", "outlive_weak_hash"): (
        "still has fakehashedsecret. The password of johndoe is secret, read off"
    ),
    ("step09_standard_answers", "outlive_weak_hash"): (
        r"still has \$2b\$04\$…: [\d,]+ guesses a second, where bcrypt at a cost of 12 "
        r"allows \d+. The password of johndoe is secret, guessed, try 106"
    ),
    ("step10_database", "outlive_weak_hash"): (
        r"replaced pbkdf2_sha256\$1000\$… by \$2b\$12\$…"
    ),
    ("step03_bcrypt", "enumerate_by_timing"): (
        r"^johndoe: \d+ ms; unknown users: [\d.]+ ms, \d+ times faster\. .* is "
        r"right for \d+ of \d+ logins"
    ),
    ("step03_bcrypt", "crash_with_bad_input"): (
        "a NUL in the password: 500 for johndoe, 401 for an unknown user"
    ),
    ("step05_expiry", "ask_for_admin"): (
        "me items admin: 200 a token, and with that 404 at /users/; a token that was "
        "asked for with the scope me: 200 at /users/me/items/. So it opens more"
    ),
    ("step10_database", "ask_for_admin"): (
        "400 invalid_scope; the scope me alone gets 400 invalid_scope, and a token "
        "without one: 200 at /users/me/items/"
    ),
    ("step11_scopes", "ask_for_admin"): (
        "400 invalid_scope; a token that was asked for with the scope me: "
        "403 insufficient_scope at /users/me/items/"
    ),
    ("step05_expiry", "stall_with_logins"): (
        r"johndoe waits \d+ ms .* 4 clients log in, and \d+ ms while .*: \d+ times as"
    ),
    ("step05_expiry", "sign_with_published_key"): (
        "signed with 09d25e09… .* 200 with johndoe@example.com"
    ),
    ("step05_expiry", "reuse_a_reset_token"): (
        "reset-password.* 200 with johndoe@example.com"
    ),
    ("step05_expiry", "collide_subject"): "car .* 200 with johndoe@example.com",
}
if sys.version_info < (3, 12):
    # The JSON reader of later ones takes a thousand brackets.
    EVIDENCE["step04_jwt", "crash_with_bad_input"] = (
        "a token header of 1,000 nested brackets: 500"
    )


@pytest.fixture(scope="module")
def target(request: pytest.FixtureRequest) -> Iterator[Target]:
    """The step that the test names, served once for all attacks on it."""
    with serving(find(request.param)) as target:
        yield target


AT_EACH_STEP = pytest.mark.parametrize(
    "target",
    [
        pytest.param(step.name, marks=pytest.mark.group(f"attacks on {step.name}"))
        for step in steps()
    ],
    indirect=True,
)


@AT_EACH_STEP
@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_the_attack_gets_through_exactly_where_it_says(
    target: Target, attack: LadderAttack, request: pytest.FixtureRequest
):
    step = find(request.node.callspec.params["target"])
    attempt = run(attack, target)
    assert attempt.got_through is attack.is_open_at(step), attempt.evidence
    assert re.search(EVIDENCE.get((step.name, attack.name), "."), attempt.evidence)
    assert attempt.requests > 0 or attack.name == "reverse_stolen_hash"
    assert attempt.seconds > 0


@AT_EACH_STEP
@pytest.mark.parametrize("classic", CLASSICS, ids=lambda classic: classic.name)
def test_no_classic_gets_through(target: Target, classic: ClassicAttack):
    attempt = run(classic, target)
    assert attempt.got_through is False, attempt.evidence
