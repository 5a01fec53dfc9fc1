"""Passwords: a check takes the time of one hash, whatever it is given."""

import os

from anyio import CapacityLimiter, to_thread
from passlib.context import CryptContext

pwd_context = CryptContext(schemes=["bcrypt"])

# bcrypt reads so many bytes of a password. What comes after would be ignored.
MAXIMUM_PASSWORD_BYTES = 72

# What a name that nobody has is checked against: the hash of a random password that was
# thrown away. Its cost, the 12, is that of the hashes in the table.
DUMMY_HASH = "$2b$12$UKHA8YdODC3IVLUL.ysHq.YpvQBDmNwK3gz7RKda/pTd4.roe9rwq"

# More hashes at once than there are cores would only take turns.
hashing = CapacityLimiter(os.cpu_count() or 1)


async def verify_password(plain_password: str, hashed_password: str) -> bool:
    """Whether the password is the one that was hashed.

    The hash is computed in a thread, and the event loop goes on serving. Whoever has to
    wait for a thread holds none meanwhile.
    """
    return await to_thread.run_sync(
        verify_at_full_cost, plain_password, hashed_password, limiter=hashing
    )


def verify_at_full_cost(plain_password: str, hashed_password: str) -> bool:
    """The same, in the time of one hash also where there is nothing to compare."""
    try:
        password = plain_password.encode()
        if len(password) <= MAXIMUM_PASSWORD_BYTES:
            return pwd_context.verify(password, hashed_password)
    except ValueError:
        # A NUL in the password, or a stored hash that passlib cannot read.
        pass
    pwd_context.verify("", DUMMY_HASH)
    return False
