"""A thief holds a token from one of johndoe's logins: it was in a log, in a backup, on
a laptop that was sold. The login is long past. The thief cannot log in, and cannot
change the token; all depends on whether the server still takes it."""

import time

from workbook import tokens
from workbook.attacks.attack import Attack, told
from workbook.attacks.target import CannotBeTried, Target, is_record_of, tell

MINUTES = 31
YEAR = 365 * 24 * 60
DAY_IN_SECONDS = 24 * 60 * 60


def attempt(target: Target) -> tuple[bool, str]:
    captured = target.log_in()
    if target.move_clock is None:
        return _as_the_token_says(captured, target)
    with target.later(MINUTES - 2):
        earlier = target.show(captured)
    with target.later(MINUTES):
        later = target.show(captured)
    with target.later(YEAR):
        much_later = target.show(captured)
    evidence = (
        f"The same token {MINUTES - 2} minutes after the login: {tell(earlier)}; "
        f"{MINUTES} minutes after: {tell(later)}; a year after: {tell(much_later)}."
    )
    if is_record_of("johndoe", later):
        return True, evidence
    if is_record_of("johndoe", earlier):
        evidence += " Until it expires, a stolen token is as good as its owner's."
    return False, evidence


def _as_the_token_says(captured: str, target: Target) -> tuple[bool, str]:
    """The clock of a server at a URL cannot be moved, and nobody waits for a day."""
    try:
        _, claims = tokens.read(captured)
    except ValueError:
        if captured == target.log_in():
            return True, "Two logins gave the same token: there is no older one."
        raise CannotBeTried(
            "The token is no JWT, and does not say when it ends: only waiting would."
        ) from None
    expires = claims.get("exp")
    if not isinstance(expires, int | float):
        return True, f"The token says nothing of its end: {', '.join(claims)}."
    seconds = expires - time.time()
    evidence = (
        f"The token says that it ends in {seconds / 60:.0f} minutes: not waited for."
    )
    return seconds > DAY_IN_SECONDS, evidence


ATTACK = Attack(
    name="replay_old_token",
    title="Replay an old token",
    attacker="a thief of tokens",
    holds=f"the network, and a token that johndoe's login gave {MINUTES} minutes ago",
    opens="step01_fake_hash",
    closes="step05_expiry",
    story=told(__doc__),
    attempt=attempt,
)
