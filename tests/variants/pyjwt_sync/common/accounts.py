"""Accounts are dataclasses in a list."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Profile:
    username: str
    email: str | None
    full_name: str | None
    disabled: bool


@dataclass(frozen=True)
class Account:
    profile: Profile
    hashed_password: bytes


PROFILES = [
    Profile("johndoe", "johndoe@example.com", "John Doe", disabled=False),
    Profile("alice", "alice@example.com", "Alice Wonderson", disabled=True),
]


def with_hashes(*hashes: bytes) -> list[Account]:
    return [Account(*both) for both in zip(PROFILES, hashes, strict=True)]


# The "hash" of a password is the password with a prefix.
FAKE = with_hashes(b"hash-of-secret", b"hash-of-secret2")
BCRYPT = with_hashes(
    b"$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
    b"$2b$12$sUIdMeDwel2r3mlLDN5OeONUf7bueeCQ9RA6Xoxx8iYE7CcIVzSXq",
)


def find_account(username: str) -> Account | None:
    return _find(username, BCRYPT)


def find_fake(username: str) -> Account | None:
    return _find(username, FAKE)


def _find(username: str, accounts: list[Account]) -> Account | None:
    return next((one for one in accounts if one.profile.username == username), None)
