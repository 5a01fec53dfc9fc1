"""From step 8 on: a token says in full what it is, and all of it is checked."""

import json
import time
from contextlib import AbstractContextManager, nullcontext
from string import ascii_lowercase, ascii_uppercase, digits

import pytest

from tests.steps.contract import ALICE, JOHNDOE, Contract
from tests.steps.contract.expiry import MINUTE, SLACK
from tests.steps.contract.jwt import Claims, Sign, read
from workbook import tokens
from workbook.checking import Server

CLAIMS = ("iss", "aud", "sub", "iat", "exp", "jti")
TEXTS = ("iss", "aud", "sub", "jti")
NO_TEXT = [None, True, 1, [], {}]
# base64url's, by what they stand for (RFC 4648, section 5).
LETTERS = ascii_uppercase + ascii_lowercase + digits + "-_"


@pytest.mark.standard("RFC 9068", "2.1")
def test_the_header_says_that_it_is_an_access_token(server: Server):
    """`typ` is the media type of the whole: `at+jwt` is an access token, and a token
    for resetting a password is not."""
    answer, header, _ = read(server)
    answer.must(
        header.get("typ") == "at+jwt",
        expected='a header with "typ": "at+jwt"',
        wrong=f"the header is {header}",
    )


@pytest.mark.parametrize("name", CLAIMS)
@pytest.mark.standard("RFC 9068", "2.2")
def test_the_token_has_each_claim(server: Server, name: str):
    """Who made it, for whom, about whom, when, until when, and a name of its own: what
    a token does not say of itself cannot be checked."""
    answer, _, claims = read(server)
    value = claims.get(name)
    kind, is_right = "a string", isinstance(value, str) and bool(value)
    if name not in TEXTS:
        kind, is_right = "a number", type(value) in (int, float)
    answer.must(
        is_right,
        expected=f'a payload with "{name}", {kind}',
        wrong=f"the payload is {claims}",
    )


@pytest.mark.standard("RFC 7519", "4.1.6")
def test_it_says_when_it_was_made(server: Server):
    """`iat` is the moment of the login."""
    before = time.time()
    answer, _, claims = read(server)
    iat = claims.get("iat")
    answer.must(
        type(iat) in (int, float) and before - SLACK <= iat <= time.time() + SLACK,  # type: ignore[operator]
        expected=f'a payload with "iat" near {int(before)}, which is now',
        wrong=f"the payload is {claims}",
    )


@pytest.mark.standard("RFC 7519", "4.1.7")
def test_each_token_has_a_name_of_its_own(server: Server):
    """Two logins in one second would give the same token. `jti` tells them apart, so
    that one of them can be called back one day, and not the other."""
    with in_one_second(server):
        logins = [read(server, user) for user in (JOHNDOE, JOHNDOE, ALICE)]
    names = [claims.get("jti") for _, _, claims in logins]
    answer = logins[-1][0]
    answer.must(
        len(set(map(str, names))) == len(names),
        expected='another "jti" for each login',
        wrong=f"three logins gave {names}",
    )


@pytest.mark.parametrize("name", CLAIMS)
@pytest.mark.standard("RFC 9068", "2.2")
def test_a_token_that_lacks_a_claim_is_refused(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, name: str
):
    """A check that is made only where there is something to check is none: whoever
    leaves the claim out gets past it."""
    claims = good("johndoe")
    del claims[name]
    server.get(path, token=sign(claims)).must_be(contract.bad_token)


