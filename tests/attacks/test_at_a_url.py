"""What an attack says where it has less to work with than in the matrix."""

import bcrypt
import pytest

from workbook.attacks import ATTACKS, Target, run

ATTACK = {attack.name: attack for attack in ATTACKS}

pytestmark = pytest.mark.group("attacks at a URL")


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
    assert "expires in 30 minutes. We didn't wait for it." in expires.evidence
