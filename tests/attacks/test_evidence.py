"""An attempt tells what was really found, read or measured."""

import re
import sys

import bcrypt
import pytest

from workbook.attacks import ATTACKS, Attempt, Target, run

ATTACK = {attack.name: attack for attack in ATTACKS}


@pytest.mark.parametrize(
    ("step", "attack", "evidence"),
    [
        (
            "step01_fake_hash",
            "read_password_hash",
            "came with hashed_password: fakehashedsecret$",
        ),
        (
            "step02_response_model",
            "read_password_hash",
            "came with username, email, full_name, disabled, and no hash",
        ),
        (
            "step02_response_model",
            "reverse_stolen_hash",
            "password of johndoe is secret, read off fakehashedsecret.*"
            "200 with johndoe@example.com",
        ),
        (
            "step03_bcrypt",
            "reverse_stolen_hash",
            r"Guessed for 1.0 s: \d+ tries at \d+ ms, up to '\w+', and none fits",
        ),
        ("step03_bcrypt", "type_a_token", "200 with johndoe@example.com"),
        ("step04_jwt", "type_a_token", "401 Could not validate credentials"),
        ("step04_jwt", "replay_old_token", "a year after: 200 with johndoe@example"),
        (
            "step05_expiry",
            "replay_old_token",
            "29 minutes after the login: 200 with johndoe@example.com; "
            "31 minutes after: 401 Could not validate credentials.*"
            "as good as its owner's",
        ),
        (
            "step03_bcrypt",
            "enumerate_by_timing",
            r"^\d+ wrong passwords each: johndoe is refused after [\d.]+ ms.*"
            r"[\d.]+ to 1. .* \d+ of the \d+ answers are on the wrong side",
        ),
        (
            "step03_bcrypt",
            "crash_with_bad_input",
            "a NUL in the password: 500 for johndoe, 401 for a name that nobody has",
        ),
        pytest.param(
            "step04_jwt",
            "crash_with_bad_input",
            "a token header of 1,000 nested brackets: 500",
            marks=pytest.mark.skipif(
                sys.version_info >= (3, 12), reason="its JSON reader takes a thousand"
            ),
        ),
        (
            "step05_expiry",
            "stall_with_logins",
            r"johndoe waits \d+ ms .* 4 clients log in, and \d+ ms while .*: [\d.]+ to",
        ),
        (
            "step05_expiry",
            "sign_with_published_key",
            "signed with 09d25e09… .* 200 with johndoe@example.com",
        ),
        (
            "step05_expiry",
            "reuse_a_reset_token",
            "reset-password.* 200 with johndoe@example.com",
        ),
        ("step05_expiry", "collide_subject", "car .* 200 with johndoe@example.com"),
    ],
)
def test_the_evidence_holds_what_was_found(
    attempts: dict[str, dict[str, Attempt]], step: str, attack: str, evidence: str
):
    assert re.search(evidence, attempts[step][attack].evidence)


def test_an_attempt_counts_its_requests_and_its_time(
    attempts: dict[str, dict[str, Attempt]],
):
    attempt = attempts["step03_bcrypt"]["enumerate_by_timing"]
    assert attempt.requests >= 10
    # At least five of them cost a hash.
    assert attempt.seconds > 0.2


def test_a_cheap_bcrypt_hash_of_a_common_password_is_guessed(step01_at_a_url: Target):
    """The thief's list is an honest one: the cost of 12 alone is what stops it."""
    cheap = bcrypt.hashpw(b"secret", bcrypt.gensalt(4)).decode()
    target = Target(step01_at_a_url.url, user_table={"johndoe": cheap})
    attempt = run(ATTACK["reverse_stolen_hash"], target)
    target.close()
    assert attempt.got_through is True
    assert "The password of johndoe is secret, guessed, try " in attempt.evidence


def test_without_a_table_the_thief_takes_the_hash_that_the_record_leaks(
    step01_at_a_url: Target,
):
    attempt = run(ATTACK["reverse_stolen_hash"], step01_at_a_url)
    assert attempt.got_through is True
    assert "is secret, read off fakehashedsecret" in attempt.evidence


def test_without_a_table_or_a_leak_there_is_nothing_to_reverse(step05_at_a_url: Target):
    attempt = run(ATTACK["reverse_stolen_hash"], step05_at_a_url)
    assert attempt.got_through is None
    assert attempt.evidence.startswith("No user table came with this server")


@pytest.mark.parametrize("name", ["reuse_a_reset_token", "collide_subject"])
def test_at_a_url_the_other_service_can_sign_when_the_key_is_the_published_one(
    step05_at_a_url: Target, name: str
):
    assert run(ATTACK[name], step05_at_a_url).got_through is True


def test_at_a_url_an_old_token_is_judged_by_what_it_says(
    step01_at_a_url: Target, step05_at_a_url: Target
):
    the_same_again = run(ATTACK["replay_old_token"], step01_at_a_url)
    expires = run(ATTACK["replay_old_token"], step05_at_a_url)
    assert the_same_again.got_through is True
    assert expires.got_through is False
    assert "says that it ends in 30 minutes: not waited for" in expires.evidence
