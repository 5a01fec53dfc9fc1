"""The token is a JWT signed with HMAC-SHA256, and `sub` is its user."""

import json
import re
from collections.abc import Callable
from typing import Any

import pytest

from tests.steps.contract import (
    ALICE,
    JOHNDOE,
    Contract,
    bad_or_no_token,
    few,
    must_all,
    must_be_bad,
    users_who_log_in,
    who_logs_in,
    without_scope,
)
from tests.steps.contract.forged import (
    GUESSES,
    broken_signatures,
    encrypted,
    header_of,
    key_server,
    keys_in_the_header,
    not_a_jwt,
    one_bit_changed,
    something_added,
    unsigned_headers,
)
from tests.steps.contract.leaks import paths_of, secrets_in
from tests.steps.contract.spelt import spellings_of
from tests.steps.contract.typed import USERNAMES_LIKE_JOHNDOE
from workbook import tokens
from workbook.checking import Answer, Server

Sign = Callable[..., str]
# Claims that others put into tokens, and that an app might believe.
CLAIMED: dict[str, object] = {
    **dict.fromkeys(("username", "user", "name", "preferred_username"), "alice"),
    **dict.fromkeys(("user_id", "uid", "id", "nickname", "upn", "client_id"), "alice"),
    "full_name": "Mallory",
    "email": "mallory@example.com",
    "hashed_password": "x",
    "act": {"sub": "alice"},
    "user_metadata": {"username": "alice"},
    **dict.fromkeys(("scope", "role", "permissions", "ver", "sid", "nonce"), "me"),
    **dict.fromkeys(("disabled", "is_disabled", "blocked", "admin"), True),
    **dict.fromkeys(("active", "is_active", "enabled"), False),
    # Any JSON can be the value of a claim.
    **{"roles": ["admin"], "groups": [], "amr": None, "score": 1.5, "address": {}},
}
# Claims in which other services tell a name.
LIKE_A_SUBJECT = (
    *("username", "user", "name", "preferred_username", "unique_name", "nickname"),
    *("email", "upn", "uid", "user_id", "id", "login", "identity", "user_name"),
)
# What some apps write before a username, to say what kind of thing it names.
BEFORE_A_NAME = ("username:", "user:", "sub:", "mailto:", "urn:user:", "local|", "/")
# Fields of a form in which a client can write a name that is not the user's.
FIELDS = (
    "client_id",
    "client_secret",
    "scope",
    "sub",
    "user",
    "name",
    "email",
    "login",
)
# Headers that are JSON and no object. Some contain what a search would find.
NO_OBJECTS: tuple[object, ...] = (
    [],
    "x",
    1,
    ["alg", "HS256"],
    [{"alg": "HS256"}],
    '{"alg":"HS256"}',
)
# RFC 7519, section 4.1, and the type of a token: they mean something.
REGISTERED = {*("iss", "sub", "aud", "exp", "nbf", "iat", "jti"), "typ"}
# So many names make no token of a thousand characters.
IN_A_TOKEN = 16
# So many letters of a hash or a key in a token are no chance.
PIECE = 8
PROMOTED: dict[str, object] = {
    **dict.fromkeys(("disabled", "is_disabled", "blocked", "locked"), False),
    **dict.fromkeys(("active", "is_active", "enabled", "admin", "is_admin"), True),
    **dict.fromkeys(("role", "roles", "scope", "group"), "admin"),
    **dict.fromkeys(("username", "user", "preferred_username"), "johndoe"),
    "act": {"sub": "johndoe"},
}
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
        difference=f"the header is {header}",
    )


@pytest.mark.parametrize("user", [JOHNDOE, ALICE], ids=["johndoe", "alice"])
@pytest.mark.standard("RFC 7519", "4.1.2")
def test_sub_is_the_username(server: Server, contract: Contract, user: dict[str, str]):
    """The subject is whom the token is about. Every later request is made in this
    name."""
    user = who_logs_in(contract, user)
    answer, _, claims = read(server, user)
    sub = contract.subject.format(username=user["username"])
    answer.must(
        claims.get("sub") == sub,
        expected=f'a payload with "sub": "{sub}"',
        difference=f"the payload is {claims}",
    )


