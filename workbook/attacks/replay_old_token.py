"""A thief has a token from one of johndoe's logins: it was in a log, in a backup, on a
laptop that was sold. The login was long ago. The thief can't log in and can't change
the token. All depends on whether the server still accepts it."""

import time

from workbook import tokens
from workbook.attacks.answers import summary
from workbook.attacks.attack import LadderAttack, paragraph
from workbook.attacks.target import CannotBeTried, Target

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
        f"The same token {MINUTES - 2} minutes after the login: {summary(earlier)}; "
        f"{MINUTES} minutes after: {summary(later)}; "
        f"a year after, by the clock of the app, which we move: {summary(much_later)}."
    )
    if target.is_own_record(later):
        return True, evidence
    if target.is_own_record(earlier):
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
            "The token isn't a JWT and doesn't say when it expires."
        ) from None
    expires = claims.get("exp")
    if not isinstance(expires, int | float):
        return True, f"The token has no expiry, only {', '.join(claims)}."
    seconds = expires - time.time()
    evidence = (
        f"The token expires in {seconds / 60:.0f} minutes. We didn't wait for it."
    )
    return seconds > DAY_IN_SECONDS, evidence


ATTACK = LadderAttack(
    name="replay_old_token",
    title="Replay an old token",
    attacker="a thief of tokens",
    has=f"network access, and a token that johndoe's login gave {MINUTES} minutes ago",
    opens="step01_fake_hash",
    closes="step05_expiry",
    description=paragraph(__doc__),
    attempt=attempt,
)
