"""Step 4: a JWT by hand, and one that is not signed."""

import json
from collections.abc import Callable
from typing import Any

from steps.step04_jwt.main import SECRET_KEY, app, create_access_token
from workbook import tokens
from workbook.notebook.asking import bearer, in_process
from workbook.notebook.showing import brief
from workbook.notebook.tasks import NotYet, call, must, task

# RFC 4648, section 10, and RFC 7515, appendix C.
ENCODED = {
    b"f": "Zg",
    b"fo": "Zm8",
    b"foo": "Zm9v",
    bytes([3, 236, 255, 224, 193]): "A-z_4ME",
}

# RFC 7515, appendix A.1.
SIGNING_INPUT = (
    b"eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9."
    b"eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290"
    b"Ijp0cnVlfQ"
)
KEY = tokens.decode(
    "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
)
SIGNATURE = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"


@task("encode takes bytes and returns text, such as 'Zm9v' for b'foo'.")
def encode(function: Any) -> str:
    for raw, expected in ENCODED.items():
        encoded = call(function, raw)
        came = f"From {raw!r} your function makes {encoded!r}."
        must(isinstance(encoded, str), f"{came} It must be text: bytes have .decode().")
        must("=" not in encoded, f"{came} The = at the end must go.")
        must("+" not in encoded and "/" not in encoded, f"{came} URLs want - and _.")
        must(encoded == expected, f"{came} It must be {expected!r}.")
    return "It gives the same results as the examples in RFC 4648 and RFC 7515."


@task("sign takes the text to sign and the key, both bytes, and returns text.")
def sign(function: Any) -> str:
    signed = call(function, SIGNING_INPUT, KEY)
    must(isinstance(signed, str), f"It returns {signed!r}, not text: use encode.")
    must(
        len(signed) == len(SIGNATURE),
        f"It returns {len(signed)} characters, and a signature has 43. Encode the 32 "
        "bytes of the digest, not its hexadecimal digits.",
    )
    must(
        signed == SIGNATURE,
        f"For the example of RFC 7515, appendix A.1, it gives {signed}, and the RFC "
        "has another signature. Is it HMAC of the text, with the key and SHA-256?",
    )
    return "It makes exactly the signature of RFC 7515, appendix A.1."


@task("my_token is the text of a token: two encoded parts and their signature.")
def token(my_token: Any) -> str:
    must(isinstance(my_token, str), f"A token is text, and this is {my_token!r}.")
    library = create_access_token({"sub": "johndoe"})
    answer = in_process(app).get("/users/me", headers=_shown(my_token))
    parts, wanted = my_token.split("."), library.split(".")
    must(
        len(parts) == 3,
        f"It has {len(parts)} parts between its dots, and needs three.",
    )
    for name, part, right in zip(("header", "payload"), parts, wanted, strict=False):
        must(
            part == right,
            f"The {name} reads {_read(part)}, and the library's {_read(right)}. "
            f"The server answers {brief(answer)}.",
        )
    must(
        not tokens.is_signed_with(my_token, bytes.fromhex(SECRET_KEY)),
        "It's signed with the bytes that the hex digits of SECRET_KEY stand for. The "
        "key is the characters themselves: SECRET_KEY.encode().",
    )
    must(
        my_token == library,
        "Header and payload are right, but the signature doesn't match. Does it cover "
        "both parts and the dot between them, with step.SECRET_KEY?",
    )
    return (
        f"It's byte for byte what the library makes, and the server answers "
        f"{brief(answer)}. You never logged in."
    )


@task("my_unsigned is the text of a token: two encoded parts, and a dot at the end.")
def unsigned(my_unsigned: Any, naive_verify: Callable[[str, str], Any]) -> str:
    must(isinstance(my_unsigned, str), f"A token is text, and this is {my_unsigned!r}.")
    parts = my_unsigned.split(".")
    must(
        len(parts) == 3,
        f"It has {len(parts)} parts between its dots, and needs three. The last one "
        "may be empty.",
    )
    must(
        not tokens.is_signed_with(my_unsigned, SECRET_KEY),
        "This is signed with the key, and a forger doesn't have it.",
    )
    try:
        claims = naive_verify(my_unsigned, SECRET_KEY)
    except ValueError as error:
        raise NotYet(f"The verifier refuses it: {error}.") from None
    must(
        isinstance(claims, dict) and claims.get("sub") == "johndoe",
        f"The verifier accepts it, for {claims}. It must be for johndoe.",
    )
    answer = in_process(app).get("/users/me", headers=_shown(my_unsigned))
    return (
        f"The verifier believes that you're johndoe, and you used no key. Step 4 "
        f"doesn't do what the header says: {brief(answer)}."
    )


def _shown(my_token: str) -> dict[str, str]:
    must(my_token.isascii(), "A token is written in base64url, and this one isn't.")
    return bearer(my_token)


def _read(part: str) -> str:
    """A part of a token as text, or as it stands where it is no base64url."""
    try:
        return json.dumps(tokens.decode(part).decode())
    except ValueError:
        return repr(part)
