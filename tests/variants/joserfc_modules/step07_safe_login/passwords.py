"""passlib in asyncio's threads, as many at once as this process may use cores."""

import asyncio
import os

from passlib.context import CryptContext

HASHES = CryptContext(schemes=["bcrypt"])
# Of a password that was thrown away: nobody logs in with it.
HASH_OF_NOBODY = "$2b$12$Jdhz6M7Ub094yVG/xg48R.RW33RP9ETAREeJa6sGEp5bct829IEZC"
LONGEST = 72  # bytes: bcrypt reads no more

CORES = asyncio.Semaphore(os.cpu_count() or 1)


async def is_password(password: str, hashed: str | None) -> bool:
    """Whether it fits; `None` is the hash of nobody, and costs the same."""
    given = password.encode(errors="surrogatepass")
    well_formed = b"\0" not in given and len(given) <= LONGEST
    if hashed is None or not well_formed or HASHES.identify(hashed) is None:
        given, hashed, well_formed = b"nobody's", HASH_OF_NOBODY, False
    async with CORES:
        fits = await asyncio.to_thread(HASHES.verify, given, hashed)
    return well_formed and fits