def test_what_a_client_sends_does_not_change_the_subject(
    server: Server, contract: Contract
):
    """The subject is the user whose password was right. The client writes the form, and
    can write any name into any other field."""

    def check(names: tuple[str, ...]) -> None:
        for name, user in users_who_log_in(contract).items():
            other = "alice" if name == "johndoe" else "johndoe"
            fields = without_scope(dict.fromkeys(names, other), contract)
            answer, _, claims = read(server, user | fields)
            sub = contract.subject.format(username=user["username"])
            answer.must(
                claims.get("sub") == sub,
                expected=f'a payload with "sub": "{sub}", whatever other fields say',
                difference=f"the payload is {claims}",
            )

    must_all({"client_id": FIELDS[:1], "all of them": FIELDS}, check)


def test_the_token_holds_nothing_secret(server: Server, contract: Contract):
    """A JWT is signed, not encrypted: anyone who sees the token reads its header and
    its payload. No password, no hash and no key belongs there, in whatever spelling."""
    client = {"client_id": "app", "client_secret": "a-secret-of-the-client"}
    answer, header, claims = read(server, JOHNDOE | client)
    # app:a-secret-of-the-client, as a client with a secret sends it.
    basic = {"Authorization": "Basic YXBwOmEtc2VjcmV0LW9mLXRoZS1jbGllbnQ="}
    login = server.post("/token", data=contract.grant | JOHNDOE, headers=basic)
    _, others = tokens.read(login.token)
    claims |= {f"{name}, with HTTP Basic": value for name, value in others.items()}
    found = [
        f"the {part} holds {secret} {how}"
        for part, said in {"header": header, "payload": claims}.items()
        for secret, how in secrets_in(
            json.dumps(said), server, contract, JOHNDOE["password"]
        )
    ]
    found += [
        f"it begins to tell {secret} {how}"
        for secret, how in secrets_in(
            json.dumps([header, claims]),
            server,
            contract,
            JOHNDOE["password"],
            beginning=PIECE,
        )
    ]
    pieces = pieces_of(contract.stored_hash[7:]) + pieces_of(
        server.secret_key or contract.secret_key or ""
    )
    if any(piece in json.dumps([header, claims]) for piece in pieces):
        found.append("it holds a piece of the hash or of the key")
    clients = [
        *spellings_of(client["client_secret"]).values(),
        basic["Authorization"][6:],
    ]
    if any(spelt in json.dumps([header, claims]) for spelt in clients):
        found.append("it holds the client's secret")
    found += [
        f"the payload has {name}" for name in claims if "password" in name.lower()
    ]
    answer.must(
        not found,
        expected="a token with no word of the password, the hash or the key in it",
        difference="; ".join(found),
    )


def test_a_token_is_no_password(
    server: Server, contract: Contract, sign: Sign, good: Claims
):
    """If a token works as a password, the login turns it into a new token. A thief who
    has stolen one token then never runs out of them."""
    claims = good("johndoe")
    # The same in each run, as far as it can be: its hash needn't be computed again.
    if "exp" in claims and "jti" not in claims:
        claims["exp"] = 4102444800
    server.login("johndoe", sign(claims)).must_be(contract.bad_login)


