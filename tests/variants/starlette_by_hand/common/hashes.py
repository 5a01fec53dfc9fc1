"""Two kinds of hashes: bcrypt's are made, and Django's are read."""

import hashlib
import re
import unicodedata

import bcrypt
from passlib.hash import django_pbkdf2_sha256 as django

from tests.variants.starlette_by_hand.common.passwords import NO_HASH

BCRYPT = re.compile(r"\$2[aby]\$(\d\d)\$[./A-Za-z0-9]{53}")
COST = 12
# Django's in its versions of today.
ITERATIONS = 1_000_000
# Each is repeated until it's long enough.
BEGINNINGS = [
    *("password", "qwertyuiopasdfgh", "1234567890", "123456789", "letmein", "admin"),
    *("0123456789", "iloveyou", "abcdefghijklmno", "1qaz2wsx3edc4rfv", "welcome"),
]


def normal(password: str) -> bytes:
    return unicodedata.normalize("NFKC", password).encode(errors="surrogatepass")


def can_be_bcrypted(password: str) -> bool:
    return re.fullmatch(rb"[^\0]{0,72}", normal(password)) is not None


def weakness(password: str) -> str | None:
    """Why nobody should have this password."""
    try:
        text = normal(password).decode()
    except UnicodeDecodeError:
        return "half characters"
    if len(password) < 15 or len(text) < 15:
        return "under 15 characters"
    if not can_be_bcrypted(password):
        return "over 72 bytes, or with a NUL"
    repeated = (
        (word * len(text))[: len(text)] for word in (text[0].lower(), *BEGINNINGS)
    )
    if text.lower() in repeated:
        return "everybody's"
    return None


def make(password: str) -> str:
    return bcrypt.hashpw(normal(password), bcrypt.gensalt(COST)).decode()


def is_old(stored: str) -> bool:
    made = BCRYPT.fullmatch(stored)
    return made is None or int(made[1]) < COST


def fits(password: str, stored: str) -> bool:
    """Whether it's the password. Hashes in both ways, whatever is stored."""
    by_bcrypt = _fits_bcrypt(password, stored)
    by_django = _fits_django(password, stored)
    return by_bcrypt or by_django


def _fits_bcrypt(password: str, stored: str) -> bool:
    if BCRYPT.fullmatch(stored) and can_be_bcrypted(password):
        try:
            return bcrypt.checkpw(normal(password), stored.encode())
        except ValueError:  # no cost of bcrypt's
            pass
    bcrypt.hashpw(b"", NO_HASH)
    return False


def _fits_django(password: str, stored: str) -> bool:
    # As it was typed.
    raw = password.encode(errors="surrogatepass")
    if django.identify(stored):
        try:
            return django.verify(raw, stored)
        except ValueError:  # half a hash, or a very long password
            pass
    hashlib.pbkdf2_hmac("sha256", raw, NO_HASH, ITERATIONS)
    return False
