"""Passwords: every check takes the time of one hash."""

import os

from anyio import CapacityLimiter, to_thread
from passlib.context import CryptContext

pwd_context = CryptContext(schemes=["bcrypt"])

# bcrypt ignores what comes after this many bytes of a password.
MAXIMUM_PASSWORD_BYTES = 72

# For unknown usernames: the hash of a random password that was thrown away. Its cost
# is 12, as in the table.
DUMMY_HASH = "$2b$12$UKHA8YdODC3IVLUL.ysHq.YpvQBDmNwK3gz7RKda/pTd4.roe9rwq"

# With more hashes at once than cores, each would only take longer.
hashing = CapacityLimiter(os.cpu_count() or 1)


def get_password_hash(password: str) -> str:
    """A hash for the table. It takes as long as a check, so call it in a thread too."""
    return pwd_context.hash(password)


async def verify_password(plain_password: str, hashed_password: str) -> bool:
    """Whether this is the password that was hashed.

    The hash is computed in a thread, so the event loop goes on serving. A login that
    waits for its turn doesn't occupy a thread.
    """
    return await to_thread.run_sync(
        verify_at_full_cost, plain_password, hashed_password, limiter=hashing
    )


def verify_at_full_cost(plain_password: str, hashed_password: str) -> bool:
    """The same, and it takes the time of one hash even if there's nothing to compare."""
    try:
        password = plain_password.encode()
        if len(password) <= MAXIMUM_PASSWORD_BYTES:
            return pwd_context.verify(password, hashed_password)
    except ValueError:
        # A NUL in the password, or a stored hash that passlib can't read.
        pass
    pwd_context.verify("", DUMMY_HASH)
    return False