@pytest.mark.parametrize("name", TEXTS)
@pytest.mark.parametrize("value", NO_TEXT, ids=json.dumps)
def test_a_claim_that_is_no_string_is_refused(
    server: Server,
    contract: Contract,
    path: str,
    sign: Sign,
    good: Claims,
    name: str,
    value: object,
):
    """A claim of another type has been understood by nobody."""
    token = sign(good("johndoe") | {name: value})
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.parametrize("name", ["exp", "iat"])
@pytest.mark.parametrize("value", [True, "0", "9999999999"], ids=json.dumps)
@pytest.mark.standard("RFC 7519", "2")
def test_a_date_in_another_type_is_refused(
    server: Server,
    contract: Contract,
    path: str,
    sign: Sign,
    good: Claims,
    name: str,
    value: object,
):
    """`"9999999999"` is a string. python-jose makes a number of it, and takes it."""
    token = sign(good("johndoe", **{name: value}))
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 8725", "3.8")
@pytest.mark.parametrize(
    "change",
    ["https://other.example.com", "{0}/", "{0} ", "x{0}", "{upper}", ""],
    ids=["another", "slash", "blank", "prefix", "upper case", "empty"],
)
def test_a_token_of_another_issuer_is_refused(
    server: Server,
    contract: Contract,
    path: str,
    sign: Sign,
    good: Claims,
    change: str,
):
    """The key fits, and somebody else made the statement. An issuer is compared whole
    and to the letter (RFC 7519, sections 2 and 4.1.1)."""
    iss = str(good("johndoe")["iss"])
    other = change.format(iss, upper=iss.upper())
    token = sign(good("johndoe", iss=other))
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7519", "4.1.1")
def test_the_request_does_not_choose_the_issuer(server: Server):
    """Whoever sends a request writes its `Host`. An issuer that is read from there is
    whoever the sender wants it to be. A server may also refuse a host that it does not
    know."""
    usual = read(server)[2].get("iss")
    host = {"Host": "other.example.com"}
    answer = server.post("/token", data=JOHNDOE, headers=host)
    came = tokens.read(answer.token)[1].get("iss") if answer.status == 200 else usual
    answer.must(
        came == usual and answer.status < 500,
        expected=f'a payload with "iss": "{usual}", whatever the Host',
        wrong=f"for the Host other.example.com it is {came}",
    )


