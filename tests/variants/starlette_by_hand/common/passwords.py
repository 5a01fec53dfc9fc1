"""Three ways to check a password: backwards, with passlib, and with bcrypt alone."""

import asyncio
import hmac
import os
import re
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager

import bcrypt
from passlib.hash import bcrypt as passlib_bcrypt
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

BACKWARDS = {"johndoe": "terces", "alice": "2terces"}
HASHES = {
    "johndoe": b"$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
    "alice": b"$2b$12$sUIdMeDwel2r3mlLDN5OeONUf7bueeCQ9RA6Xoxx8iYE7CcIVzSXq",
}
# Takes the place of the hash of an unknown user: no password is known that fits it.
NO_HASH = b"$2b$12$QfdNaon2ibIpPGHeWLK1AOe3aPjoQNlwEHpgrcQ19GBxWviW2QDVe"


async def reads_backwards(_: Request, username: str, password: str) -> bool:
    return username in BACKWARDS and password[::-1] == BACKWARDS[username]


async def fits_in_threadpool(_: Request, username: str, password: str) -> bool:
    """passlib, in one of Starlette's threads."""
    return await run_in_threadpool(_fits_passlib, username, password)


def _fits_passlib(username: str, password: str) -> bool:
    try:
        return username in HASHES and passlib_bcrypt.verify(password, HASHES[username])
    except ValueError:  # a NUL byte, or more than 4096 bytes
        return False


@asynccontextmanager
async def pool(_: Starlette) -> AsyncIterator[dict[str, ThreadPoolExecutor]]:
    """A lifespan with a thread for each core: more logins than that wait in the pool's
    queue, where they cost nothing."""
    with ThreadPoolExecutor(os.cpu_count(), "bcrypt") as hashing:
        yield {"hashing": hashing}


async def fits_in_pool(request: Request, username: str, password: str) -> bool:
    """bcrypt, in the pool of the lifespan."""
    return await asyncio.get_running_loop().run_in_executor(
        request.state.hashing, _fits_at_one_cost, username, password
    )


def _fits_at_one_cost(username: str, password: str) -> bool:
    """Whether it is the password of that user. Hashes exactly once in any case."""
    hashed = HASHES.get(username, NO_HASH)
    raw = password.encode(errors="surrogatepass")
    # bcrypt reads up to 72 bytes, and repeats what ends with a NUL.
    if not re.fullmatch(rb"[^\0]{1,72}", raw):
        raw, hashed = b"", NO_HASH
    try:
        return hmac.compare_digest(bcrypt.hashpw(raw, hashed), hashed)
    except ValueError:  # a stored hash that bcrypt cannot read
        return bcrypt.checkpw(b"", NO_HASH)
