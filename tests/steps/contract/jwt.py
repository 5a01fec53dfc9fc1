"""From step 4 on: the token is a JWT signed with HMAC-SHA256, `sub` is its user."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.steps.contract import ALICE, JOHNDOE, Contract, bad_or_no_token
from workbook import tokens
from workbook.checking import Server

Sign = Callable[..., str]
Claims = Callable[..., dict[str, object]]


@pytest.fixture(scope="module")
def good(server: Server, contract: Contract) -> Claims:
    """Claims as the server itself makes them, for a test that changes one thing. A
    `sub` that is a string is taken for a username."""
    _, _, claims = read(server)

    def good(sub: object, **others: object) -> dict[str, object]:
        if isinstance(sub, str):
            sub = contract.subject.format(username=sub)
        return claims | {"sub": sub} | others

    return good


@pytest.mark.standard("RFC 7515", "3.1")
@pytest.mark.standard("RFC 7519", "3")
def test_the_token_is_a_jwt(server: Server):
    """Three base64url parts with dots between them: header, payload, signature. Any
    library in any language can then read it."""
    read(server)


@pytest.mark.standard("RFC 7515", "4.1.1")
@pytest.mark.standard("RFC 7518", "3.2")
def test_the_header_names_hs256(server: Server):
    """The header says which algorithm signed. It is a note for the reader, and the
    verifier must never take its choice from there."""
    answer, header, _ = read(server)
    answer.must(
        header.get("alg") == "HS256",
        expected='a header with "alg": "HS256"',
        wrong=f"the header is {header}",
    )


@pytest.mark.parametrize("user", [JOHNDOE, ALICE], ids=["johndoe", "alice"])
@pytest.mark.standard("RFC 7519", "4.1.2")
def test_sub_is_the_username(server: Server, contract: Contract, user: dict[str, str]):
    """The subject is whom the token is about. Every later request is made in this
    name."""
    answer, _, claims = read(server, user)
    sub = contract.subject.format(username=user["username"])
    answer.must(
        claims.get("sub") == sub,
        expected=f'a payload with "sub": "{sub}"',
        wrong=f"the payload is {claims}",
    )


def test_the_payload_holds_nothing_secret(server: Server, contract: Contract):
    """A JWT is signed, not encrypted: whoever sees the token reads the payload."""
    answer, _, claims = read(server)
    # The password, the same in base64, and the hash with and without its beginning.
    secrets = ("secret", "c2VjcmV0", "$2", contract.stored_hash[-31:])
    answer.must(
        not any(word in str(value) for value in claims.values() for word in secrets)
        and not any("password" in name for name in claims),
        expected='a payload with "sub" and no word of the password or its hash',
        wrong=f"the payload is {claims}",
    )


@pytest.mark.standard("RFC 7515", "5.1")
def test_the_token_is_signed_with_the_key(server: Server, secret_key: str):
    """The signature is HMAC-SHA256 over header and payload, with the characters of
    SECRET_KEY as they stand, not with the bytes that its hex digits spell."""
    answer, _, _ = read(server)
    answer.must(
        tokens.is_signed_with(answer.token, secret_key),
        expected="a signature made with SECRET_KEY",
        wrong="that key does not make this signature",
    )


def test_a_token_that_the_key_signed_is_good(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """The server keeps no list of tokens: the signature alone says that it is one.
    This token was made by the test, with the server's key."""
    token = sign(good("johndoe", jti="made by the test"))
    server.get(path, token=token).must_be(contract.guarded[path])


