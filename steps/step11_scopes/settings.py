"""The settings: what differs between deployments, from the environment or from .env.

The app doesn't start with a key that is short, repetitive or on its list of published
keys, nor with the URL of a database that it doesn't know.
"""

import sys
from importlib.util import find_spec
from typing import Annotated

from jose import jws
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

from .published_keys import is_published

# RFC 7518, section 3.2: a key for HS256 has at least the 256 bits of its hash.
MINIMUM_KEY_BYTES = 32

# Of 32 random hex digits fewer than eight are different once in 30 million times.
MINIMUM_VARIETY = 8

# Published as examples, and in use since. Anyone who knows one can sign with it. These are
# the best known; published_keys.py has many more.
PUBLISHED_KEYS = {
    # FastAPI's tutorial
    "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    # Flask's documentation
    "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
    # the debugger of jwt.io
    "a-string-secret-at-least-256-bits-long",
    # tutorials on Spring
    "404e635266556a586e3272357538782f413f4428472b4b6250645367566b5970",
    "5367566b59703373367639792f423f4528482b4d6251655468576d5a71347437",
    # jwt_tool's list of keys to try
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
}


def must_be_secret(key: SecretStr) -> SecretStr:
    """The key. Raises `ValueError` if it can't be used, and says why."""
    characters = key.get_secret_value()
    if not can_sign(characters):
        raise ValueError("not usable: not UTF-8, or what looks like JSON, PEM or SSH")
    size = len(characters.encode())
    if size < MINIMUM_KEY_BYTES:
        raise ValueError(
            f"too short: {size} bytes, and HS256 needs {MINIMUM_KEY_BYTES}"
        )
    if len(set(characters)) < MINIMUM_VARIETY:
        raise ValueError("too few different characters: it can be guessed")
    if is_repeated(characters):
        raise ValueError("a shorter text, repeated: it can be guessed")
    if characters.lower() in PUBLISHED_KEYS or is_published(characters):
        raise ValueError("published as an example: anyone can sign with it")
    return key


def can_sign(key: str) -> bool:
    """Whether the key verifies what it has signed. python-jose reads some texts as keys of
    another kind, such as JSON Web Keys."""
    try:
        signed = jws.sign({}, key, algorithm="HS256")
        jws.verify(signed, key, algorithms=["HS256"])
    except Exception:
        # For whatever reason, we can't use this key.
        return False
    return True


def is_repeated(text: str) -> bool:
    """Whether the text repeats a shorter one, as abcabcab does."""
    return any(text[n:] == text[:-n] for n in range(1, len(text) // 2 + 1))


# You can't revoke a token, so a longer lifetime than this is surely a mistake.
A_YEAR = 365 * 24 * 60  # minutes


# PostgreSQL by psycopg 3, also where the URL leaves that open.
POSTGRESQL = "postgresql+psycopg"


def must_be_known(database_url: SecretStr) -> SecretStr:
    """The URL as SQLAlchemy wants it. Raises `ValueError`, and doesn't repeat the password
    that is in it."""
    try:
        url = make_url(database_url.get_secret_value())
    except (ArgumentError, ValueError):
        raise ValueError("no URL of a database, such as sqlite:///users.db") from None
    if url.drivername in ("postgresql", POSTGRESQL):
        if "@" in (url.host or ""):
            raise ValueError("an @ in a username or a password is written as %40")
        if find_spec("psycopg") is None:
            raise ValueError("PostgreSQL needs a driver: pip install psycopg[binary]")
        url = url.set(drivername=POSTGRESQL)
    elif url.drivername != "sqlite":
        raise ValueError("begins with neither sqlite:/// nor postgresql://")
    elif url.database in (None, "", ":memory:"):
        raise ValueError("names no file: in memory, each connection has its own users")
    return SecretStr(url.render_as_string(hide_password=False))


class Settings(BaseSettings):
    """Each field is read from the variable of the same name, such as SECRET_KEY."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    # A SecretStr prints itself as **********.
    secret_key: Annotated[SecretStr, AfterValidator(must_be_secret)]
    access_token_expire_minutes: int = Field(default=30, gt=0, le=A_YEAR)
    # A SecretStr too: there may be a password in it.
    database_url: Annotated[SecretStr, AfterValidator(must_be_known)] = SecretStr(
        "sqlite:///users.db"
    )


def load_settings() -> Settings:
    """The settings. If one is missing or bad, ends the program with a message."""
    try:
        return Settings()
    except UnicodeDecodeError:
        sys.exit(".env: not UTF-8, so it cannot be read. Save it as UTF-8.")
    except ValidationError as error:
        wrong = {str(e["loc"][0]).upper(): e["msg"] for e in error.errors()}
    reasons = [
        f"{name}: {reason.removeprefix('Value error, ')}."
        for name, reason in wrong.items()
    ]
    if "SECRET_KEY" in wrong:
        reasons.append("Make a key of your own, and keep it out of the code:")
        reasons.append("  export SECRET_KEY=$(openssl rand -hex 32)")
    sys.exit("\n".join(reasons))