def test_no_other_path_hands_out_tokens(server: Server, johndoe_token: str):
    """A password makes a token, and nothing else does. A path that makes a new one of
    an old one keeps a stolen token alive for as long as its thief likes. And a second
    login has to guard all that the first one guards."""
    for path, operations in paths_of(server).items():
        for method in operations:
            if (path, method) == ("/token", "post"):
                continue
            url = re.sub(r"\{[^}]*\}", "johndoe", path)
            form = {"token": johndoe_token, "refresh_token": johndoe_token}
            answer = server.send(method.upper(), url, token=johndoe_token, data=form)
            must_have_no_token(answer, johndoe_token)
    if server.probe is None:
        return
    token = {"token": johndoe_token, "refresh_token": johndoe_token}
    words = [w for w in server.probe.words() if re.fullmatch(r"[\w/.-]*\w/?", w)]
    for path in dict.fromkeys(f"/{word.lstrip('/')}" for word in words):
        if path != "/token":
            for body in ({"json": JOHNDOE | token}, {"data": JOHNDOE | token}):
                answer = server.post(path, token=johndoe_token, **body)
                must_have_no_token(answer, johndoe_token)
                if answer.status in {404, 405}:
                    # It takes no POST, whatever is in it.
                    break


def must_have_no_token(answer: Answer, sent: str = "") -> None:
    """Raises `ContractError` where there's a token in the body or in a header, except
    for the one that was `sent`."""
    told = f"{answer.text} {' '.join(answer.headers.values())}"
    if answer.status == 422:
        # That of FastAPI repeats what was sent.
        told = told.replace(sent, "")
    answer.must(
        not re.search(r"eyJ[\w-]+\.[\w-]+\.[\w-]+", told),
        expected="an answer without a token",
        difference="there is a token in it",
    )


@pytest.mark.standard("RFC 7515", "5.1")
def test_the_token_is_signed_with_the_key(server: Server, secret_key: str):
    """The signature is HMAC-SHA256 over header and payload, with the characters of
    SECRET_KEY as they stand, not with the bytes that its hex digits spell."""
    answer, _, _ = read(server)
    answer.must(
        tokens.is_signed_with(answer.token, secret_key),
        expected="a signature made with SECRET_KEY",
        difference="that key does not make this signature",
    )


