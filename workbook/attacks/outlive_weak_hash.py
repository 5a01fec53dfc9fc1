"""The users came from an older app, with hashes that are cheap to guess. Everyone has
logged in since, and only then does an app know a password. Years later a thief copies
the table. If a login stores no new hash, the old ones are still there, and a thief
guesses them many times faster than those of bcrypt at a cost of 12."""

import time
from base64 import b64encode
from collections.abc import MutableMapping
from hashlib import pbkdf2_hmac

from bcrypt import hashpw

from workbook.attacks.attack import LadderAttack, paragraph
from workbook.attacks.reverse_stolen_hash import COMMON_PASSWORDS, PREFIX
from workbook.attacks.target import CannotBeTried, Target

# Seconds of our own processor time, spent on guessing.
BUDGET = 0.5
# Old hashes without their digests: bcrypt at its lowest cost, and Django's with few
# iterations.
BCRYPT_4 = "$2b$04$EixZaYVK1fsbw1ZfbX3OXe"
DJANGO_1000 = "pbkdf2_sha256$1000$sodiumchloride$"
# Each cost of bcrypt takes twice as long as the one before: 12 takes 16 times this.
BCRYPT_8 = "$2b$08$EixZaYVK1fsbw1ZfbX3OXe"


def attempt(target: Target) -> tuple[bool, str]:
    table, name = target.user_table, target.username
    if not table or name not in table:
        raise CannotBeTried(
            "No user table came with this server: nobody can see what a login leaves "
            "in it."
        )
    old, left = _log_in_with_an_old_hash(target, table)
    if left != old:
        return False, (
            f"A login replaced {_kind(old)}… by {_kind(left)}…: a thief of the table "
            "finds no old hash in it."
        )
    if left.startswith(PREFIX):
        return True, (
            f"After a login the table still has {left}. The password of {name} is "
            f"{left.removeprefix(PREFIX)}, read off it."
        )
    word, tries, seconds = _guess(left)
    found = f"is {word}, guessed, try {tries}" if word else f"is none of {tries} tried"
    return True, (
        f"After a login the table still has {_kind(left)}…: {tries / seconds:,.0f} "
        f"guesses a second, where bcrypt at a cost of 12 allows "
        f"{1 / (16 * _seconds_of(BCRYPT_8)):.0f}. The password of {name} {found}."
    )


def _log_in_with_an_old_hash(
    target: Target, table: MutableMapping[str, str]
) -> tuple[str, str]:
    """An old hash of the user's password, and what the table has after a login with
    it. Then the table is as it was before."""
    name, before = target.username, table[target.username]
    if before.startswith(PREFIX):
        old = before
    elif target.has_database:
        old = _hash(target.api.password, DJANGO_1000)
    elif before.startswith("$2"):
        old = _hash(target.api.password, BCRYPT_4)
    else:
        raise CannotBeTried("The table's hashes aren't bcrypt: we have no old ones.")
    table[name] = old
    try:
        target.log_in()
        return old, table[name]
    except CannotBeTried as refusal:
        raise CannotBeTried(f"With {_kind(old)}… as the hash, {refusal}") from None
    finally:
        table[name] = before


def _guess(stored: str) -> tuple[str | None, int, float]:
    """The common password with this hash, how many were tried, and in how long."""
    words = COMMON_PASSWORDS.read_text("utf-8").split()
    began, tries = time.thread_time(), 0
    for word in words:
        tries += 1
        fits = _hash(word, stored) == stored
        spent = time.thread_time() - began
        if fits or spent >= BUDGET:
            break
    return word if fits else None, tries, spent


def _seconds_of(like: str) -> float:
    began = time.thread_time()
    _hash("", like)
    return time.thread_time() - began


def _hash(password: str, like: str) -> str:
    """The hash of a password, with the cost and the salt of another hash."""
    if like.startswith("$2"):
        return hashpw(password.encode(), like.encode()).decode()
    _, iterations, salt, _ = like.split("$")
    digest = pbkdf2_hmac("sha256", password.encode(), salt.encode(), int(iterations))
    return f"pbkdf2_sha256${iterations}${salt}${b64encode(digest).decode()}"


def _kind(stored: str) -> str:
    """How a hash begins, up to its cost: $2b$12$, pbkdf2_sha256$1000$."""
    parts = stored.split("$")
    return "$".join(parts[: 3 if stored.startswith("$") else 2]) + "$"


ATTACK = LadderAttack(
    name="outlive_weak_hash",
    title="Outlive a weak hash",
    attacker="a thief of the user table, long after everyone has logged in again",
    has="each username with its password hash",
    opens="step01_fake_hash",
    closes="step10_database",
    description=paragraph(__doc__),
    attempt=attempt,
)
