"""A header can carry a key: `jwk`. The attacker makes a key, signs a token for any
user with it, and puts it into the header. A server that verifies with the key it finds
there verifies every forgery. What stops it is a server that uses its own key and
ignores `jwk`."""

from workbook.attacks.attack import ClassicAttack, paragraph
from workbook.attacks.classics import forger
from workbook.attacks.classics.forging import original, show_each
from workbook.attacks.target import Target


def attempt(target: Target) -> tuple[bool, str]:
    token = original(target)
    shared, public = forger.hmac_jwk(), forger.rsa_jwk()
    forged = {
        "its HS256 key in jwk": forger.sign_with_hmac(token, jwk=shared),
        "its RS256 key in jwk": forger.sign_with_rsa(token, jwk=public),
    }
    return show_each(target, forged, control=forger.sign_with_hmac(token))


ATTACK = ClassicAttack(
    name="send_the_key_along",
    title="Send the key along (jwk)",
    attacker="anyone",
    has="network access, a username, and a key of their own",
    step="step04_jwt",
    mistake="the token brings its own key",
    shows="A token with its HS256 key in jwk: 200 with johndoe@example.com.",
    sources="RFC 7515, section 4.1.3; RFC 7519, section 11.1; CWE-347; CVE-2018-0114.",
    description=paragraph(__doc__),
    attempt=attempt,
)
