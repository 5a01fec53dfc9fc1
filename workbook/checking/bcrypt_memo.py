"""bcrypt, paid once for each pair of password and salt.

A documented hash costs a fifth of a second, and a suite logs in with the same pair
many times. bcrypt is a pure function of password and salt, so asking again can be
answered from memory: the hash itself stays what it is. Nothing here is for a server
that people use, and nothing that measures time may run under it.
"""

import contextlib
from collections.abc import Iterator
from functools import cache

import bcrypt

from workbook.checking.hashing import Hashing

# bcrypt is one for the whole process, and so is what is seen of it.
HASHING = Hashing()

_compute = bcrypt.hashpw


@cache
def _remembered(password: bytes, salt: bytes) -> bytes:
    return _compute(password, salt)


def _hashpw(password: bytes, salt: bytes) -> bytes:
    with HASHING.one(salt):
        return _remembered(password, salt)


def _checkpw(password: bytes, hashed_password: bytes) -> bool:
    return _hashpw(password, hashed_password) == hashed_password


@contextlib.contextmanager
def installed() -> Iterator[None]:
    """`bcrypt.hashpw` and `bcrypt.checkpw` remember, for as long as this is open.

    passlib and every other library on top of bcrypt call these two.
    """
    hashpw, checkpw = bcrypt.hashpw, bcrypt.checkpw
    bcrypt.hashpw, bcrypt.checkpw = _hashpw, _checkpw
    try:
        yield
    finally:
        bcrypt.hashpw, bcrypt.checkpw = hashpw, checkpw
