"""What a deployment decides, in the form that the rest of the app wants it in."""

import functools
from typing import Annotated

from joserfc.jwk import OctKey
from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings

A_YEAR = 365 * 24 * 60
HELP = "Put a key of your own into the environment: openssl rand -hex 32"
# They stand in tutorials, of which anybody can have a copy.
COMMON = """
    09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7
    192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf
    a-string-secret-at-least-256-bits-long
    404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970
    5367566B59703373367639792F423F4528482B4D6251655468576D5A71347437
""".casefold().split()


def to_key(text: str) -> OctKey:
    if text.casefold() in COMMON or len(set(text)) < 2:
        raise ValueError("everybody can guess or look it up")
    if len(text.encode()) < 32:
        raise ValueError("HS256 wants 32 bytes or more")
    return OctKey.import_key(text)


class Config(
    BaseSettings,
    env_file=".env",
    extra="ignore",
    hide_input_in_errors=True,
    arbitrary_types_allowed=True,
):
    key: Annotated[OctKey, BeforeValidator(to_key)] = Field(
        alias="SECRET_KEY", repr=False
    )
    minutes: int = Field(30, alias="ACCESS_TOKEN_EXPIRE_MINUTES", ge=1, le=A_YEAR)

    @property
    def lifetime(self) -> int:
        return 60 * self.minutes  # seconds


@functools.cache
def get_config() -> Config:
    """The one of this process. Raises `SystemExit` when there can be none."""
    try:
        return Config()
    except ValidationError as error:
        lines = [f"{e['loc'][0]}: {e['msg']}" for e in error.errors()]
        raise SystemExit("\n".join([*lines, HELP])) from None
