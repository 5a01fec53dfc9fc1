"""The spellings in which a secret still is one, or can be tried against a list."""

import base64
import hashlib
import re
import zlib
from collections.abc import Iterator
from functools import lru_cache

# What is left of half a secret of this length can be searched for.
LONG = 32
# So many characters of it are no chance, and a good beginning.
PART = 8
LONGEST_UNZIPPED = 100_000
HASHES = (
    *("md5", "sha1", "sha224", "sha256", "sha384", "sha512"),
    *("sha3_256", "sha3_512"),
)
# BLAKE2 makes another hash of another length.
LENGTHS = (4, 8, 16, 20, 32)
# Of a hash, so many letters still tell which guess is right.
BEGINNING_OF_A_HASH = 8


# Each answer is searched for the same few secrets.
@lru_cache(maxsize=32)
def spellings_of(secret: str) -> dict[str, str]:
    """How a secret may be written down, by the words for it. Hashes are among them: one
    of a password or a key can be searched for."""
    raw = secret.encode()
    spellings = {
        "in clear": secret,
        "in hex": raw.hex(),
        "in capital hex": raw.hex().upper(),
        **_in_base64(raw),
        "in base32": base64.b32encode(raw).decode().rstrip("=")[:-1],
        "backwards": secret[::-1],
    }
    if len(secret) >= LONG:
        spellings[f"in its first {PART} characters"] = secret[:PART]
        spellings[f"in its last {PART} characters"] = secret[-PART:]
        spellings["in its first half"] = secret[: len(secret) // 2]
        spellings["in its second half"] = secret[len(secret) // 2 :]
    # RFC 7638: what names a key, and is a hash of it.
    key = base64.urlsafe_b64encode(raw).decode().rstrip("=")
    thumbprint = hashlib.sha256(f'{{"k":"{key}","kty":"oct"}}'.encode()).digest()
    spellings["as a thumbprint"] = (
        base64.urlsafe_b64encode(thumbprint).decode().rstrip("=")
    )
    for name, digest in _hashes_of(raw):
        for how, spelt in (
            ("", digest.hex()),
            (" in capitals", digest.hex().upper()),
            (" with colons", digest.hex(":")),
            (" in capitals with colons", digest.hex(":").upper()),
            (" in base64", base64.b64encode(digest).decode()),
            (" in base64url", base64.urlsafe_b64encode(digest).decode()),
        ):
            spellings[f"as its {name}{how}"] = spelt[:BEGINNING_OF_A_HASH]
    spellings["as its CRC-32"] = f"{zlib.crc32(raw):08x}"
    return spellings


def _hashes_of(raw: bytes) -> Iterator[tuple[str, bytes]]:
    for name in HASHES:
        yield name, hashlib.new(name, raw).digest()
    yield "blake2b", hashlib.blake2b(raw).digest()
    for length in LENGTHS:
        for name, blake in (("blake2b", hashlib.blake2b), ("blake2s", hashlib.blake2s)):
            yield f"{name} of {length} bytes", blake(raw, digest_size=length).digest()


def opened(text: str) -> Iterator[str]:
    """The text, and what is in its parts that are base64: a session cookie of Flask or
    of Starlette is one, and may be compressed in it. It hides nothing."""
    yield text
    for part in re.findall(r"[\w+/-]{16,}", text):
        try:
            raw = base64.urlsafe_b64decode(
                part.replace("+", "-").replace("/", "_") + "=="
            )
        except ValueError:
            continue
        yield raw.decode("latin-1")
        unzipped = zlib.decompressobj()
        try:
            yield unzipped.decompress(raw, LONGEST_UNZIPPED).decode("latin-1")
        except zlib.error:
            continue


def _in_base64(raw: bytes) -> dict[str, str]:
    """base64 takes three bytes at a time, so the same text is written in three ways,
    by what is before it. What the bytes around it change, at both ends, is cut off."""
    spellings = {}
    for before in range(3):
        whole = bytes(before) + raw
        first, last = (before * 8 + 5) // 6, len(whole) * 8 // 6
        where = f" behind {before} bytes" if before else ""
        for name, encode in (
            ("base64", base64.b64encode),
            ("base64url", base64.urlsafe_b64encode),
        ):
            spellings[f"in {name}{where}"] = encode(whole).decode()[first:last]
    return spellings
