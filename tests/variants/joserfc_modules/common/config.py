"""What a deployment decides, in the form that the rest of the app needs."""

from typing import Annotated, TypeVar

from joserfc.jwk import OctKey
from pydantic import BeforeValidator, Field, ValidationError
from pydantic_settings import BaseSettings

A_YEAR = 365 * 24 * 60
HELP = "Put a key of your own into the environment: openssl rand -hex 32"
# They are printed in tutorials, which anyone can read.
COMMON = """
    09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7
    192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf
    a-string-secret-at-least-256-bits-long
    404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970
    5367566B59703373367639792F423F4528482B4D6251655468576D5A71347437
    012345678901234567890123456789xy
    61306132616264382d363136322d343163332d383364362d316366353539623436616663
    872e4e50ce9990d8b041330c47c9ddd11bec6b503ae9386a99da8584e9bb12c4
    a43cc200a1bd292682598da42daa9fd14589f3d8bf832ffa206be775259ee1ea
    c2a4eb068af8abef18d80b1689c7d785
    fe1a1915a379f3be5394b64d14794932
    gqdstcksx0nhjpouxoyg5mbej1xt0ufiwdvvvbrk
    gzh75aktmn3yj0ips4hcguutwjazzr9c
    my_very_long_and_safe_secret_key
    r9mywaeoyimyvivwo8fk4tugwisoaw6u1noqxri8_xu
    secret key. you can use `mix guardian.gen.secret` to get one
    your super s3kret 1337 hmac key here
""".casefold().splitlines()


def to_key(text: str) -> OctKey:
    # A shorter text that is written twice is found in that text, written twice.
    repeats = (text + text).find(text[: len(text) // 2 + 1], 1) <= len(text) // 2
    known = text.casefold() in map(str.strip, COMMON)
    if known or repeats or len(set(text)) < 8:
        raise ValueError("anyone can guess it or look it up")
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raise ValueError("not UTF-8") from None
    if len(raw) < 32:
        raise ValueError("HS256 wants 32 bytes or more")
    # joserfc refuses some texts, such as PEM, and calls that a ValueError.
    return OctKey.import_key(raw)


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


C = TypeVar("C", bound=Config)


def read_config() -> Config:
    """What the environment says. Raises `SystemExit` where that is not enough."""
    return read(Config)


def read(kind: type[C]) -> C:
    """The same, for a step that needs more."""
    try:
        return kind()
    except ValidationError as error:
        lines = [f"{e['loc'][0]}: {e['msg']}" for e in error.errors()]
        raise SystemExit("\n".join([*lines, HELP])) from None
