"""The header still says HS256, and the attacker leaves the signature empty, or
writes one that can't be decoded. A comparison that stops at the shorter of two byte
strings finds no difference, and code that swallows the error goes on. The attacker is
then any user they name. What stops it is a comparison of the whole signature, such as
`hmac.compare_digest`, and a refusal for every error on the way to it."""

from workbook.attacks.attack import ClassicAttack, paragraph
from workbook.attacks.classics.forging import original, random_key, show_each
from workbook.attacks.target import Target

UNDECODABLE = ("A", "!!!!", "=", "null")


def attempt(target: Target) -> tuple[bool, str]:
    token = original(target)
    forged = {
        "an empty signature": token.unsigned() + ".",
        "no signature and no last dot": token.unsigned(),
        **{
            f"the signature {text!r}": f"{token.unsigned()}.{text}"
            for text in UNDECODABLE
        },
    }
    return show_each(target, forged, control=token.signed(random_key()))


ATTACK = ClassicAttack(
    name="leave_out_the_signature",
    title="Leave out the signature",
    attacker="anyone with a token of this server",
    has="network access, and a username",
    step="step04_jwt",
    mistake="an empty signature is accepted",
    shows="A token with an empty signature: 200 with johndoe@example.com.",
    sources="RFC 7515, section 5.2; RFC 8725, section 3.3; CWE-347; CVE-2020-28042.",
    description=paragraph(__doc__),
    attempt=attempt,
)