@pytest.mark.standard("RFC 8725", "3.9")
@pytest.mark.parametrize(
    "change",
    [
        "https://other.example.com",
        "{0}/",
        "{0} ",
        "x{0}",
        "{upper}",
        "",
        ["https://other.example.com"],
    ],
    ids=[
        "another",
        "slash",
        "blank",
        "prefix",
        "upper case",
        "empty",
        "another's list",
    ],
)
def test_a_token_for_another_audience_is_refused(
    server: Server,
    contract: Contract,
    path: str,
    sign: Sign,
    good: Claims,
    change: str | list[str],
):
    """It was made for another service, and whoever runs that one has seen it. A service
    that takes it lets the other log in here as all its users."""
    aud = str(good("johndoe")["aud"])
    other: object = change
    if isinstance(change, str):
        other = change.format(aud, upper=aud.upper())
    token = sign(good("johndoe", aud=other))
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 8725", "3.11")
@pytest.mark.parametrize(
    "typ",
    [None, "JWT", "jwt", "", "reset+jwt", "at", "at+jwt ", "id_token", 1, ["at+jwt"]],
    ids=json.dumps,
)
def test_a_token_of_another_type_is_refused(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, typ: object
):
    """Every claim fits, and the header says that it is something else: a token for
    resetting a password, for confirming an address, for saying who somebody is."""
    token = sign(good("johndoe"), header={"typ": typ})
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 8725", "3.11")
def test_a_token_without_a_type_is_refused(
    server: Server, contract: Contract, path: str, secret_key: str, good: Claims
):
    """What does not say what it is, is no access token."""
    head = tokens.unsigned(good("johndoe"), header={"alg": "HS256"})
    token = tokens.signed(head, secret_key)
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 8725", "3.8")
@pytest.mark.parametrize(
    "sub",
    [
        "johndoe",
        "car:johndoe",
        "username:",
        "username: johndoe",
        "Username:johndoe",
        "username:username:johndoe",
        "xusername:johndoe",
        "username%3Ajohndoe",
        "client:username:johndoe",
    ],
)
def test_a_subject_of_another_kind_is_refused(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, sub: str
):
    """A car that is called johndoe, a client, a service: they have subjects, too, and
    theirs must never be the name of a user."""
    token = sign(good("johndoe") | {"sub": sub})
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7515", "4.1.11")
@pytest.mark.parametrize(
    "crit",
    [["exp"], ["b64"], ["http://example.com/unknown"], [], "exp", None],
    ids=json.dumps,
)
def test_a_critical_extension_is_refused(
    server: Server,
    contract: Contract,
    path: str,
    sign: Sign,
    good: Claims,
    crit: object,
):
    """`crit` lists what a verifier must understand, or else refuse the token. This one
    understands no extension. python-jose does not look at it."""
    header = {"crit": crit, "http://example.com/unknown": True, "b64": True}
    token = sign(good("johndoe"), header=header)
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7519", "7.2")
@pytest.mark.parametrize(
    "payload",
    [b"johndoe", b"{", b"", b"\xff\xfe", b"[NaN"],
    ids=["a word", "half an object", "nothing", "no text", "half a list"],
)
def test_a_payload_that_is_no_json_is_refused(
    server: Server,
    contract: Contract,
    path: str,
    secret_key: str,
    payload: bytes,
):
    """A key can sign any bytes, and not all of them are a JWT. The signature is good,
    so it is the reading that must not crash."""
    header = {"alg": "HS256", "typ": contract.typ}
    head = f"{tokens.encode_json(header)}.{tokens.encode(payload)}"
    token = tokens.signed(head, secret_key)
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.parametrize(
    "how",
    [
        pytest.param("the last letter", marks=pytest.mark.standard("RFC 4648", "3.5")),
        pytest.param("tildes in it", marks=pytest.mark.standard("RFC 7515", "5.2")),
    ],
)
def test_a_signature_has_one_spelling(
    server: Server, contract: Contract, path: str, johndoe_token: str, how: str
):
    """The last letter has bits that mean nothing, and some readers skip what is no
    base64url. A token that can be spelt in many ways is on no list of those that were
    called back."""
    *_, signature = johndoe_token.rpartition(".")
    last = LETTERS[LETTERS.index(signature[-1]) ^ 1]
    # Four, so that the padding comes out right for whoever skips them.
    other = {
        "the last letter": signature[:-1] + last,
        "tildes in it": f"{signature[:9]}~~~~{signature[9:]}",
    }[how]
    token = johndoe_token.removesuffix(signature) + other
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.parametrize("size", [5_000, 40_000])
def test_a_token_that_is_far_too_long_is_refused(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, size: int
):
    """It is signed and right in all that is checked, and carries a chapter besides. A
    bound on the length bounds what reading it costs."""
    token = sign(good("johndoe", padding="x" * size))
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7519", "4.1.4")
def test_a_token_is_dead_at_the_second_of_its_expiry(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """Not to be accepted *on or after* `exp`: python-jose compares with `<`, and takes
    it for one second more."""
    with in_one_second(server):
        token = sign(good("johndoe", exp=int(time.time())))
        server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7519", "4.1.5")
def test_a_token_is_not_good_before_its_time(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """Our tokens have no `nbf`. Whoever checks the claims by hand must not forget what
    the library did unasked: one that has it is refused until then."""
    token = sign(good("johndoe", nbf=int(time.time()) + MINUTE))
    server.get(path, token=token).must_be(contract.bad_token)


def test_a_token_in_good_order_is_taken(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """All of that is no reason to refuse one that fits: made by the test, with the
    server's key, for one minute."""
    now = int(time.time())
    token = sign(good("johndoe", iat=now, exp=now + MINUTE, jti="made by the test"))
    server.get(path, token=token).must_be(contract.guarded[path])


def in_one_second(server: Server) -> AbstractContextManager[None]:
    """The server's clock, and ours, at the beginning of the second. At a URL it stays
    where it is, and the second may end in between."""
    if server.clock is None:
        return nullcontext()
    return server.clock.at(int(time.time()))
