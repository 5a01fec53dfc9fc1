"""A server that was never given a key may sign with the empty one: the variable
isn't set, and the code goes on. The attacker signs a token for any user with the same
empty key. jwt_tool calls this a blank password. What stops it is a server that doesn't
start without a key."""

from workbook.attacks.attack import ClassicAttack, paragraph
from workbook.attacks.classics.forging import original, random_key, show_each
from workbook.attacks.target import Target


def attempt(target: Target) -> tuple[bool, str]:
    token = original(target)
    return show_each(
        target,
        {"a signature of the empty key": token.signed("")},
        control=token.signed(random_key()),
    )


ATTACK = ClassicAttack(
    name="sign_with_an_empty_key",
    title="Sign with an empty key",
    attacker="anyone",
    has="network access, and a username",
    step="step04_jwt",
    mistake="without a key, the key is empty",
    shows="A token with a signature of the empty key: 200 with johndoe@example.com.",
    sources="RFC 8725, section 3.5; CWE-1188; CVE-2019-20933.",
    description=paragraph(__doc__),
    attempt=attempt,
)
