"""A thief has a copy of the user table: an old backup, a query that should not have
worked. The server is not needed any more; the thief sits down with the hashes. A fake
hash is read off. A real one can only be guessed at, password by password, which bcrypt
makes slow, and which its salts make necessary once for each user."""

import time
from collections.abc import Mapping
from pathlib import Path

from bcrypt import hashpw

from workbook.attacks.attack import Attack, told
from workbook.attacks.target import CannotBeTried, Target, body_of, is_record_of, tell

BUDGET = 1.0  # seconds of guessing; a thief has months
COMMON_PASSWORDS = Path(__file__).with_name("common_passwords.txt")
PREFIX = "fakehashed"


def attempt(target: Target) -> tuple[bool, str]:
    table = target.user_table or _leaked(target)
    for username, stored in table.items():
        if stored.startswith(PREFIX):
            password = stored.removeprefix(PREFIX)
            return _prove(target, username, password, f"read off {stored}")
    return _guess(target, table)


def _guess(target: Target, table: Mapping[str, str]) -> tuple[bool, str]:
    hashes = {name: stored for name, stored in table.items() if stored[:2] == "$2"}
    if not hashes:
        return False, "The table has no fake hash and none of bcrypt: nothing to try."
    words = COMMON_PASSWORDS.read_text("utf-8").split()
    began, tries = time.perf_counter(), 0
    for word in words:
        for username, stored in hashes.items():
            if time.perf_counter() - began >= BUDGET:
                each = (time.perf_counter() - began) / tries
                return False, (
                    f"Guessed for {BUDGET} s: {tries} tries at {each * 1000:.0f} ms, "
                    f"up to '{word}', and none fits. All {len(words)} words of the "
                    f"list for {len(hashes)} users would take "
                    f"{each * len(words) * len(hashes):.0f} s: bcrypt slows a thief "
                    "down, and does not save a password that is on every list."
                )
            tries += 1
            if hashpw(word.encode(), stored.encode()) == stored.encode():
                return _prove(target, username, word, f"guessed, try {tries}")
    return False, f"None of {len(words)} common passwords fits one of the hashes."


def _leaked(target: Target) -> dict[str, str]:
    """Without a table: the hash that johndoe's record brings along, if it does."""
    answer = target.show(target.log_in())
    stored = body_of(answer).get("hashed_password")
    if not isinstance(stored, str):
        raise CannotBeTried(
            "No user table came with this server, and johndoe's record leaks no hash: "
            "there is nothing to work with."
        )
    return {"johndoe": stored}


def _prove(target: Target, username: str, password: str, how: str) -> tuple[bool, str]:
    """A password is found when the server takes it."""
    evidence = f"The password of {username} is {password}, {how}."
    try:
        answer = target.show(target.log_in(username, password))
    except CannotBeTried as refusal:
        return False, f"{evidence} But {refusal}"
    return is_record_of(username, answer), (
        f"{evidence} A login with it shows the record: {tell(answer)}."
    )


ATTACK = Attack(
    name="reverse_stolen_hash",
    title="Reverse the stolen hash",
    attacker="a thief of the user table",
    holds="each username with its password hash",
    opens="step01_fake_hash",
    closes="step03_bcrypt",
    story=told(__doc__),
    attempt=attempt,
)
