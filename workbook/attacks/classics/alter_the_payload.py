"""The attacker takes any token of this server and changes what it says: another
name, a later end. The signature stays the old one and no longer fits. Where the server
decodes tokens and doesn't verify them, the attacker is whoever the payload names. What
stops it is a library call that verifies the signature, and no way around that call."""

from workbook.attacks.attack import ClassicAttack, paragraph
from workbook.attacks.classics.forging import (
    RANDOM_SIGNATURE,
    original,
    random_key,
    show_each,
)
from workbook.attacks.target import Target


def attempt(target: Target) -> tuple[bool, str]:
    token = original(target)
    forged = {
        f"{what} under the old signature": f"{changed.unsigned()}.{token.signature}"
        for what, changed in token.changed().items()
    }
    forged[RANDOM_SIGNATURE] = f"{token.unsigned()}.{random_key()}"
    return show_each(target, forged, control="not.a.token", without="nothing in it")


ATTACK = ClassicAttack(
    name="alter_the_payload",
    title="Alter the payload",
    attacker="anyone with a token of this server",
    has="network access, and one token, such as their own",
    step="step04_jwt",
    mistake="the signature is not verified",
    shows=(
        "A token with one claim more under the old signature: 200 with "
        "johndoe@example.com."
    ),
    sources="RFC 7515, section 5.2; CWE-347.",
    description=paragraph(__doc__),
    attempt=attempt,
)