def test_a_token_signed_with_the_key_is_accepted(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """The server keeps no list of tokens: the signature alone says that it is one.
    These were made by the test, with the server's key. Whatever your login writes into
    a token besides what the page asks for, another one doesn't need it. A long one is
    good, too, up to a thousand characters."""
    claims = good("johndoe", jti="made by the test")
    alone = {name: claims[name] for name in contract.required if name in claims}
    short = len(sign(claims | {"note": ""}))
    cases = {
        "with the claims of a login": sign(claims),
        "with no claim but the required ones": sign(alone),
        "of nearly a thousand characters": sign(
            claims | {"note": "x" * ((980 - short) * 3 // 4)}
        ),
    }

    def check(token: str) -> None:
        server.get(path, token=token).must_be(contract.guarded[path])
        # Nothing is crossed off after the first use.
        server.get(path, token=token).must_be(contract.guarded[path])

    must_all(cases, check)


@pytest.mark.standard("RFC 7515", "3")
def test_a_header_may_be_written_in_another_way(
    server: Server, contract: Contract, path: str, secret_key: str, good: Claims
):
    """JSON objects have no order, and may contain spaces and letters of any alphabet.
    Another library writes the same header or payload in another way. Read it, and don't
    compare it with your own text."""
    header = {"alg": "HS256", "typ": contract.typ}

    def check(texts: tuple[str, str]) -> None:
        head = ".".join(tokens.encode(text.encode()) for text in texts)
        token = tokens.signed(head, secret_key)
        server.get(path, token=token).must_be(contract.guarded[path])

    headers, payloads = ways_to_write(header), ways_to_write(good("johndoe"))
    usual_header, usual_payload = headers["in this order"], payloads["in this order"]
    cases = {f"the header {how}": (h, usual_payload) for how, h in headers.items()}
    cases |= {f"the payload {how}": (usual_header, p) for how, p in payloads.items()}
    letters = json.dumps(good("johndoe", city="Malmö, 北京"), ensure_ascii=False)
    cases["the payload with other letters"] = usual_header, letters
    if contract.typ == "JWT":
        cases["the header without a typ"] = '{"alg":"HS256"}', usual_payload
    must_all(cases, check)


@pytest.mark.standard("RFC 7519", "4.1.2")
def test_a_token_signed_for_alice_is_hers(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """The user is the one in `sub`, and she is inactive still."""
    server.get(path, token=sign(good("alice"))).must_be(contract.inactive)


def test_other_claims_do_not_change_the_record(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """The record comes from the database. A token is a statement about who, made a
    while ago, and not about what their account is now."""
    claims = good("johndoe")
    # Those that a token must have say something.
    needed = {*REGISTERED, *contract.required}
    more = {
        name: {name: value} for name, value in CLAIMED.items() if name not in needed
    }
    if server.probe is not None:
        # Whatever the code may ask for, in tokens that aren't too long.
        names = [w for w in server.probe.words() if w.isidentifier()]
        names = [w for w in names if w not in needed]
        for begin in range(0, len(names), IN_A_TOKEN):
            some = names[begin : begin + IN_A_TOKEN]
            for value in ("alice", None, ["alice"]):
                name = f"names in the code, from number {begin}: {json.dumps(value)}"
                more[name] = dict.fromkeys(some, value)
    must_all(
        {
            name: sign(claims | values)
            for name, values in few(more, contract, path).items()
        },
        lambda token: server.get(path, token=token).must_be(contract.guarded[path]),
    )


def test_a_claim_cannot_make_alice_active(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """Whether an account is disabled is asked of the database, at each request."""
    must_all(
        {
            name: sign(good("alice", **{name: value}))
            for name, value in PROMOTED.items()
        },
        lambda token: server.get(path, token=token).must_be(contract.inactive),
    )


@pytest.mark.standard("RFC 7519", "7.2")
def test_a_token_that_is_not_a_jwt_is_rejected(
    server: Server,
    contract: Contract,
    path: str,
    johndoe_token: str,
    secret_key: str,
    good: Claims,
):
    """The username was a token until the last step. Now everything that is not a good
    JWT gets one answer, and nothing crashes on it. An encrypted JWT is none of ours,
    even if our key opens it."""
    must_all(
        few(not_a_jwt(johndoe_token), contract, path)
        | encrypted(good("johndoe"), secret_key),
        lambda token: must_be_bad(server.get(path, token=token), contract),
    )


@pytest.mark.standard("RFC 7515", "5.2")
def test_a_token_with_extra_text_is_rejected(
    server: Server, contract: Contract, path: str, johndoe_token: str
):
    """A token is accepted whole or not at all."""

    def check(token: str) -> None:
        answer = server.get(path, token=token)
        answer.must_be(bad_or_no_token(contract, answer))

    must_all(something_added(johndoe_token), check)


@pytest.mark.standard("RFC 7515", "5.2")
def test_a_payload_put_under_another_signature_is_rejected(
    server: Server, contract: Contract, path: str, good: Claims, alice_token: str
):
    """alice keeps her signature and writes johndoe into the payload. The signature
    covers header and payload, so it no longer fits."""
    header, _, signature = alice_token.split(".")
    for user in ("johndoe", "alice"):
        forged = tokens.encode_json(good(user, jti="forged"))
        token = f"{header}.{forged}.{signature}"
        server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7515", "4")
def test_a_header_may_name_a_key(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """A `kid` that you don't know isn't a reason to reject a token that your key has
    signed: you have one key. And a `kid` that isn't a string doesn't crash anything."""
    for kid in ("x", "", "1", "../key"):
        token = sign(good("johndoe"), header={"kid": kid})
        server.get(path, token=token).must_be(contract.guarded[path])
    # Another key in the header is ignored: yours fits.
    more = {"jwk": {"kty": "oct", "k": "eA"}, "jku": "http://127.0.0.1:9/keys.json"}
    token = sign(good("johndoe"), header=more)
    server.get(path, token=token).must_be(contract.guarded[path])

    def check(kid: object) -> None:
        answer = server.get(path, token=sign(good("johndoe"), header={"kid": kid}))
        accepted = answer.status == 200
        answer.must_be(contract.guarded[path] if accepted else contract.bad_token)

    kids = (None, 1, [], {}, True, "\ud800")
    must_all({json.dumps(kid): kid for kid in kids}, check)


@pytest.mark.standard("RFC 7519", "7.2")
def test_a_signed_payload_that_is_not_json_is_rejected(
    server: Server, contract: Contract, path: str, secret_key: str
):
    """A key can sign any bytes. Bytes that aren't text, or text that isn't JSON, are a
    bad token, and don't crash the request."""
    header = tokens.encode_json({"alg": "HS256", "typ": contract.typ})

    def check(payload: bytes) -> None:
        head = f"{header}.{tokens.encode(payload)}"
        answer = server.get(path, token=tokens.signed(head, secret_key))
        answer.must_be(contract.bad_token)

    payloads = (b"\xff", b"[", b"{", b"johndoe", b"\x00", b'{"sub": "johndoe"')
    must_all({repr(payload): payload for payload in payloads}, check)


@pytest.mark.standard("RFC 7515", "5.2")
def test_the_signature_covers_the_text_and_not_its_meaning(
    server: Server, contract: Contract, path: str, johndoe_token: str
):
    """The same JSON with an extra space is a different text, and the old signature
    doesn't fit it."""
    header, payload, signature = johndoe_token.split(".")
    for number, part in enumerate((header, payload)):
        text = tokens.decode(part).decode()
        parts = [header, payload, signature]
        for other in (text.replace(":", ": "), text.replace("{", "{ "), f"{text} "):
            if other != text:
                parts[number] = tokens.encode(other.encode())
                server.get(path, token=".".join(parts)).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7515", "5.2")
def test_a_broken_signature_is_rejected(
    server: Server, contract: Contract, path: str, johndoe_token: str, good: Claims
):
    """Without a signature, anyone could have written the token. A signature that you
    can't decode is a bad signature, so an error while you check it means no."""
    claims = good("johndoe", jti="forged")
    forged = tokens.unsigned(claims, header=header_of(johndoe_token))
    must_all(
        few(broken_signatures(johndoe_token, forged), contract, path),
        lambda token: must_be_bad(server.get(path, token=token), contract),
    )


@pytest.mark.standard("RFC 7515", "5.2")
def test_a_token_with_one_bit_changed_is_rejected(
    server: Server, contract: Contract, path: str, johndoe_token: str
):
    """Header, payload and signature, at the beginning, in the middle and at the end:
    the signature covers every bit of a token."""

    def check(token: str) -> None:
        # In steps 1 to 6 a crash is accepted, such as on a header that isn't text.
        answer = server.get(path, token=token)
        if answer.status < 500 or contract.never_crashes:
            answer.must_be(contract.bad_token)

    must_all(few(one_bit_changed(johndoe_token), contract, path), check)


@pytest.mark.standard("RFC 7515", "5.2")
def test_another_key_is_rejected(
    server: Server, contract: Contract, path: str, good: Claims, johndoe_token: str
):
    """A forger has every algorithm and every library, and doesn't have the key."""
    header = header_of(johndoe_token)
    guesses = {repr(key): key for key in GUESSES}
    must_all(
        {
            name: tokens.sign(good("johndoe"), key, header=header)
            for name, key in few(guesses, contract, path).items()
        },
        lambda token: server.get(path, token=token).must_be(contract.bad_token),
    )


@pytest.mark.standard("RFC 7515", "5.2")
def test_the_bytes_of_the_hex_digits_are_another_key(
    server: Server, contract: Contract, path: str, secret_key: str, good: Claims
):
    """SECRET_KEY is a string of hex digits, and its characters are the key. A server
    that takes a second key has a second way in."""
    try:
        key = bytes.fromhex(secret_key)
    except ValueError:
        pytest.skip("the key of this server is not written in hex digits")
    token = tokens.sign(good("johndoe"), key, header={"typ": contract.typ})
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 8725", "3.1")
def test_an_unsigned_token_is_rejected(
    server: Server, contract: Contract, path: str, good: Claims, johndoe_token: str
):
    """`"alg": "none"` asks the server not to check the signature, and a header without
    `alg` says nothing about it. Servers that take the algorithm from the token have
    obeyed."""
    signature = johndoe_token.rpartition(".")[2]

    claims = good("johndoe")
    headers = unsigned_headers(contract.typ)

    def check(header: dict[str, object]) -> None:
        head = tokens.unsigned(claims, header=header)
        # With the plainest headers, other signatures are tried than none.
        odd = (signature, "A", "e30", "!!!!") if header in headers[:5] else ()
        for last in ("", *odd):
            answer = server.get(path, token=f"{head}.{last}")
            if answer.status < 500 or contract.never_crashes:
                must_be_bad(answer, contract)

    cases = {json.dumps(header): header for header in headers}
    must_all(few(cases, contract, path), check)


@pytest.mark.standard("RFC 8725", "3.1")
@pytest.mark.parametrize("alg", ["HS384", "HS512"])
def test_another_algorithm_is_rejected(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, alg: str
):
    """The key is right and the signature fits: still the verifier's list decides, and
    it has one entry. A second entry is one more thing to get wrong."""
    token = sign(good("johndoe"), alg=alg)
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 8725", "3.1")
@pytest.mark.standard("RFC 7515", "4.1.1")
def test_a_header_that_names_another_algorithm_is_rejected(
    server: Server, contract: Contract, path: str, secret_key: str, good: Claims
):
    """Signed with the right key by HMAC-SHA256, and the header says otherwise, or
    nothing, or isn't an object that could say it. A verifier that then does as the
    header says can be led anywhere."""

    def check(header: object) -> None:
        head = tokens.unsigned(good("johndoe"), header=header)
        answer = server.get(path, token=tokens.signed(head, secret_key))
        is_object = isinstance(header, dict)
        may_crash = not is_object or not isinstance(header.get("alg"), str | None)
        if answer.status < 500 or contract.never_crashes or not may_crash:
            answer.must_be(contract.bad_token)

    headers = [*unsigned_headers(contract.typ), *NO_OBJECTS]
    cases = {json.dumps(header): header for header in headers}
    must_all(few(cases, contract, path), check)


@pytest.mark.standard("RFC 8725", "3.10")
def test_a_key_that_comes_with_the_token_is_not_used(
    server: Server, contract: Contract, path: str, good: Claims
):
    """A header can contain a key, or say where to find one: `jwk`, `jku`, `kid`, `x5c`,
    `x5u`. The attacker signed with that key. The verifier has its own, and ignores
    these."""
    must_all(
        keys_in_the_header(good("johndoe"), contract.typ),
        lambda token: server.get(path, token=token).must_be(contract.bad_token),
    )


@pytest.mark.standard("RFC 8725", "3.10")
def test_a_url_in_a_token_header_is_not_fetched(
    server: Server, contract: Contract, path: str, good: Claims
):
    """`jku` and `x5u` contain a URL. A server that fetches it gets its key from the
    attacker. It also sends requests to any address that the attacker likes, inside your
    own network too."""
    with key_server() as (url, key, asked):
        for name in ("jku", "x5u", "kid", "iss"):
            header = {"typ": contract.typ, name: url, "kid": url}
            token = tokens.sign(good("johndoe"), key, header=header)
            server.get(path, token=token).must_be(contract.bad_token)
            # Nor for a token that is good without it.
            own = server.secret_key or contract.secret_key
            if own and name != "iss":
                token = tokens.sign(good("johndoe"), own, header=header)
            answer = server.get(path, token=token)
            answer.must(
                not asked,
                expected="no request to the address in the header",
                difference=f"the server asked {url}",
            )


def test_a_forged_token_is_rejected_whatever_it_says(
    server: Server, contract: Contract, path: str, good: Claims, johndoe_token: str
):
    """The signature comes first: nothing that a forger writes is read before, and so
    nothing of it can crash a request. A token of any length gets the same answer."""
    key = "a key of the forger that is long enough for HS256"
    header = header_of(johndoe_token)
    odd: tuple[object, ...] = (None, "soon", [], {}, True, -1e11, 1e300, "\ud800")
    forged = {
        f"{name}: {value!r}": tokens.sign(
            good("johndoe") | {name: value}, key, header=header
        )
        for name in ("exp", "sub", "iat", "nbf")
        for value in odd
    }
    forged |= {f"{length} letters": "a" * length for length in (1000, 5000)}
    must_all(
        few(forged, contract, path),
        lambda token: server.get(path, token=token).must_be(contract.bad_token),
    )


@pytest.mark.standard("RFC 9068", "2.2")
def test_a_token_without_a_subject_is_rejected(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """The signature is good, but the token doesn't say who it's about. Other claims
    that look like a username don't replace `sub`."""
    claims = good(None, **dict.fromkeys(LIKE_A_SUBJECT, "johndoe"))
    del claims["sub"]
    server.get(path, token=sign(claims)).must_be(contract.bad_token)


@pytest.mark.standard("RFC 8725", "3.8")
def test_a_subject_that_is_not_a_user_is_rejected(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """A user can be gone while their token is still good. And a subject is compared
    whole and as it is written, like the name at a login. No other claim helps it."""
    subjects = {
        "nothing": "",
        "a word and a colon": "car:johndoe",
        "a colon": ":johndoe",
        "two words and colons": "user:x:johndoe",
        **{f"{word} before it": f"{word}johndoe" for word in BEFORE_A_NAME},
        "half a character": "johndoe\ud800",
        **USERNAMES_LIKE_JOHNDOE,
    }
    right = contract.subject.format(username="johndoe")
    must_all(
        {
            name: sign(good(sub, act={"sub": "johndoe"}))
            for name, sub in few(subjects, contract, path).items()
            if sub != right
        },
        lambda token: server.get(path, token=token).must_be(contract.bad_token),
    )


@pytest.mark.standard("RFC 7519", "4.1.2")
@pytest.mark.parametrize(
    "sub", [None, True, 1, ["johndoe"], {"username": "johndoe"}], ids=json.dumps
)
def test_a_subject_that_is_not_a_string_is_rejected(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, sub: object
):
    """`sub` is a string. Reject anything else before you look it up."""
    server.get(path, token=sign(good(sub))).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7519", "7.2")
def test_a_payload_that_is_not_an_object_is_rejected(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """Claims are a JSON object. Other signed JSON isn't a JWT, even if the claims are
    in it."""
    claims = good("johndoe")
    payloads: list[object] = ["johndoe", ["johndoe"], None, 1, True, [], [claims]]
    must_all(
        {json.dumps(payload): payload for payload in payloads}
        | {"a list of its names and values": list(map(list, claims.items()))},
        lambda payload: server.get(path, token=sign(payload)).must_be(
            contract.bad_token
        ),
    )


def ways_to_write(value: dict[str, object]) -> dict[str, str]:
    """One JSON object as different libraries write it."""
    backwards = dict(reversed(value.items()))
    return {
        "in this order": json.dumps(value, separators=(",", ":")),
        "in the other order": json.dumps(backwards, separators=(",", ":")),
        "with blanks": json.dumps(value),
        "with lines": json.dumps(value, indent=2),
    }


def pieces_of(secret: str) -> list[str]:
    """All parts of the secret that are so long that none is there by chance."""
    return [secret[at : at + PIECE] for at in range(len(secret) - PIECE + 1)]


def read(
    server: Server, user: dict[str, str] = JOHNDOE
) -> tuple[Any, dict[str, Any], dict[str, Any]]:
    """Logs in and opens the token: the answer, its header, its claims."""
    answer = server.login(**user)
    try:
        return answer, *tokens.read(answer.token)
    except ValueError as error:
        raise answer.contract_error(
            "an access_token that is a JWT", [str(error)]
        ) from None
