"""Step 7: hashes that cost what they should, counted and not timed."""

from typing import Any

import bcrypt

from steps.step07_safe_login.main import fake_users_db
from steps.step07_safe_login.passwords import DUMMY_HASH
from workbook.checking import bcrypt_memo
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
        "It is no text: a hash in bytes is made one, .decode().",
    )
    must(
        len(my_dummy) == 60 and my_dummy.startswith("$2"),
        "That is no bcrypt hash, which has 60 characters and begins with $2b$.",
    )
    must(
        my_dummy[4:6] == "12",
        f"Its cost is {my_dummy[4:6]}. Those in the table have 12, and the difference "
        "can be timed.",
    )
    must(
        my_dummy not in (DUMMY_HASH, JOHNDOES_HASH),
        "That hash is in the step already: make one of your own.",
    )
    with bcrypt_memo.installed():
        known = [
            word for word in COMMON if bcrypt.checkpw(word.encode(), my_dummy.encode())
        ]
    must(
        not known,
        "It is the hash of a password that is easily guessed. Nobody is logged in by "
        "it, but nobody should know it either.",
    )
    return "An unknown name costs what johndoe's does, and the clock tells nothing."


@task("my_verify(password, hashed) gives back True or False.")
def verify(my_verify: Any) -> str:
    with bcrypt_memo.installed():
        for what, (password, hashed, right) in PASSWORDS.items():
            bcrypt_memo.HASHING.look()
            came = call(my_verify, password, hashed)
            costs = bcrypt_memo.HASHING.look().costs
            must(came is right, f"For {what} it says {came!r}, and must say {right}.")
            must(
                costs == ["$2b$12$"],
                f"For {what} bcrypt computes {' '.join(costs) or 'nothing'}, and must "
                "compute one hash, $2b$12$.",
            )
    return "One hash each time: whoever looks at the clock sees one time."
