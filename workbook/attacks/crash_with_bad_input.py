"""Some inputs are not wrong but malformed: a password with a NUL in it, one as long as
a chapter, a token whose header is a thousand brackets. A library beneath raises what
the app does not expect, and the request ends in a 500. Where the same input is politely
refused for a name that nobody has, one request tells who has an account."""

from workbook import tokens
from workbook.attacks.attack import Attack, told
from workbook.attacks.target import Target

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
    crashes: list[str] = []
    quiet: list[str] = []
    for what, password in BAD_PASSWORDS.items():
        known = _status(target, "johndoe", password)
        unknown = _status(target, "nobody", password)
        told_of = f"{what}: {known} for johndoe, {unknown} for a name that nobody has"
        (crashes if max(known, unknown) >= 500 else quiet).append(told_of)
    for what, token in BAD_TOKENS.items():
        status = target.show(token).status_code
        (crashes if status >= 500 else quiet).append(f"{what}: {status}")
    if crashes:
        return True, "; ".join(crashes) + "."
    return False, "No crash. " + "; ".join(quiet) + "."


def _status(target: Target, username: str, password: str) -> int:
    form = {"username": username, "password": password}
    return target.client.post("/token", data=form).status_code


ATTACK = Attack(
    name="crash_with_bad_input",
    title="Crash with bad input",
    attacker="anyone",
    holds="the network, and a username",
    opens="step03_bcrypt",
    closes="step07_safe_login",
    story=told(__doc__),
    attempt=attempt,
)
