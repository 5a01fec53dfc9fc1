"""HMAC has one key for signing and for verifying, so anyone with a token can try
keys on it without asking the server. The attacker goes through a list of keys that
people really use, and with the one that fits signs a token for any user. The list here
is a small part of what Wallarm collected from public code, 104,000 keys. What stops it
is a random key of 32 bytes or more."""

from pathlib import Path

from workbook import tokens
from workbook.attacks.attack import ClassicAttack, paragraph
from workbook.attacks.classics.forging import original, random_key, show_each
from workbook.attacks.target import Target

# From github.com/wallarm/jwt-secrets (MIT), without the tutorial's key, which is an
# attack of the ladder.
WEAK_KEYS = Path(__file__).with_name("weak_keys.txt")


def attempt(target: Target) -> tuple[bool, str]:
    header, _ = target.own_jwt()
    alg = header.get("alg")
    if alg not in tokens.HASHES:
        return False, "The server's tokens are not signed with HMAC: no key to guess."
    seen = target.own_token()
    keys = WEAK_KEYS.read_text("utf-8").splitlines()
    unsigned = seen.rpartition(".")[0]
    fitting = [key for key in keys if tokens.signed(unsigned, key, alg=alg) == seen]
    if not fitting:
        return False, f"None of {len(keys)} keys that people use signed this token."
    key = fitting[0]
    token = original(target)
    forged = {
        f"{what}, signed with {key!r} from a list of {len(keys)} keys": (
            changed.signed(key)
        )
        for what, changed in token.changed().items()
    }
    return show_each(target, forged, control=token.signed(random_key()))


ATTACK = ClassicAttack(
    name="crack_a_weak_key",
    title="Crack a weak key",
    attacker="anyone with a token of this server",
    has="one token, and a list of keys that people use",
    step="step04_jwt",
    mistake="the key is a placeholder",
    shows=(
        "A token with one claim more, signed with 'your-secret-key' from a list of "
        "78 keys: 200 with johndoe@example.com."
    ),
    sources="RFC 8725, sections 2.2 and 3.5; CWE-1391.",
    description=paragraph(__doc__),
    attempt=attempt,
)
