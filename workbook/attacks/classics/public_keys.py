"""Where an app's public keys are: in its own source, or where it publishes them."""

import json
from typing import Any

import httpx

from workbook import tokens
from workbook.attacks.answers import body_of
from workbook.attacks.target import Target

CONFIGURATION = "/.well-known/openid-configuration"
KEY_SETS = ("/.well-known/jwks.json", "/jwks.json", "/jwks")
PEM_FILES = ("/public.pem", "/public-key")


def find_public_keys(target: Target) -> dict[str, str]:
    """The keys in PEM, by where each was found."""
    found = {
        f"of its source ({number})": pem
        for number, pem in enumerate(target.public_keys, 1)
    }
    configured = body_of(target.client.get(CONFIGURATION)).get("jwks_uri")
    places = [httpx.URL(configured).path] if isinstance(configured, str) else []
    for path in dict.fromkeys([*places, *KEY_SETS]):
        keys = body_of(target.client.get(path)).get("keys")
        for number, key in enumerate(keys if isinstance(keys, list) else (), 1):
            if pem := _pem_of(key):
                found[f"at {path} ({number})"] = pem
    for path in PEM_FILES:
        answer = target.client.get(path)
        if answer.is_success and (pem := _pem_in(answer)):
            found[f"at {path}"] = pem
    return found


def _pem_of(key: Any) -> str | None:
    """A public RSA or EC key, written as a JWK, in PEM."""
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    p256, p384, p521 = ec.SECP256R1(), ec.SECP384R1(), ec.SECP521R1()
    curves = {"P-256": p256, "P-384": p384, "P-521": p521}
    try:
        public: rsa.RSAPublicKey | ec.EllipticCurvePublicKey
        if key["kty"] == "RSA":
            public = rsa.RSAPublicNumbers(_int(key["e"]), _int(key["n"])).public_key()
        else:
            x, y, curve = _int(key["x"]), _int(key["y"]), curves[key["crv"]]
            public = ec.EllipticCurvePublicNumbers(x, y, curve).public_key()
    except (KeyError, TypeError, ValueError):
        return None
    pem = public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode()


def _int(part: str) -> int:
    return int.from_bytes(tokens.decode(part))


def _pem_in(answer: httpx.Response) -> str | None:
    """A text that is a key in PEM, as it comes or as a JSON string."""
    text = answer.text
    if text.startswith('"'):
        try:
            text = json.loads(text)
        except ValueError:
            return None
    return text if "-----BEGIN " in text and " PRIVATE " not in text else None