@pytest.mark.standard("RFC 7519", "4.1.2")
def test_a_signed_token_for_alice_is_alices(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """The user is the one in `sub`, and she is inactive still."""
    server.get(path, token=sign(good("alice"))).must_be(contract.inactive)


def test_other_claims_do_not_change_the_record(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """The record comes from the database. A token is a statement about who, made a
    while ago, and not about what their account is now."""
    claims = good("johndoe", username="alice", full_name="Mallory", disabled=True)
    server.get(path, token=sign(claims)).must_be(contract.guarded[path])


def test_a_claim_cannot_make_alice_active(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """Whether an account is disabled is asked of the database, at each request."""
    claims = good("alice", disabled=False, username="johndoe")
    server.get(path, token=sign(claims)).must_be(contract.inactive)


@pytest.mark.standard("RFC 7519", "7.2")
@pytest.mark.parametrize(
    "token",
    [
        "johndoe",
        "secret",
        "null",
        "undefined",
        ".",
        "..",
        "a.b.c",
        "eyJhbGciOiJIUzI1NiJ9",
        "eyJhbGciOiJIUzI1NiJ9.e30",
        "eyJhbGciOiJIUzI1NiJ9.e30.e30",
        "e30.e30.e30",
        "W10.e30.e30",
    ],
)
def test_what_is_no_jwt_is_refused(
    server: Server, contract: Contract, path: str, token: str
):
    """The username was a token until the last step. Now everything that is not a good
    JWT gets one answer, and nothing crashes on it."""
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7515", "5.2")
@pytest.mark.parametrize(
    "bend",
    [
        "{token}.",
        "{token}.e30",
        ".{token}",
        "Bearer {token}",
        '"{token}"',
        "{token}AAAA",
    ],
)
def test_a_token_with_something_added_is_refused(
    server: Server, contract: Contract, path: str, johndoe_token: str, bend: str
):
    """A token is taken whole or not at all."""
    answer = server.get(path, token=bend.format(token=johndoe_token))
    answer.must_be(bad_or_no_token(contract, answer))


@pytest.mark.standard("RFC 7515", "5.2")
def test_a_payload_put_under_another_signature_is_refused(
    server: Server, contract: Contract, path: str, good: Claims, alice_token: str
):
    """alice keeps her signature and writes johndoe into the payload. The signature
    covers header and payload, so it no longer fits."""
    header, _, signature = alice_token.split(".")
    forged = tokens.encode_json(good("johndoe"))
    token = f"{header}.{forged}.{signature}"
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7515", "5.2")
@pytest.mark.parametrize("how", ["changed", "shortened", "empty", "left out"])
def test_a_broken_signature_is_refused(
    server: Server, contract: Contract, path: str, johndoe_token: str, how: str
):
    """Without its signature a token is a note that anyone could have written."""
    signed, _, signature = johndoe_token.rpartition(".")
    first = "A" if signature[0] != "A" else "B"
    token = {
        "changed": f"{signed}.{first}{signature[1:]}",
        "shortened": f"{signed}.{signature[:-4]}",
        "empty": f"{signed}.",
        "left out": signed,
    }[how]
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7515", "5.2")
@pytest.mark.parametrize(
    "key", ["", "secret", "SECRET_KEY", "your-secret-key", "HS256"]
)
def test_another_key_is_refused(
    server: Server, contract: Contract, path: str, good: Claims, key: str
):
    """A forger has every algorithm and every library, and has not the key."""
    token = tokens.sign(good("johndoe"), key)
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7515", "5.2")
def test_the_bytes_behind_the_hex_digits_are_another_key(
    server: Server, contract: Contract, path: str, secret_key: str, good: Claims
):
    """SECRET_KEY is a string of hex digits, and its characters are the key. A server
    that takes a second key has a second way in."""
    try:
        key = bytes.fromhex(secret_key)
    except ValueError:
        pytest.skip("the key of this server is not written in hex digits")
    token = tokens.sign(good("johndoe"), key)
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 8725", "3.1")
@pytest.mark.parametrize("alg", ["none", "None", "NONE", "nOnE", ""])
def test_an_unsigned_token_is_refused(
    server: Server, contract: Contract, path: str, good: Claims, alg: str
):
    """`"alg": "none"` asks the server not to check. Servers that take the algorithm
    from the token have obeyed."""
    header = {"alg": alg, "typ": "JWT"}
    token = tokens.unsigned(good("johndoe"), header=header) + "."
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 8725", "3.1")
@pytest.mark.parametrize("alg", ["HS384", "HS512"])
def test_another_algorithm_is_refused(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, alg: str
):
    """The key is right and the signature fits: still the verifier's list decides, and
    it has one entry. A second entry is one more thing to get wrong."""
    token = sign(good("johndoe"), alg=alg)
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 8725", "3.1")
@pytest.mark.parametrize("alg", ["none", "RS256", "ES256", "HS512", "hs256"])
def test_a_header_that_names_another_algorithm_is_refused(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, alg: str
):
    """Signed with the right key by HMAC-SHA256, and the header says otherwise. A
    verifier that then does as the header says can be led anywhere."""
    token = sign(good("johndoe"), header={"alg": alg})
    server.get(path, token=token).must_be(contract.bad_token)


def test_a_key_that_comes_with_the_token_is_not_used(
    server: Server, contract: Contract, path: str, good: Claims
):
    """A header can carry a key, `jwk`. The forger signed with that one: the verifier
    knows its key and takes none from a stranger."""
    key = "a key of the forger"
    jwk = {"kty": "oct", "k": tokens.encode(key.encode())}
    token = tokens.sign(good("johndoe"), key, header={"jwk": jwk, "kid": "forged"})
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 9068", "2.2")
def test_a_token_without_a_subject_is_refused(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """A good signature, and nobody it speaks for. Other claims that look like a user
    do not stand in."""
    claims = good(None, username="johndoe", user="johndoe", name="johndoe")
    del claims["sub"]
    server.get(path, token=sign(claims)).must_be(contract.bad_token)


@pytest.mark.standard("RFC 8725", "3.8")
@pytest.mark.parametrize(
    "sub", ["nobody", "", "JohnDoe", "johndoe ", "john%", "nobody' OR '1'='1"]
)
def test_a_subject_that_is_no_user_is_refused(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, sub: str
):
    """A user can be gone while their token is still good."""
    server.get(path, token=sign(good(sub))).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7519", "4.1.2")
@pytest.mark.parametrize(
    "sub", [None, True, 1, ["johndoe"], {"username": "johndoe"}], ids=json.dumps
)
def test_a_subject_that_is_no_string_is_refused(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, sub: object
):
    """`sub` is a string. Anything else must be turned down before it is looked up."""
    server.get(path, token=sign(good(sub))).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7519", "7.2")
@pytest.mark.parametrize("payload", ["johndoe", ["johndoe"], None, 1], ids=json.dumps)
def test_a_payload_that_is_no_object_is_refused(
    server: Server, contract: Contract, path: str, sign: Sign, payload: object
):
    """Claims are a JSON object. Signed JSON of another kind is no JWT."""
    server.get(path, token=sign(payload)).must_be(contract.bad_token)


def read(
    server: Server, user: dict[str, str] = JOHNDOE
) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """Logs in and opens the token: the answer, its header, its claims."""
    answer = server.login(**user)
    try:
        return answer, *tokens.read(answer.token)
    except ValueError as error:
        raise answer.unmet("an access_token that is a JWT", [str(error)]) from None
