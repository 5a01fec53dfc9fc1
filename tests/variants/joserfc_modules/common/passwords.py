"""Passwords, as objects: what is stored of them, how one is checked, and the status
for a wrong one."""

import asyncio
import os
from typing import Protocol

from fastapi.concurrency import run_in_threadpool
from passlib.context import CryptContext

CONTEXT = CryptContext(schemes=["bcrypt"])
FAKE = {"johndoe": "fakehashed:secret", "alice": "fakehashed:secret2"}
BCRYPT = {
    "johndoe": "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
    "alice": "$2b$12$sUIdMeDwel2r3mlLDN5OeONUf7bueeCQ9RA6Xoxx8iYE7CcIVzSXq",
}
# Of a password that was thrown away: it is no user's.
HASH_OF_NO_PASSWORD = "$2b$12$Jdhz6M7Ub094yVG/xg48R.RW33RP9ETAREeJa6sGEp5bct829IEZC"
LONGEST = 72  # bytes: bcrypt reads no more


class Passwords(Protocol):
    stored: dict[str, str]
    refusal: int

    async def fits(self, password: str, hashed: str | None) -> bool:
        """Whether it is the one that was hashed. An unknown user has no hash."""


class FakePasswords:
    stored = FAKE
    refusal = 400

    async def fits(self, password: str, hashed: str | None) -> bool:
        return hashed == f"fakehashed:{password}"


class BcryptPasswords:
    """passlib in a thread, for unknown users as well."""

    stored = BCRYPT
    refusal = 401

    async def fits(self, password: str, hashed: str | None) -> bool:
        known = hashed is not None
        return await run_in_threadpool(_fits, password, hashed or "") and known


def _fits(password: str, hashed: str) -> bool:
    try:
        return CONTEXT.verify(password, hashed or HASH_OF_NO_PASSWORD)
    except ValueError:  # a NUL byte, or more than 4096 bytes
        return False


class BcryptOnEachCore:
    """passlib in asyncio's threads, as many at once as there are cores. Every check
    costs the same."""

    stored = BCRYPT
    refusal = 401

    def __init__(self) -> None:
        self._cores = asyncio.Semaphore(os.cpu_count() or 1)

    async def fits(self, password: str, hashed: str | None) -> bool:
        given = password.encode(errors="surrogatepass")
        well_formed = b"\0" not in given and len(given) <= LONGEST
        if hashed is None or not well_formed or CONTEXT.identify(hashed) is None:
            given, hashed, well_formed = b"no user's", HASH_OF_NO_PASSWORD, False
        async with self._cores:
            fits = await asyncio.to_thread(CONTEXT.verify, given, hashed)
        return well_formed and fits
