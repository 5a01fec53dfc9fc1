"""A thief has a copy of the user table, from an old backup or a query that should have
failed. They don't need the server any more. A fake hash can be read off. A real hash
can only be guessed, password by password: bcrypt makes each guess slow, and its salts
mean that each guess is good for one user only. The attack guesses for one second."""

import time
from collections.abc import Mapping
from pathlib import Path

from bcrypt import hashpw

from workbook.attacks.answers import body_of, is_record_of, summary
from workbook.attacks.attack import LadderAttack, paragraph
from workbook.attacks.target import CannotBeTried, Target

# Seconds of our own processor time, spent on guessing. A thief has months.
BUDGET = 1.0
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
    began, tries = time.thread_time(), 0
    for word in words:
        for username, stored in hashes.items():
            spent = time.thread_time() - began
            if spent >= BUDGET:
                each = spent / tries
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
            "No user table came with this server, and the user's record leaks no hash: "
            "there is nothing to work with."
        )
    return {target.username: stored}


def _prove(target: Target, username: str, password: str, how: str) -> tuple[bool, str]:
    """A password is found when the server takes it."""
    evidence = f"The password of {username} is {password}, {how}."
    try:
        answer = target.show(target.log_in(username, password))
    except CannotBeTried as refusal:
        return False, f"{evidence} But {refusal}"
    return is_record_of(username, answer), (
        f"{evidence} A login with it shows the record: {summary(answer)}."
    )


ATTACK = LadderAttack(
    name="reverse_stolen_hash",
    title="Reverse the stolen hash",
    attacker="a thief of the user table",
    has="each username with its password hash",
    opens="step01_fake_hash",
    closes="step03_bcrypt",
    is_slow=True,
    description=paragraph(__doc__),
    attempt=attempt,
)
