"""Passwords: which are good enough, how they're hashed, and how old hashes are replaced.

The users came from a Django app, with Django's hashes. Nobody knows their passwords, so
an old hash can be replaced only when its user logs in.
"""

import os
import unicodedata

from anyio import CapacityLimiter, to_thread
from passlib.context import CryptContext

from .common_passwords import COMMON_PASSWORDS

# The first scheme makes new hashes. Hashes of the other one, and those of a lower cost,
# are out of date.
pwd_context = CryptContext(
    schemes=["bcrypt", "django_pbkdf2_sha256"], deprecated="auto", bcrypt__rounds=12
)

# NIST SP 800-63B-4, section 3.1.1.2: for a password that is the only factor.
MINIMUM_PASSWORD_CHARACTERS = 15
# bcrypt ignores what comes after this many bytes of a password.
MAXIMUM_PASSWORD_BYTES = 72

# A hash of each kind that is in use: of random passwords that were thrown away. Their
# costs are those of the hashes in the table.
DUMMY_HASHES = {
    "bcrypt": "$2b$12$UKHA8YdODC3IVLUL.ysHq.YpvQBDmNwK3gz7RKda/pTd4.roe9rwq",
    "django_pbkdf2_sha256": "pbkdf2_sha256$1000000$n0XkaWZ1Ob8k$BFMjqNraMk7dT8ET/VS10PehRxKLUUvyo5lpnoBVUYs=",
}

# With more hashes at once than cores, each would only take longer.
hashing = CapacityLimiter(os.cpu_count() or 1)


def must_be_good(password: str) -> str:
    """The password. Raises `ValueError` if nobody should have it, and says why."""
    normalized = normalize(password)
    # Before and after: one character can become many, and many can become one.
    if min(len(password), len(normalized)) < MINIMUM_PASSWORD_CHARACTERS:
        raise ValueError(f"at least {MINIMUM_PASSWORD_CHARACTERS} characters")
    try:
        size = len(normalized.encode())
    except UnicodeEncodeError:
        raise ValueError("no half characters") from None
    if size > MAXIMUM_PASSWORD_BYTES:
        raise ValueError(f"at most {MAXIMUM_PASSWORD_BYTES} bytes of UTF-8")
    if "\0" in normalized:
        raise ValueError("no NUL: bcrypt can't hash it")
    if normalized.casefold() in COMMON_PASSWORDS:
        raise ValueError("one that many people use: it would be guessed early")
    return password


def normalize(password: str) -> str:
    """One spelling for what looks the same: keyboards differ in how they write an é."""
    return unicodedata.normalize("NFKC", password)


async def get_password_hash(password: str) -> str:
    """A hash for the table, computed in a thread like that of a check."""
    return await to_thread.run_sync(
        pwd_context.hash, normalize(password), limiter=hashing
    )


async def verify_password(plain_password: str, hashed_password: str | None) -> bool:
    """Whether this is the password that was hashed. Without a hash it isn't.

    The hashes are computed in a thread, so the event loop goes on serving. A login that
    waits for its turn doesn't occupy a thread.
    """
    return await to_thread.run_sync(
        verify_at_full_cost, plain_password, hashed_password, limiter=hashing
    )


def verify_at_full_cost(plain_password: str, hashed_password: str | None) -> bool:
    """The same, and it takes the time of one hash of each kind. So nobody sees by the time
    which kind a user has, or whether there is one."""
    own_kind = pwd_context.identify(hashed_password or "")
    verified = False
    for kind, dummy_hash in DUMMY_HASHES.items():
        if kind == own_kind:
            verified = verify_kind(kind, plain_password, hashed_password)
        else:
            pwd_context.verify("", dummy_hash)
    return verified


def verify_kind(kind: str, plain_password: str, hashed_password: str) -> bool:
    try:
        if kind != "bcrypt":
            # Django hashed what was typed, of any length.
            return pwd_context.verify(plain_password, hashed_password)
        password = normalize(plain_password).encode()
        if len(password) <= MAXIMUM_PASSWORD_BYTES:
            return pwd_context.verify(password, hashed_password)
    except ValueError:
        # A NUL in the password, or a stored hash that passlib can't read.
        pass
    pwd_context.verify("", DUMMY_HASHES[kind])
    return False


def is_outdated(hashed_password: str, password: str) -> bool:
    """Whether the hash is to be replaced by one that we'd make today of this password."""
    # A longer one has no bcrypt hash. It keeps the one it has.
    fits = len(normalize(password).encode()) <= MAXIMUM_PASSWORD_BYTES
    return fits and "\0" not in password and pwd_context.needs_update(hashed_password)
