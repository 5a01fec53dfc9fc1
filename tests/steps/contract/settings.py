"""From step 6 on: the key comes from the environment, or the app does not start."""

import time

import pytest

from tests.steps.contract import JOHNDOE, Contract
from tests.steps.contract.expiry import MINUTE, SLACK
from tests.steps.contract.jwt import Claims, read
from workbook import tokens
from workbook.checking import Server

GOOD_KEY = "5a0d41b3a92c1e7f6d80c4b7e2f3159ad6c8e0714b2f93a57d1e60c8b4f7a293"

# Each is an example somewhere, and in use since.
PUBLISHED_KEYS = {
    "FastAPI": "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7",
    "Flask": "192b9bdd22ab9ed4d12e236c78afcb9a393ec15f71bbf5dc987d54727823bcbf",
    "jwt.io": "a-string-secret-at-least-256-bits-long",
    "Spring": "404E635266556A586E3272357538782F413F4428472B4B6250645367566B5970",
    "Spring 2": "5367566B59703373367639792F423F4528482B4D6251655468576D5A71347437",
}


@pytest.mark.standard("RFC 8725", "3.5")
@pytest.mark.parametrize("key", PUBLISHED_KEYS.values(), ids=PUBLISHED_KEYS)
def test_a_published_key_signs_nothing_here(
    server: Server, contract: Contract, path: str, good: Claims, key: str
):
    """It is printed where thousands have read it. If it were this server's key, too,
    each of them could be johndoe."""
    token = tokens.sign(good("johndoe"), key, header={"typ": contract.typ})
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.parametrize(
    "key",
    [GOOD_KEY, " Capitals, = and / and Blanks are part of it "],
    ids=["hex digits", "capitals and blanks"],
)
def test_the_key_comes_from_the_environment(server: Server, key: str):
    """Whoever reads the code must not hold the key (CWE-321). SECRET_KEY in the
    environment is the one that signs, as it stands there, and another deployment has
    another."""
    must_be_in_reach(server)
    with server.launched(SECRET_KEY=key) as launch:
        started = launch.must_be_up("SECRET_KEY is a good one")
        answer, _, _ = read(started)
        answer.must(
            tokens.is_signed_with(answer.token, key),
            expected="a signature made with the SECRET_KEY of the environment",
            wrong="that key does not make this signature",
        )


@pytest.mark.parametrize("key", ["**********", "SecretStr('**********')"])
def test_what_hides_a_key_is_no_key(
    server: Server, contract: Contract, path: str, good: Claims, key: str
):
    """A key that is wrapped, so that it is not shown, shows itself in asterisks. Who
    signs with what is shown has the key of all who do so."""
    token = tokens.sign(good("johndoe"), key, header={"typ": contract.typ})
    server.get(path, token=token).must_be(contract.bad_token)


def test_a_token_of_another_deployment_is_refused(
    server: Server, contract: Contract, path: str, johndoe_token: str
):
    """Each deployment has a key of its own, so what one signed is nothing to the
    next."""
    must_be_in_reach(server)
    with server.launched(SECRET_KEY=GOOD_KEY) as launch:
        started = launch.must_be_up("SECRET_KEY is a good one")
        started.get(path, token=johndoe_token).must_be(contract.bad_token)


def test_the_settings_are_read_from_a_dotenv_file_too(server: Server):
    """A file .env in the folder where the server is started spares a developer the
    typing. It stays out of version control."""
    must_be_in_reach(server)
    dotenv = f"SECRET_KEY={GOOD_KEY}\nACCESS_TOKEN_EXPIRE_MINUTES=5\n"
    with server.launched(dotenv, SECRET_KEY=None) as launch:
        started = launch.must_be_up("SECRET_KEY is in .env")
        answer, _, claims = read(started)
        answer.must(
            tokens.is_signed_with(answer.token, GOOD_KEY) and lives(claims, 5),
            expected="a token signed with the SECRET_KEY of .env, good for 5 minutes",
            wrong=f"another key signed it, or its life is another: {claims}",
        )


def test_the_environment_goes_before_the_dotenv_file(server: Server):
    """What is said for this one start counts more than what lies in a file."""
    must_be_in_reach(server)
    with server.launched(f"SECRET_KEY={'0123456789' * 4}", SECRET_KEY=GOOD_KEY) as it:
        answer, _, _ = read(it.must_be_up("both keys are long enough"))
        answer.must(
            tokens.is_signed_with(answer.token, GOOD_KEY),
            expected="a signature made with the SECRET_KEY of the environment",
            wrong="that key does not make this signature",
        )


@pytest.mark.parametrize("minutes", [1, 45, 10080])
def test_the_lifetime_comes_from_the_environment(server: Server, minutes: int):
    """ACCESS_TOKEN_EXPIRE_MINUTES is a number of minutes, and each deployment has its
    own idea of it."""
    must_be_in_reach(server)
    with server.launched(
        SECRET_KEY=GOOD_KEY, ACCESS_TOKEN_EXPIRE_MINUTES=str(minutes)
    ) as launch:
        started = launch.must_be_up("both settings are good")
        answer, _, claims = read(started)
        answer.must(
            lives(claims, minutes),
            expected=f'a payload with "exp" {minutes} minutes after the login',
            wrong=f"the payload is {claims}",
        )


@pytest.mark.parametrize("minutes", ["soon", "0", "-30", "inf", "30 minutes", "9" * 10])
def test_a_lifetime_that_is_none_is_refused_at_the_start(server: Server, minutes: str):
    """An app that starts all the same hands out tokens that are dead, or live for
    ever, or fails at each login, for no date is so far away. It must not start, and
    its message must name the variable."""
    must_be_in_reach(server)
    with server.launched(
        SECRET_KEY=GOOD_KEY, ACCESS_TOKEN_EXPIRE_MINUTES=minutes
    ) as launch:
        launch.must_be_refused("ACCESS_TOKEN_EXPIRE_MINUTES")


