"""Compact JWS tokens made and read by hand, with the standard library alone.

Libraries refuse to make the tokens that a forger makes. A suite and an attack need
those, so this writes any header, any claims and any signature (RFC 7515, section 3.1).
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from typing import Any

HASHES = {"HS256": "sha256", "HS384": "sha384", "HS512": "sha512"}


def sign(
    claims: object,
    key: str | bytes,
    *,
    alg: str = "HS256",
    header: Mapping[str, Any] | None = None,
) -> str:
    """The claims as a token signed with HMAC.

    `alg` picks the hash; `header` is merged over `{"alg": alg, "typ": "JWT"}`, so
    it can claim another algorithm than the one that signed.
    """
    signing_input = unsigned(
        claims, header={"alg": alg, "typ": "JWT", **(header or {})}
    )
    return signed(signing_input, key, alg=alg)


def signed(signing_input: str, key: str | bytes, *, alg: str = "HS256") -> str:
    """Any text with its signature behind a dot, whether or not it is a token."""
    secret = key.encode() if isinstance(key, str) else key
    digest = hmac.new(secret, signing_input.encode(), HASHES[alg]).digest()
    return f"{signing_input}.{encode(digest)}"


def digest(signing_input: str) -> bytes:
    """SHA-256 without a key: what is no signature, since anyone can compute it."""
    return hashlib.sha256(signing_input.encode()).digest()


def unsigned(claims: object, *, header: object) -> str:
    """Header and payload joined by a dot: what a signature is made over."""
    return f"{encode_json(header)}.{encode_json(claims)}"


def is_signed_with(token: str, key: str | bytes) -> bool:
    """Whether HMAC-SHA256 with `key` makes the token's signature."""
    signing_input, _, signature = token.rpartition(".")
    secret = key.encode() if isinstance(key, str) else key
    digest = hmac.new(secret, signing_input.encode(), hashlib.sha256).digest()
    return hmac.compare_digest(encode(digest), signature)


def read(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a compact JWS; no key is needed, nothing is verified.

    Raises `ValueError` when it is not three base64url parts around two JSON objects.
    """
    parts = token.split(".")
    if len(parts) != 3:
        raise ValueError(f"a compact JWS has three parts, this has {len(parts)}")
    header, claims = (json.loads(decode(part)) for part in parts[:2])
    if not isinstance(header, dict) or not isinstance(claims, dict):
        raise ValueError("header and payload must be JSON objects")
    return header, claims


def encode(raw: bytes) -> str:
    """base64url without padding (RFC 7515, section 2)."""
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def decode(part: str) -> bytes:
    """The bytes behind a base64url part, padded or not; raises `ValueError`."""
    return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))


def encode_json(value: object) -> str:
    """A JSON value as a part of a token."""
    return encode(json.dumps(value, separators=(",", ":")).encode())
