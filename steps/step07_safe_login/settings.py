"""What differs from one deployment to the next: from the environment, or from .env.

A key that is surely known or guessed keeps the app from starting.
"""

import sys
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

# RFC 7518, section 3.2: a key for HS256 has at least the 256 bits of its hash.
MINIMUM_KEY_BYTES = 32

# Shown as an example somewhere, and since then in use: whoever knows it can sign.
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
}


def must_be_secret(key: SecretStr) -> SecretStr:
    """The key itself. Raises `ValueError` with the reason why it is no secret."""
    characters = key.get_secret_value()
    size = len(characters.encode())
    if size < MINIMUM_KEY_BYTES:
        raise ValueError(
            f"too short: {size} bytes, and HS256 needs {MINIMUM_KEY_BYTES}"
        )
    if len(set(characters)) == 1:
        raise ValueError("one character, repeated: it can be guessed")
    if characters.lower() in PUBLISHED_KEYS:
        raise ValueError("published as an example: anyone can sign with it")
    return key


# A token cannot be called back: a longer life than this is surely a mistake.
A_YEAR = 365 * 24 * 60  # minutes


class Settings(BaseSettings):
    """Each is read from the variable of its name: SECRET_KEY, and so on."""

    model_config = SettingsConfigDict(env_file=".env", extra="ignore")

    # A SecretStr shows itself as ********** wherever it is printed.
    secret_key: Annotated[SecretStr, AfterValidator(must_be_secret)]
    access_token_expire_minutes: int = Field(default=30, gt=0, le=A_YEAR)


def load_settings() -> Settings:
    """The settings. Ends the program with one message where they will not do."""
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