def test_without_a_key_the_app_does_not_start(server: Server):
    """A default would be a key that everybody knows. The message names the variable
    and tells how a good key is made."""
    must_be_in_reach(server)
    with server.launched(SECRET_KEY=None) as launch:
        launch.must_be_refused("SECRET_KEY", "openssl rand -hex 32")


@pytest.mark.standard("RFC 7518", "3.2")
@pytest.mark.parametrize(
    "key",
    ["", "secret", "changeme", "5a0d41b3a92c1e7f6d80c4b7e2f3159", "k\u00e4se" * 6],
    ids=["empty", "secret", "changeme", "31 bytes", "30 bytes"],
)
def test_a_key_that_is_too_short_is_refused_at_the_start(server: Server, key: str):
    """HS256 needs a key of 256 bits, 32 bytes, or more. A shorter one can be searched
    for, with one token to try it on."""
    must_be_in_reach(server)
    with server.launched(SECRET_KEY=key) as launch:
        launch.must_be_refused("SECRET_KEY", "openssl rand -hex 32")


@pytest.mark.standard("RFC 7518", "3.2")
@pytest.mark.parametrize(
    "key",
    [GOOD_KEY[:32], "c0ffee, and no hex digits at all", "k\u00e9-" * 8],
    ids=["hex digits", "characters", "bytes"],
)
def test_a_key_of_thirty_two_bytes_is_enough(server: Server, key: str):
    """The limit is that of the standard, and counts bytes, not characters."""
    must_be_in_reach(server)
    with server.launched(SECRET_KEY=key) as it:
        it.must_be_up("32 bytes are enough").login(**JOHNDOE).must_have_status(200)


@pytest.mark.standard("RFC 8725", "3.5")
@pytest.mark.parametrize("key", ["a" * 32, "0" * 64, " " * 40], ids=["a", "0", "blank"])
def test_a_key_of_one_repeated_character_is_refused(server: Server, key: str):
    """It is long enough and can be guessed all the same."""
    must_be_in_reach(server)
    with server.launched(SECRET_KEY=key) as launch:
        launch.must_be_refused("SECRET_KEY", "openssl rand -hex 32")


@pytest.mark.standard("RFC 8725", "3.5")
@pytest.mark.parametrize("key", PUBLISHED_KEYS.values(), ids=PUBLISHED_KEYS)
def test_a_published_key_is_refused_at_the_start(server: Server, key: str):
    """Long, random, and known to everyone: this is the key that really gets
    deployed."""
    must_be_in_reach(server)
    with server.launched(SECRET_KEY=key) as launch:
        launch.must_be_refused("SECRET_KEY", "openssl rand -hex 32")


@pytest.mark.parametrize("where", ["environment", ".env"])
def test_a_refused_key_is_not_shown(server: Server, where: str):
    """The message goes to a log that many can read. One key in it may be another
    system's, put here by mistake."""
    must_be_in_reach(server)
    key = "hunter2-of-another-system"
    dotenv = f"SECRET_KEY={key}\n" if where == ".env" else None
    with server.launched(dotenv, SECRET_KEY=None if dotenv else key) as launch:
        launch.must_not_show(key)
        launch.must_be_refused("SECRET_KEY")


def test_a_key_is_not_printed_at_the_start(server: Server):
    """What an app prints ends up in logs."""
    must_be_in_reach(server)
    with server.launched(SECRET_KEY=GOOD_KEY) as launch:
        launch.must_be_up("SECRET_KEY is a good one")
        launch.must_not_show(GOOD_KEY)


def test_an_unknown_line_in_the_dotenv_file_does_no_harm(server: Server):
    """Other programs keep their settings there, too."""
    must_be_in_reach(server)
    dotenv = f"SECRET_KEY={GOOD_KEY}\nPORT=8001\nDATABASE_URL=sqlite:///app.db\n"
    with server.launched(dotenv, SECRET_KEY=None) as launch:
        launch.must_be_up("SECRET_KEY is a good one")


@pytest.mark.standard("RFC 8725", "3.1")
def test_the_algorithm_is_no_setting(server: Server):
    """Which algorithm a token may use is the verifier's decision. Whoever can set a
    variable must not be able to say `none`."""
    must_be_in_reach(server)
    with server.launched(SECRET_KEY=GOOD_KEY, ALGORITHM="HS512") as launch:
        started = launch.must_be_up("ALGORITHM is not its business")
        answer, header, _ = read(started)
        answer.must(
            header.get("alg") == "HS256",
            expected='a header with "alg": "HS256"',
            wrong=f"the header is {header}",
        )


def test_the_key_is_in_no_public_document(server: Server, secret_key: str):
    """/openapi.json and /docs are read by everyone."""
    for path in ("/openapi.json", "/docs"):
        answer = server.get(path)
        answer.must(
            secret_key not in answer.text,
            expected=f"a {path} without the key",
            wrong="the key is in it",
        )


def must_be_in_reach(server: Server) -> None:
    """Skips where the app cannot be started once more."""
    if server.inside is None:
        pytest.skip("needs to start the app with other settings: not possible at a URL")


def lives(claims: dict[str, object], minutes: int) -> bool:
    """Whether the token ends so many minutes from now."""
    exp = claims.get("exp")
    wanted = time.time() + minutes * MINUTE
    return isinstance(exp, int | float) and abs(exp - wanted) <= SLACK
