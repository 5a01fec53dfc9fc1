"""Step 6: a key that was cracked, and which keys may sign."""

from typing import Any

from steps.step06_settings.settings import PUBLISHED_KEYS
from workbook import tokens
from workbook.notebook.tasks import call, must, task

RANDOM = "8c1f0e6b53a94d27b1e0c47f9a2d5836e7b40c9f1d62a8357be94f0c16d8a2b3"
KEYS = {
    "a random key of 64 hex digits": (RANDOM, True),
    "its first 32 characters": (RANDOM[:32], True),
    "its first 31 characters": (RANDOM[:31], False),
    "no character at all": ("", False),
    "16 letters of two bytes each": ("\u00e9\u00e8" * 8, True),
    "64 times the letter a": ("a" * 64, False),
    "40 spaces": (" " * 40, False),
    "a published key": (min(PUBLISHED_KEYS), False),
    "a published key in capitals": (min(PUBLISHED_KEYS).upper(), False),
}


@task("my_token is the text of a token, as tokens.sign(claims, key) returns it.")
def forged(my_token: Any, word: str) -> str:
    must(isinstance(my_token, str), f"A token is text, and this is {my_token!r}.")
    try:
        _, claims = tokens.read(my_token)
    except ValueError as error:
        must(False, f"The server can't read it: {error}.")
    must(
        tokens.is_signed_with(my_token, word),
        "The signature doesn't match: that server's key is `word`.",
    )
    must(
        claims.get("sub") == "alice",
        f"It's for {claims.get('sub')!r}, and it must be for 'alice'.",
    )
    return "If you crack the key, you can be any user. The server never noticed a try."


@task("my_judge(key) returns True or False.")
def judge(my_judge: Any) -> str:
    for what, (key, right) in KEYS.items():
        came = call(my_judge, key)
        must(
            came is right,
            f"For {what} it returns {came!r}, and it must return {right}.",
        )
    return "It can't see whether a key is random. That's up to you."
