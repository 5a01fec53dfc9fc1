"""Tokens that a forger makes, in tables: each has a name for the reader.

None of them has a good signature of the server's key, but for those that a test signs
itself. What makes them is `workbook.tokens`, since no library makes them.
"""

import contextlib
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

from jose import jwe

from workbook import tokens

# Algorithms of encryption, each with the number of bytes of its key.
ENCRYPTIONS = {
    "encrypted with the key": ("A256CBC-HS512", 64),
    "encrypted with 32 bytes of the key": ("A256GCM", 32),
    "encrypted with 32 bytes, and an HMAC": ("A128CBC-HS256", 32),
}
# Keys that a forger tries first: empty, the words of the code, of the tutorial, of
# other tutorials, and what a library makes of no key at all.
GUESSES = (
    *("", "secret", "SECRET_KEY", "your-secret-key", "your_secret_key", "changeme"),
    *("HS256", "none", "None", "null", "undefined", "0", "key", "password", "jwt"),
    "$2b$12$EixZaYVK1fsbw1ZfbX3OXePaWxn96p36WQoeG6Lruj3vjPGga31lW",
    *(
        "johndoe",
        "alice",
        "fakehashedsecret",
        "supersecret",
        "test",
        "\0",
        " ",
        "\0" * 32,
    ),
    "a-string-secret-at-least-256-bits-long",
    "your-256-bit-secret",
    "qwertyuiopasdfghjklzxcvbnm123456",
)

BAD_ALGORITHMS: tuple[object, ...] = (
    *("none", "None", "NONE", "nOnE", "none ", " none", "", " "),
    *("hs256", "Hs256", "HS256 ", " HS256", "HS256\n", "HS256\0", "HS25", "HS2560"),
    *("H", "HS", "S2", "256", "HS256,none", "none,HS256"),
    *("HS384", "HS512", "RS256", "ES256", "PS256", "EdDSA", "SHA256", "HMAC", "dir"),
    *(None, True, 0, 256, [], ["HS256"], ["none"], ["none", "HS256"], {}, {"HS256": 1}),
)


def header_of(token: str) -> dict[str, Any]:
    """The header of a token that the server made."""
    return tokens.read(token)[0]


def unsigned_headers(typ: str) -> list[dict[str, object]]:
    """Headers that don't say `"alg": "HS256"`, in all the ways not to say it."""
    return [
        {"typ": typ},
        {"typ": typ, "Alg": "HS256"},
        {"typ": typ, "algorithm": "HS256"},
        *({"alg": alg, "typ": typ} for alg in BAD_ALGORITHMS),
    ]


def not_a_jwt(good: str) -> dict[str, str]:
    """Texts that aren't three parts with dots between them, around two JSON objects."""
    header, payload, signature = good.split(".")
    words = ["johndoe", "alice", "username:johndoe", "secret", "null", "undefined"]
    return {
        **{word: word for word in words},
        "a dot": ".",
        "two dots": "..",
        "three dots": "...",
        "three letters": "a.b.c",
        "a header alone": header,
        "a header and a dot": f"{header}.",
        "a payload alone": payload,
        "a header and a payload": f"{header}.{payload}",
        "no header": f".{payload}.{signature}",
        "no header and no dot": f"{payload}.{signature}",
        "no payload": f"{header}..{signature}",
        "a signature alone": f"..{signature}",
        "the parts in another order": f"{signature}.{payload}.{header}",
        "the payload twice": f"{header}.{payload}.{payload}",
        "four parts": f"{header}.{payload}.{payload}.{signature}",
        "five parts, as an encrypted one has": f"{good}.e30.e30",
        "escapes for dots": good.replace(".", "%2E"),
        "an escape for a letter": f"%65{good[1:]}",
        "in base64": tokens.encode(good.encode()),
        "in hex": good.encode().hex(),
        "colons for dots": good.replace(".", ":"),
        "commas for dots": good.replace(".", ","),
        "dashes for dots": good.replace(".", "-"),
        "slashes for dots": good.replace(".", "/"),
        "an empty object as the header": f"e30.{payload}.{signature}",
        "a list as the header": f"W10.{payload}.{signature}",
        "a header that is no base64url": f"!!!!.{payload}.{signature}",
        "a payload that is no base64url": f"{header}.!!!!.{signature}",
        "an empty object as the payload": f"{header}.e30.{signature}",
    }


def something_added(good: str) -> dict[str, str]:
    """A good token, and more, or the same in one of the JSON forms of a signed text
    (RFC 7515, section 7.2), which aren't a JWT."""
    names = ("protected", "payload", "signature")
    parts = dict(zip(names, good.split("."), strict=True))
    return {
        "as JSON": json.dumps(parts, separators=(",", ":")),
        "as JSON, with a list of signatures": json.dumps(
            {"payload": parts.pop("payload"), "signatures": [parts]},
            separators=(",", ":"),
        ),
        "a dot": f"{good}.",
        "a dot before": f".{good}",
        "an empty object": f"{good}.e30",
        "the scheme once more": f"Bearer {good}",
        "quotes": f'"{good}"',
        "single quotes": f"'{good}'",
        "angle brackets": f"<{good}>",
        "letters": f"{good}AAAA",
        "another token": f"{good},{good}",
        "a blank and a word": f"{good} johndoe",
        "a blank in it": f"{good[:30]} {good[30:]}",
        "a tab in it": f"{good[:45]}\t{good[45:]}",
        "a username before": f"johndoe:{good}",
        "the value of a parameter": f"token={good}",
        "the value of a parameter, in quotes": f'token="{good}"',
        "a comma": f"{good},",
        "a semicolon": f"{good};",
    }


