"""The forger's own keys. Each server that believes a token about its key gets one."""

from functools import cache
from typing import TYPE_CHECKING

from workbook import tokens
from workbook.attacks.classics.forging import Original

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

HMAC_KEY = "a key of the forger's own, as long as HS256 wants it"
KID = "forged"


def hmac_jwk() -> dict[str, str]:
    """The shared key as a JWK (RFC 7517, section 4)."""
    key = tokens.encode(HMAC_KEY.encode())
    return {"kty": "oct", "kid": KID, "alg": "HS256", "k": key}


def rsa_jwk() -> dict[str, str]:
    """The public half of the RSA key as a JWK."""
    numbers = _rsa_key().public_key().public_numbers()
    modulus = tokens.encode(numbers.n.to_bytes(numbers.n.bit_length() // 8))
    return {"kty": "RSA", "kid": KID, "alg": "RS256", "n": modulus, "e": "AQAB"}


def sign_with_hmac(original: Original, **header: object) -> str:
    """The claims of a token, signed with the shared key."""
    parameters = {"alg": "HS256", "kid": KID, **header}
    return tokens.signed(original.unsigned(**parameters), HMAC_KEY)


def sign_with_rsa(original: Original, **header: object) -> str:
    """The claims of a token, signed with the private half of the RSA key."""
    from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
    from cryptography.hazmat.primitives.hashes import SHA256

    unsigned = original.unsigned(**{"alg": "RS256", "kid": KID, **header})
    signature = _rsa_key().sign(unsigned.encode(), PKCS1v15(), SHA256())
    return f"{unsigned}.{tokens.encode(signature)}"


@cache
def _rsa_key() -> "RSAPrivateKey":
    from cryptography.hazmat.primitives.asymmetric import rsa

    return rsa.generate_private_key(public_exponent=65537, key_size=2048)
