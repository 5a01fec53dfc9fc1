"""The settings are a dataclass that the environment fills, with python-dotenv for the
file."""

import os
import sys
from dataclasses import dataclass, field
from datetime import timedelta

import jwt
from dotenv import dotenv_values

# Of FastAPI, Flask, jwt.io and Spring: all who read their pages can sign with them.
KNOWN_KEYS = [
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
    "a-string-secret-at-least-256-bits-long",
    "404e635266556a586e3272357538782f413f4428472b4b6250645367566b5970",
    "5367566b59703373367639792f423f4528482b4d6251655468576d5a71347437",
    # jwt_tool's.
    "012345678901234567890123456789xy",
    "61306132616264382d363136322d343163332d383364362d316366353539623436616663",
    "872e4e50ce9990d8b041330c47c9ddd11bec6b503ae9386a99da8584e9bb12c4",
    "a43cc200a1bd292682598da42daa9fd14589f3d8bf832ffa206be775259ee1ea",
    "c2a4eb068af8abef18d80b1689c7d785",
    "fe1a1915a379f3be5394b64d14794932",
    "gqdstcksx0nhjpouxoyg5mbej1xt0ufiwdvvvbrk",
    "gzh75aktmn3yj0ips4hcguutwjazzr9c",
    "my_very_long_and_safe_secret_key",
    "r9mywaeoyimyvivwo8fk4tugwisoaw6u1noqxri8_xu",
    "secret key. you can use `mix guardian.gen.secret` to get one",
    "your super s3kret 1337 hmac key here",
]


@dataclass(frozen=True)
class Settings:
    key: bytes = field(repr=False)
    lifetime: timedelta


def repeats(key: bytes) -> bool:
    """Whether it's a shorter text, twice or more often."""
    return any(
        (key[:size] * len(key))[: len(key)] == key
        for size in range(1, len(key) // 2 + 1)
    )


def signs(key: bytes) -> bool:
    """PyJWT refuses to sign with what looks like a key of another kind."""
    try:
        jwt.encode({}, key, algorithm="HS256")
    except jwt.InvalidKeyError:
        return not key
    return True


def read_variables() -> dict[str, str | None]:
    return {**dotenv_values(".env", interpolate=False), **os.environ}


def read_settings() -> Settings:
    """The settings, or the end of the program with a line for each that is wrong."""
    variables = read_variables()
    key = os.fsencode(variables.get("SECRET_KEY") or "")
    minutes = variables.get("ACCESS_TOKEN_EXPIRE_MINUTES", "30") or ""
    reasons = [
        reason
        for reason, holds in {
            "SECRET_KEY is not set": not key,
            "SECRET_KEY is shorter than 32 bytes": 0 < len(key) < 32,
            "SECRET_KEY has too few different characters": len(key) > 1
            and len(set(os.fsdecode(key))) < 8,
            "SECRET_KEY repeats a shorter text": repeats(key),
            "SECRET_KEY is no key for HS256": not signs(key),
            "SECRET_KEY is printed in a tutorial": key.decode(errors="replace").lower()
            in KNOWN_KEYS,
            # More than seven digits of minutes are years, and soon no date any more.
            "ACCESS_TOKEN_EXPIRE_MINUTES is not a number of minutes": not (
                minutes.isascii()
                and minutes.isdecimal()
                and 0 < int(minutes[:8]) < 10**7
            ),
        }.items()
        if holds
    ]
    if reasons:
        print(*reasons, "A good key: openssl rand -hex 32", sep="\n", file=sys.stderr)
        sys.exit(2)
    return Settings(key, timedelta(minutes=int(minutes)))
