"""Passwords, as an object: bcrypt's hashes, and Django's until they're replaced."""

import asyncio
import os
import unicodedata
from collections.abc import Callable
from typing import TypeVar

from passlib.context import CryptContext

from tests.variants.joserfc_modules.common.passwords import (
    BCRYPT,
    HASH_OF_NO_PASSWORD,
    LONGEST,
)

CONTEXT = CryptContext(
    schemes=["bcrypt", "django_pbkdf2_sha256"], deprecated="auto", bcrypt__min_rounds=12
)
# For each kind, a hash that is no user's.
NO_PASSWORD = {
    "bcrypt": HASH_OF_NO_PASSWORD,
    "django_pbkdf2_sha256": "pbkdf2_sha256$1000000$eDlsSJeouI1G$"
    "WGrZsOZBLEe/s10nQqTTusaXKnK1G2sRdU66a19a8gs=",
}
T = TypeVar("T")


def canonical(password: str) -> str:
    return unicodedata.normalize("NFKC", password)


def can_be_hashed(password: str) -> bool:
    try:
        raw = canonical(password).encode()
    except UnicodeEncodeError:  # half a character
        return False
    return b"\0" not in raw and len(raw) <= LONGEST


class TwoKinds:
    stored = BCRYPT
    refusal = 401

    def __init__(self) -> None:
        self._cores = asyncio.Semaphore(os.cpu_count() or 1)

    async def _compute(self, function: Callable[..., T], *args: object) -> T:
        async with self._cores:
            return await asyncio.to_thread(function, *args)

    async def fits(self, password: str, hashed: str | None) -> bool:
        """Two hashes side by side, of which one at most is the user's."""
        own = CONTEXT.identify(hashed or "")
        stored = {kind: hashed if kind == own else None for kind in NO_PASSWORD}
        checks = [self._compute(_fits, kind, password, stored[kind]) for kind in stored]
        return any(await asyncio.gather(*checks))

    async def hash(self, password: str) -> str:
        return await self._compute(CONTEXT.hash, canonical(password))

    async def renew(self, password: str, hashed: str) -> str | None:
        """A new hash in place of an old one, of the password that fits it."""
        if CONTEXT.needs_update(hashed) and can_be_hashed(password):
            return await self.hash(password)
        return None


def _fits(kind: str, password: str, hashed: str | None) -> bool:
    if kind == "bcrypt":
        hashed = hashed if can_be_hashed(password) else None
        password = canonical(password)
    if hashed is not None:
        try:
            return CONTEXT.verify(password.encode(errors="surrogatepass"), hashed)
        except ValueError:  # half a hash, or more than 4096 bytes
            pass
    CONTEXT.verify("no user's", NO_PASSWORD[kind])
    return False