def encrypted(claims: dict[str, object], key: str) -> dict[str, str]:
    """Claims that are encrypted with the key (RFC 7516), where it has a length that an
    algorithm takes. Nobody has signed them."""
    text = json.dumps(claims).encode()
    made = {}
    for name, (encryption, cut) in ENCRYPTIONS.items():
        raw = key.encode()[:cut]
        if len(raw) == cut:
            how = {"algorithm": "dir", "encryption": encryption}
            made[name] = jwe.encrypt(text, raw, **how).decode()
    return made


def broken_signatures(good: str, forged: str) -> dict[str, str]:
    """Tokens with a signature that isn't one. `forged` is the header and payload of a
    token that the server never made, `good` one that it did."""
    signed, _, signature = good.rpartition(".")
    raw = tokens.decode(signature)
    unhashed = {
        "no signature and no dot": signed,
        "an empty signature": f"{signed}.",
        "the first letter": f"{signed}.{signature[0]}",
        "half": f"{signed}.{signature[: len(signature) // 2]}",
        "the second half": f"{signed}.{signature[len(signature) // 2 :]}",
        **{
            f"{cut} letters less": f"{signed}.{signature[:-cut]}"
            for cut in (2, 3, 4, 8)
        },
        "a byte more": f"{signed}.{tokens.encode(raw + b'A')}",
        "twice": f"{signed}.{signature}{signature}",
        "backwards": f"{signed}.{signature[::-1]}",
        "in hex": f"{signed}.{raw.hex()}",
        "in capitals": f"{signed}.{signature.upper()}",
        "zeros": f"{signed}.{tokens.encode(bytes(32))}",
    }
    undecodable = (
        "A",
        "AAAAA",
        "!!!!",
        "====",
        "=",
        "%",
        "none",
        "null",
        "\u00e9",
        "*",
    )
    made_without_the_key = {
        "a hash without a key": tokens.encode(tokens.digest(forged)),
        "32 zeros": tokens.encode(bytes(32)),
        "the signature of another token": signature,
        "an empty one": "",
    }
    return (
        unhashed
        | {f"the signature {text!r}": f"{forged}.{text}" for text in undecodable}
        | {name: f"{forged}.{text}" for name, text in made_without_the_key.items()}
    )


def one_bit_changed(good: str) -> dict[str, str]:
    """One bit of the first, the middle and the last byte of each part, turned over."""
    parts = good.split(".")
    changed = {}
    for number, part in enumerate(("header", "payload", "signature")):
        raw = tokens.decode(parts[number])
        places = {"first": 0, "middle": len(raw) // 2, "last": len(raw) - 1}
        for where, place in places.items():
            for bit in (0x01, 0x80):
                bent = bytearray(raw)
                bent[place] ^= bit
                others = [*parts]
                others[number] = tokens.encode(bytes(bent))
                name = f"bit {bit:#04x} of the {where} byte of the {part}"
                changed[name] = ".".join(others)
    return changed


def keys_in_the_header(claims: object, typ: str) -> dict[str, str]:
    """Tokens that are signed with a key of the forger's, which the header carries or
    points at."""
    key = "a key of the forger that is long enough for HS256"
    jwk = {"kty": "oct", "k": tokens.encode(key.encode()), "alg": "HS256"}
    headers: dict[str, tuple[dict[str, object], str]] = {
        "jwk": ({"jwk": jwk}, key),
        "jwk and kid": ({"jwk": jwk | {"kid": "forged"}, "kid": "forged"}, key),
        "jku": ({"jku": "http://127.0.0.1:9/keys.json", "kid": "forged"}, key),
        "x5u": ({"x5u": "http://127.0.0.1:9/certificate.pem"}, key),
        "x5c": ({"x5c": [tokens.encode(key.encode())]}, key),
        "key": ({"key": key, "secret": key}, key),
        "kid is the key": ({"kid": key}, key),
    }
    files = ("/dev/null", "../../../../../../dev/null", "", "none", "null")
    headers |= {f"kid {name!r}": ({"kid": name}, "") for name in files}
    injected = "' UNION SELECT 'forged"
    headers["kid with SQL"] = ({"kid": injected}, "forged")
    return {
        name: tokens.sign(claims, secret, header={"typ": typ, **header})
        for name, (header, secret) in headers.items()
    }


@contextlib.contextmanager
def key_server() -> Iterator[tuple[str, str, list[str]]]:
    """A forger's key set on loopback: its URL, the key, and the paths asked for."""
    key = "a key of the forger that is long enough for HS256"
    jwk = {"kty": "oct", "k": tokens.encode(key.encode()), "alg": "HS256"}
    asked: list[str] = []

    class KeySet(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            body = json.dumps({"keys": [jwk]}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """Prints nothing."""

    with HTTPServer(("127.0.0.1", 0), KeySet) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/keys.json", key, asked
        finally:
            server.shutdown()
            thread.join()
