"""The tutorial prints its SECRET_KEY, and countless deployments still sign with it. So
anyone can: an attacker writes a token in johndoe's name, with a year to live, and signs
it as well as the server would. Nobody logs in."""

import time

from workbook import tokens
from workbook.attacks.attack import Attack, told
from workbook.attacks.target import Target, is_record_of, tell

PUBLISHED_KEY = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"
YEAR = 365 * 24 * 60 * 60


def attempt(target: Target) -> tuple[bool, str]:
    claims = {"sub": "johndoe", "exp": int(time.time()) + YEAR}
    answer = target.show(tokens.sign(claims, PUBLISHED_KEY))
    evidence = (
        f"A token for johndoe, good for a year, signed with {PUBLISHED_KEY[:8]}… "
        f"as printed in the tutorial: {tell(answer)}."
    )
    return is_record_of("johndoe", answer), evidence


ATTACK = Attack(
    name="sign_with_published_key",
    title="Sign with the published key",
    attacker="anyone who has read the tutorial",
    holds="the network, a username, and the tutorial's text",
    opens="step04_jwt",
    closes="step06_settings",
    story=told(__doc__),
    attempt=attempt,
)
