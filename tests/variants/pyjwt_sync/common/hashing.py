"""Hashes with the bcrypt package, and Django's with hashlib."""

import base64
import hashlib
import hmac
import re
from unicodedata import normalize

import bcrypt

from .passwords import HASH_OF_NO_PASSWORD

OURS = re.compile(r"\$2[aby]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}")
DJANGOS = re.compile(r"pbkdf2_sha256\$([1-9]\d{0,7})\$([^$]+)\$([\w+/]{43}=)")
# What takes the place of a hash of Django's.
NO_HASH_OF_DJANGOS = f"pbkdf2_sha256$1000000$nobody${'A' * 43}="
COMMON = {
    *(
        "passwordpassword",
        "passwordpassword1",
        "password123password",
        "adminadminadmin",
    ),
    *("012345678901234", "123456789012345", "1234567890123456", "123456789123456789"),
    *("qwertyuiopasdfgh", "qwertyuiop123456", "1qaz2wsx3edc4rfv", "abcdefghijklmno"),
    *("iloveyouiloveyou", "letmeinletmein123", "correcthorsebatterystaple"),
}


def spell(password: str) -> bytes:
    """The bytes of one spelling of it; none if bcrypt can't hash them."""
    try:
        raw = normalize("NFKC", password).encode()
    except UnicodeEncodeError:  # half a character
        return b""
    return b"" if len(raw) > 72 or b"\0" in raw else raw


def good(password: str) -> str:
    """The password, if it's not too easy and not too long."""
    text = normalize("NFKC", password)
    if min(len(text), len(password)) < 15:
        raise ValueError("Use 15 characters at least")
    if not spell(password):
        raise ValueError("Use 72 bytes at most, without NULs")
    if text.lower() in COMMON or text.strip(text[0]) == "":
        raise ValueError("Use one that others don't")
    return password


def hash_password(password: str) -> str:
    return bcrypt.hashpw(spell(password), bcrypt.gensalt()).decode()


def must_be_renewed(password: str, stored: str) -> bool:
    ours = OURS.fullmatch(stored)
    return spell(password) != b"" and (ours is None or int(ours[1]) < 12)


def verify(password: str, stored: str) -> bool:
    """One hash of bcrypt's and one of Django's, of which the user has one or none."""
    spelt = spell(password)
    is_ours = OURS.fullmatch(stored) is not None and spelt != b""
    fits_ours = bcrypt.checkpw(
        spelt, stored.encode() if is_ours else HASH_OF_NO_PASSWORD
    )
    djangos = DJANGOS.fullmatch(stored)
    iterations, salt, digest = (
        djangos or DJANGOS.fullmatch(NO_HASH_OF_DJANGOS)
    ).groups()  # type: ignore[union-attr]
    computed = hashlib.pbkdf2_hmac(
        "sha256",
        password.encode(errors="surrogatepass"),
        salt.encode(errors="surrogatepass"),
        int(iterations),
    )
    fits_djangos = hmac.compare_digest(base64.b64encode(computed), digest.encode())
    return (is_ours and fits_ours) or (djangos is not None and fits_djangos)
