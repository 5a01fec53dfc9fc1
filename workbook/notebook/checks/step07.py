"""Step 7: hashes that cost what they should, counted and not timed."""

from typing import Any

import bcrypt

from steps.step07_safe_login.main import fake_users_db
from steps.step07_safe_login.passwords import DUMMY_HASH
from workbook.checking import HASHING, bcrypt_cache
from workbook.notebook.tasks import call, must, task

JOHNDOES_HASH = str(fake_users_db["johndoe"]["hashed_password"])
# Of 72 times an a, and of 36 letters of two bytes each.
OF_72_BYTES = "$2b$12$XlZB5WaisQ4k/dOm11Bat.q/aMR4QIxwR3WwTdxsx1OqaTGbW4t7."
OF_36_LETTERS = "$2b$12$4l.EZarMw7n/WTNbgIdF8eJzpEx7oi3YNN7znqvqUkC9y/9FtEFne"
COMMON = ("", "secret", "password", "dummy", "dummypassword", "dummy_password", "x")
PASSWORDS = {
    "the right password": ("secret", JOHNDOES_HASH, True),
    "a wrong password": ("guess", JOHNDOES_HASH, False),
    "a NUL": ("sec\0ret", JOHNDOES_HASH, False),
    "73 bytes": ("a" * 73, OF_72_BYTES, False),
    "37 letters of two bytes each": ("\u00e9" * 37, OF_36_LETTERS, False),
    "5,000 letters": ("s" * 5000, JOHNDOES_HASH, False),
}


@task("my_dummy is a text of 60 characters that begins with $2b$12$.")
def dummy(my_dummy: Any) -> str:
    must(
        isinstance(my_dummy, str),
        "It isn't text: .decode() turns bytes into text.",
    )
    must(
        len(my_dummy) == 60 and my_dummy.startswith("$2"),
        "That isn't a bcrypt hash: those have 60 characters and begin with $2b$.",
    )
    must(
        my_dummy[4:6] == "12",
        f"Its cost is {my_dummy[4:6]}. Those in the table have 12, and an attacker "
        "can time the difference.",
    )
    must(
        my_dummy not in (DUMMY_HASH, JOHNDOES_HASH),
        "That hash is in the step already. Make your own.",
    )
    with bcrypt_cache():
        known = [
            word for word in COMMON if bcrypt.checkpw(word.encode(), my_dummy.encode())
        ]
    must(
        not known,
        "It's the hash of a password that's easily guessed. It doesn't log anyone in, "
        "but no one should know it either.",
    )
    return (
        "An unknown username costs what johndoe's does, and a clock tells you nothing."
    )


@task("my_verify(password, hashed) returns True or False.")
def verify(my_verify: Any) -> str:
    with bcrypt_cache():
        for what, (password, hashed, right) in PASSWORDS.items():
            HASHING.stats()
            came = call(my_verify, password, hashed)
            costs = HASHING.stats().costs
            must(
                came is right,
                f"For {what} it returns {came!r}, and it must return {right}.",
            )
            must(
                costs == ["$2b$12$"],
                f"For {what} bcrypt computes {' '.join(costs) or 'nothing'}, and it "
                "must compute one hash, $2b$12$.",
            )
    return "One hash each time, so a clock shows the same time for all of them."
