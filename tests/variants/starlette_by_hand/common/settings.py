"""The settings, with Starlette's Config."""

import hashlib
import os
import re
from collections.abc import Iterator

from starlette.config import Config

ADVICE = "Make one of your own: openssl rand -hex 32"
# SHA-256 of keys that are printed in tutorials: not printed once more.
PUBLISHED = {
    "570dad43de1af4c9",
    "2598f7d6adc142d8",
    "465d9ad5d5528ebe",
    "2b1fa627178e3424",
    "4c0bf08221f3d71e",
    "8f4fd3162700a6f8",
    "72b4c2ec107db463",
    "2492212a9253330a",
    "57f25c44324d8f95",
    "7cae8926cf91cf27",
    "582cc79cd52a540f",
    "d38426ce70b567fe",
    "e687d5a9ca06faff",
    "a5ff35af1ea5d53d",
    "734dce511b22a504",
    "bc06028057fd8447",
    "bedde02c47143fbc",
}


def read_config() -> Config:
    # It looks into the environment first, and warns of a file that is missing.
    return Config(".env" if os.path.exists(".env") else None, os.environ)


def read() -> tuple[bytes, int]:
    """The key, and the lifetime of a token in seconds. Raises `SystemExit`."""
    config = read_config()
    key = os.fsencode(config("SECRET_KEY", default=""))
    minutes = config("ACCESS_TOKEN_EXPIRE_MINUTES", default="30")
    wrong = list(faults(key, minutes))
    if wrong:
        raise SystemExit("\n".join(wrong))
    return key, 60 * int(minutes)


def faults(key: bytes, minutes: str) -> Iterator[str]:
    if hashlib.sha256(key.lower()).hexdigest()[:16] in PUBLISHED:
        yield f"SECRET_KEY is printed in a tutorial or in a list. {ADVICE}"
    # The same text two times or more, and perhaps its beginning once more.
    repeats = any(key[n:] == key[:-n] for n in range(1, len(key) // 2 + 1))
    if len(key) < 32 or len(set(os.fsdecode(key))) < 8 or repeats:
        yield f"SECRET_KEY is empty, short, or of little variety. {ADVICE}"
    # Six digits of minutes are almost two years.
    if not re.fullmatch("0*[1-9][0-9]{0,5}", minutes):
        yield "ACCESS_TOKEN_EXPIRE_MINUTES is a number of minutes."
