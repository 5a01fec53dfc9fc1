"""`kid` names a key that the server doesn't have. Code that looks it up with an
empty default goes on with the empty key, and the attacker has signed a token for any
user with just that one. What stops it is a refusal of every `kid` that isn't known."""

from workbook.attacks.attack import ClassicAttack, paragraph
from workbook.attacks.classics.forging import original, show_each
from workbook.attacks.target import Target


def attempt(target: Target) -> tuple[bool, str]:
    token = original(target)
    forged = {
        f"kid {kid!r} and an empty key": token.signed("", kid=kid)
        for kid in ("unknown", "0", "")
    }
    return show_each(
        target, forged, control=token.signed(""), without="an empty key and no kid"
    )


ATTACK = ClassicAttack(
    name="name_an_unknown_key",
    title="Name an unknown key (kid)",
    attacker="anyone",
    has="network access, and a username",
    step="step04_jwt",
    mistake="an unknown kid has an empty key",
    shows="A token with kid 'unknown' and an empty key: 200 with johndoe@example.com.",
    sources="RFC 7515, section 4.1.4; RFC 8725, section 3.10; CWE-347.",
    description=paragraph(__doc__),
    attempt=attempt,
)
