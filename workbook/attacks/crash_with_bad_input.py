"""Some inputs are malformed: a password with a NUL in it, one as long as a chapter, a
token whose header is a thousand brackets. A library raises something that the app
doesn't expect, and the request ends in a 500. If the same input gets a normal refusal
for an unknown username, one request tells who has an account."""

from workbook import tokens
from workbook.attacks.attack import LadderAttack, paragraph
from workbook.attacks.target import CannotBeTried, Target

BAD_PASSWORDS = {
    "a NUL in the password": "sec\0ret",
    "a password of 5,000 characters": "s" * 5000,
}
BAD_TOKENS = {
    "a token header of 1,000 nested brackets": ".".join(
        [tokens.encode(b"[" * 1000 + b"]" * 1000), tokens.encode_json({}), "x"]
    ),
    "a token header that is a list": tokens.unsigned({}, header=[]) + ".x",
    "a token of three dots": "...",
}


def attempt(target: Target) -> tuple[bool, str]:
    if crash := target.crash:
        # Bad input isn't the reason.
        raise CannotBeTried(crash)
    crashes: list[str] = []
    quiet: list[str] = []
    for what, password in BAD_PASSWORDS.items():
        known = _status(target, target.username, password)
        unknown = _status(target, target.api.unknown_username(0), password)
        told_of = (
            f"{what}: {known} for {target.username}, {unknown} for an unknown user"
        )
        crashed = _is_crash(known) or _is_crash(unknown)
        (crashes if crashed else quiet).append(told_of)
    for what, token in BAD_TOKENS.items():
        status = target.show(token).status_code
        (crashes if _is_crash(status) else quiet).append(f"{what}: {status}")
    if crashes:
        return True, "; ".join(crashes) + "."
    return False, "No crash. " + "; ".join(quiet) + "."


def _is_crash(status: int) -> bool:
    """An error of the server, except the one that says what isn't written yet."""
    return status >= 500 and status != 501


def _status(target: Target, username: str, password: str) -> int:
    return target.try_login(username, password).status_code


ATTACK = LadderAttack(
    name="crash_with_bad_input",
    title="Crash with bad input",
    attacker="anyone",
    has="network access, and a username",
    opens="step03_bcrypt",
    closes="step07_safe_login",
    description=paragraph(__doc__),
    attempt=attempt,
)
