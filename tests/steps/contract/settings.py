"""The key comes from the environment, or the app does not start."""

import hashlib
import re
import time
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.steps.contract import (
    JOHNDOE,
    Contract,
    must_all,
    must_all_in_one,
    words_of,
)
from tests.steps.contract.expiry import MINUTE
from tests.steps.contract.jwt import Claims, read
from tests.steps.contract.keys import (
    AFTER_A_KID,
    ALGORITHM_NAMES,
    ALGORITHMS,
    BAD_KEYS,
    BAD_MINUTES,
    BEFORE_A_KID,
    DOTENV_OF_ALL_KINDS,
    DOTENV_WITHOUT_A_LINE_END,
    DOTENVS,
    EASY_KEYS,
    GOOD_KEY,
    IN_BOTH_PLACES,
    KEY_OF_A_FILE,
    KEY_WITH_ALL_ODD_PARTS,
    KEYS_OF_A_LIST,
    KEYS_OF_ENOUGH_BYTES,
    KEYS_OF_OTHER_KINDS,
    KEYS_TO_QUOTE,
    KEYS_WITH_ODD_PARTS,
    KIDS,
    MODES,
    NAME_A_DOTENV,
    NAME_A_FOLDER,
    NAME_A_KEY,
    NAME_A_MODE,
    ODD_KEYS,
    OF_FASTAPI,
    OTHER_FILES,
    OTHER_NAMES,
    PLACEHOLDER,
    PUBLISHED_KEYS,
    RARE_LETTERS,
    SHORT_KEYS,
)
from tests.steps.contract.leaks import CHATTY, END_OF_9999, IN_PRODUCTION, SWITCHES
from tests.steps.contract.spelt import PART, spellings_of
from workbook import tokens
from workbook.checking import Server

# Settings that are good, on a machine on which other programs are developed.
DEVELOPMENT: dict[str, str | None] = {
    "SECRET_KEY": GOOD_KEY,
    **{name: value for name, value in SWITCHES.items() if "SECRET" not in name},
}
# A good key, and not the app's.
OTHER_KEY = GOOD_KEY[::-1]
A_DAY = 24 * 60  # minutes
# An app that has more placeholders in its code is not asked about all of them.
MOST_PLACEHOLDERS = 5


@pytest.mark.standard("RFC 8725", "3.5")
@pytest.mark.parametrize("key", PUBLISHED_KEYS.values(), ids=PUBLISHED_KEYS)
def test_a_published_key_signs_nothing_here(
    server: Server, contract: Contract, path: str, good: Claims, key: str
):
    """It is printed where thousands have read it. If it were this server's key, too,
    each of them could be johndoe."""
    token = tokens.sign(good("johndoe"), key, header={"typ": contract.typ})
    server.get(path, token=token).must_be(contract.bad_token)


def test_the_key_comes_from_the_environment(server: Server, contract: Contract):
    """If you read the code, you must not find the key (CWE-321). SECRET_KEY in the
    environment signs, and each deployment has its own."""
    must_sign_with(server, contract, GOOD_KEY, SECRET_KEY=GOOD_KEY)


def test_the_key_is_used_as_it_stands_there(server: Server, contract: Contract):
    """A key is text: all of it counts, to the last character, and nothing in it is
    expanded, stripped, cut or decoded. Else a key that another program signs with, or
    that you checked, isn't the key that you have."""

    def check(key: str) -> None:
        must_sign_with(server, contract, key, SECRET_KEY=key)

    must_all_in_one(KEYS_WITH_ODD_PARTS, KEY_WITH_ALL_ODD_PARTS, check)
    must_all(ODD_KEYS, check)
    # Nor does a token of such a key get in.
    key = ODD_KEYS["blanks around it"]
    others = {
        "the key without the blanks": key.strip(),
        "the key in small letters": key.lower(),
        "that without the blanks": key.strip().lower(),
        "its first 32 bytes": key[:32],
        "its SHA-256 in hex": hashlib.sha256(key.encode()).hexdigest(),
        "the bytes of its SHA-256": hashlib.sha256(key.encode()).digest(),
    }
    with server.launched(SECRET_KEY=key) as launch:
        started = launch.must_be_up("SECRET_KEY is a good one")
        _, header, claims = read(started)
        must_all(
            {
                f"signed with {name}": tokens.sign(claims, other, header=header)
                for name, other in others.items()
            },
            lambda token: started.get(contract.me, token=token).must_be(
                contract.bad_token
            ),
        )


@pytest.mark.parametrize("key", ["**********", "SecretStr('**********')"])
def test_a_masked_key_is_not_the_key(
    server: Server, contract: Contract, path: str, good: Claims, key: str
):
    """A key that is wrapped, so that it is not shown, shows itself in asterisks. Who
    signs with what is shown has the key of all who do so."""
    token = tokens.sign(good("johndoe"), key, header={"typ": contract.typ})
    server.get(path, token=token).must_be(contract.bad_token)


def test_a_token_of_another_deployment_is_rejected(
    server: Server, contract: Contract, path: str, johndoe_token: str
):
    """Each deployment has its own key, so a token from one is worthless in the next."""
    must_be_in_reach(server)
    with server.launched(SECRET_KEY=GOOD_KEY) as launch:
        started = launch.must_be_up("SECRET_KEY is a good one")
        started.get(path, token=johndoe_token).must_be(contract.bad_token)


def test_the_settings_are_read_from_a_dotenv_file_too(server: Server):
    """A file .env in the folder where the server is started spares a developer the
    typing. It stays out of version control. It's read wherever the server is started,
    whatever other variables say."""
    must_be_in_reach(server)
    dotenv = f"SECRET_KEY={GOOD_KEY}\nACCESS_TOKEN_EXPIRE_MINUTES=5\n"
    with server.launched(dotenv, **IN_PRODUCTION, SECRET_KEY=None) as launch:
        started = launch.must_be_up("SECRET_KEY is in .env")
        before = time.time()
        answer, _, claims = read(started)
        answer.must(
            tokens.is_signed_with(answer.token, GOOD_KEY) and lives(claims, 5, before),
            expected="a token signed with the SECRET_KEY of .env, good for 5 minutes",
            difference=f"another key signed it, or its life is another: {claims}",
        )


def test_a_dotenv_file_is_read_to_the_letter(server: Server, contract: Contract):
    """Comments, empty lines, equals signs in a value, the line ends of Windows and no
    end of the last line: people's files have all of these, and the key is the same."""

    def check(dotenv: str) -> None:
        must_sign_with(server, contract, KEY_OF_A_FILE, dotenv=dotenv, SECRET_KEY=None)

    must_all_in_one(DOTENVS, DOTENV_OF_ALL_KINDS, check)
    must_all({"no line end": DOTENV_WITHOUT_A_LINE_END}, check)


def test_a_changed_dotenv_file_waits_for_the_next_start(
    server: Server, contract: Contract
):
    """A file is saved while it's half written, or for the next version. An app that
    reads it at each use logs everybody out at that moment, or crashes, and nobody has
    checked what it reads."""
    must_be_in_reach(server)
    dotenv = f"SECRET_KEY={GOOD_KEY}\nACCESS_TOKEN_EXPIRE_MINUTES=5\n"
    changed = f"SECRET_KEY={OTHER_KEY}\nACCESS_TOKEN_EXPIRE_MINUTES=45\n"
    with server.launched(dotenv, SECRET_KEY=None) as launch:
        started = launch.must_be_up("SECRET_KEY is in .env")
        token = started.login(**JOHNDOE).token
        started.rewrite(changed)
        started.get(contract.me, token=token).must_be(contract.guarded[contract.me])
        before = time.time()
        answer, _, claims = read(started)
        answer.must(
            tokens.is_signed_with(answer.token, GOOD_KEY) and lives(claims, 5, before),
            expected="a token signed with the SECRET_KEY that .env had at the start, "
            "good for 5 minutes",
            difference=f"another key signed it, or its life is another: {claims}",
        )


def test_the_key_comes_from_nowhere_else(server: Server, contract: Contract):
    """A variable of another name, an example that was committed, a file of the folder
    above or beside the code: each is a key that you didn't choose for this start, and
    may not know about. That goes for a second key, which only checks tokens, too."""
    must_be_in_reach(server)

    cases: dict[str, dict[str, Any]] = {
        "variables of other names": dict.fromkeys(OTHER_NAMES, GOOD_KEY),
        "variables for development": {
            name: value for name, value in DEVELOPMENT.items() if name != "SECRET_KEY"
        },
        "lines of other names in .env": {
            "dotenv": "".join(f"{name}={GOOD_KEY}\n" for name in OTHER_NAMES)
        },
        "a comment in .env": {"dotenv": f"#SECRET_KEY={GOOD_KEY}\n"},
        "other files": {
            "files": OTHER_FILES,
            "HOME": "home",
            **dict.fromkeys(NAME_A_MODE, "development"),
        },
        "a variable that names a file": {
            "files": {
                "key.txt": GOOD_KEY,
                "app.env": f"SECRET_KEY={GOOD_KEY}\n",
                **dict.fromkeys(("keys/secret_key", "keys/SECRET_KEY"), GOOD_KEY),
            },
            **dict.fromkeys(NAME_A_FOLDER, "keys"),
            **dict.fromkeys(NAME_A_KEY, "key.txt"),
            **dict.fromkeys(NAME_A_DOTENV, "app.env"),
        },
        "a .env beside the code, where it is started elsewhere": {
            "dotenv": f"SECRET_KEY={GOOD_KEY}\n",
            "start_in": "elsewhere",
        },
    }

    def check(settings: dict[str, Any]) -> None:
        with server.launched(SECRET_KEY=None, **settings) as launch:
            if launch.server is None and "start_in" in settings:
                # There it may miss other files first.
                return
            launch.must_be_refused("SECRET_KEY", "openssl rand -hex 32")

    must_all(cases, check)
    second = dict.fromkeys(OTHER_NAMES, OTHER_KEY)
    dotenv = "".join(f"{name}={OTHER_KEY}\n" for name in OTHER_NAMES)
    with server.launched(dotenv, SECRET_KEY=GOOD_KEY, **second) as launch:
        started = launch.must_be_up("SECRET_KEY is a good one")
        _, header, claims = read(started)
        token = tokens.sign(claims, OTHER_KEY, header=header)
        started.get(contract.me, token=token).must_be(contract.bad_token)


def test_the_environment_overrides_the_dotenv_file(server: Server, contract: Contract):
    """What is said for this one start counts more than what lies in a file. That goes
    for each setting by itself: one may be in the environment, and the other in the
    file. A key that was overridden checks no tokens either."""
    must_be_in_reach(server)
    dotenv = f"SECRET_KEY={OTHER_KEY}\nACCESS_TOKEN_EXPIRE_MINUTES=5\n"
    given = {
        "both settings in both places": (GOOD_KEY, "45"),
        "the minutes only in the file": (GOOD_KEY, None),
        "the key only in the file": (None, "45"),
    }

    def check(case: tuple[str | None, str | None]) -> None:
        key, minutes = case
        settings = {"SECRET_KEY": key, "ACCESS_TOKEN_EXPIRE_MINUTES": minutes}
        with server.launched(dotenv, **settings) as launch:
            started = launch.must_be_up("all settings are good ones")
            before = time.time()
            answer, header, claims = read(started)
            life = int(minutes or 5)
            answer.must(
                tokens.is_signed_with(answer.token, key or OTHER_KEY)
                and lives(claims, life, before),
                expected=f"a token signed with the SECRET_KEY of the "
                f"{'environment' if key else 'file'}, good for {life} minutes",
                difference=f"another key signed it, or its life is another: {claims}",
            )
            if key:
                old = tokens.sign(claims, OTHER_KEY, header=header)
                answer = started.get(contract.me, token=old)
                answer.must_be(contract.bad_token)

    must_all(given, check)


@pytest.mark.parametrize("minutes", [1, 45, 10080])
def test_the_lifetime_comes_from_the_environment(server: Server, minutes: int):
    """ACCESS_TOKEN_EXPIRE_MINUTES is a number of minutes, and each deployment has its
    own idea of it."""
    must_be_in_reach(server)
    with server.launched(
        SECRET_KEY=GOOD_KEY, ACCESS_TOKEN_EXPIRE_MINUTES=str(minutes)
    ) as launch:
        started = launch.must_be_up("both settings are good")
        before = time.time()
        answer, _, claims = read(started)
        answer.must(
            lives(claims, minutes, before),
            expected=f'a payload with "exp" {minutes} minutes after the login',
            difference=f"the payload is {claims}",
        )
        says = answer.fields().get("expires_in")
        answer.must(
            says is None or abs(says - minutes * MINUTE) <= 1,
            expected=f"{minutes * MINUTE} seconds as expires_in, or none",
            difference=f"expires_in is {says}",
        )


def test_an_invalid_lifetime_is_rejected_at_startup(server: Server):
    """If the app starts anyway, its tokens have expired already, live forever, or can't
    be made at all. It must not start, and its message must name the variable, in the
    environment and in .env. An app runs for months: what fits into the calendar by a
    day at its start is too long for a login next year."""
    must_be_in_reach(server)
    left = int(END_OF_9999 - time.time()) // MINUTE
    bad = {shown(one): one for one in BAD_MINUTES} | {
        "the minutes until the first day after the year 9999": str(left + A_DAY)
    }

    def check(settings: dict[str, str | None]) -> None:
        with server.launched(**settings) as launch:
            launch.must_be_refused("ACCESS_TOKEN_EXPIRE_MINUTES")
            launch.must_not_show(spellings_of(GOOD_KEY))

    must_all(
        in_turn("ACCESS_TOKEN_EXPIRE_MINUTES", bad)
        | {"0, where DEBUG is set": DEVELOPMENT | {"ACCESS_TOKEN_EXPIRE_MINUTES": "0"}}
        | {
            # The environment goes before the file, also when it's wrong or empty.
            f"{one!r}, where .env has a good one": {
                "dotenv": f"SECRET_KEY={GOOD_KEY}\nACCESS_TOKEN_EXPIRE_MINUTES=5\n",
                "SECRET_KEY": None,
                "ACCESS_TOKEN_EXPIRE_MINUTES": one,
            }
            for one in ("", " ", "none", "0")
        },
        check,
    )
    with server.launched(
        SECRET_KEY=GOOD_KEY, ACCESS_TOKEN_EXPIRE_MINUTES=str(left - A_DAY)
    ) as launch:
        if launch.server is not None and server.clock is not None:
            with server.clock.at(time.time() + 365 * A_DAY * MINUTE):
                launch.server.login(**JOHNDOE).must_have_status(200)


def test_without_a_key_the_app_does_not_start(server: Server):
    """A default would be a key that everybody knows. The message names the variable
    and tells how a good key is made."""
    must_be_in_reach(server)
    with server.launched(SECRET_KEY=None) as launch:
        launch.must_be_refused("SECRET_KEY", "openssl rand -hex 32")
    # Nor where a variable says what the code looks for.
    words = words_of(server)
    names = {*NAME_A_MODE, *(word for word in words if re.fullmatch("[A-Z_]+", word))}
    names -= {"SECRET_KEY", "ACCESS_TOKEN_EXPIRE_MINUTES", "PATH", "HOME"}

    def check(mode: str) -> None:
        for key in (None, "secret", PUBLISHED_KEYS["FastAPI"]):
            variables = dict.fromkeys(sorted(names), mode)
            with server.launched(SECRET_KEY=key, **variables) as launch:
                launch.must_be_refused("SECRET_KEY")

    must_all({f"{mode} in the code": mode for mode in MODES if mode in words}, check)


@pytest.mark.standard("RFC 7518", "3.2")
def test_a_short_key_is_rejected_at_startup(server: Server):
    """HS256 needs a key of 256 bits, 32 bytes, or more. A word or a short text can be
    found by trying, with one token to try it on. Variables such as DEBUG change
    nothing."""
    must_all(
        in_turn("SECRET_KEY", SHORT_KEYS)
        | {"secret, where DEBUG is set": DEVELOPMENT | {"SECRET_KEY": "secret"}},
        lambda settings: must_refuse_key(server, settings),
    )


@pytest.mark.standard("RFC 7518", "3.2")
def test_a_key_of_thirty_two_bytes_is_enough(server: Server):
    """The limit is that of the standard, and counts bytes, not characters. A random key
    may begin with a letter twice, have one letter more often than others, or end as it
    begins: that repeats no whole text."""
    must_be_in_reach(server)

    def check(key: str) -> None:
        with server.launched(SECRET_KEY=key) as launch:
            started = launch.must_be_up("32 bytes, not repeated, are enough")
            started.login(**JOHNDOE).must_have_status(200)

    must_all(KEYS_OF_ENOUGH_BYTES, check)


@pytest.mark.standard("RFC 8725", "3.5")
def test_a_key_that_is_easy_to_guess_is_rejected(server: Server):
    """One character, repeated, or a word, repeated, is long enough and can be guessed
    all the same."""
    must_all(EASY_KEYS, lambda key: must_refuse_key(server, {"SECRET_KEY": key}))


@pytest.mark.standard("RFC 8725", "3.5")
def test_a_published_key_is_rejected_at_startup(server: Server):
    """Long, random, and known to everyone: this is the key that really gets deployed,
    in small letters or in capitals."""
    keys = {
        f"{name}, in {how}": key
        for name, published in PUBLISHED_KEYS.items()
        for how, key in {
            "capitals": published.upper(),
            "small letters": published.lower(),
        }.items()
    }
    must_all(
        in_turn("SECRET_KEY", keys)
        | {name: {"SECRET_KEY": key} for name, key in KEYS_OF_A_LIST.items()}
        | {
            "FastAPI's, where DEBUG is set": DEVELOPMENT
            | {"SECRET_KEY": PUBLISHED_KEYS["FastAPI"]}
        },
        lambda settings: must_refuse_key(server, settings),
    )


def test_both_settings_are_named_when_both_are_bad(server: Server):
    """When you set up an app, you want to see everything that's wrong, and not one
    thing at each start."""
    must_be_in_reach(server)
    cases = {
        "a short key": {"SECRET_KEY": "secret"},
        "no key": {"SECRET_KEY": None},
        "a published key": {"SECRET_KEY": PUBLISHED_KEYS["FastAPI"]},
    }

    def check(settings: dict[str, str | None]) -> None:
        for minutes in ("soon", "0"):
            with server.launched(
                ACCESS_TOKEN_EXPIRE_MINUTES=minutes, **settings
            ) as launch:
                launch.must_be_refused(
                    "SECRET_KEY", "ACCESS_TOKEN_EXPIRE_MINUTES", "openssl rand -hex 32"
                )

    must_all(cases, check)


def test_a_bad_key_in_the_environment_is_not_replaced_by_the_file(server: Server):
    """The environment goes before the file, also when it is wrong or empty: an app
    that quietly takes another key than the one it was given hides the mistake."""
    must_be_in_reach(server)

    def check(key: str) -> None:
        with server.launched(f"SECRET_KEY={GOOD_KEY}\n", SECRET_KEY=key) as launch:
            launch.must_be_refused("SECRET_KEY")

    # What the code calls no key, or none yet.
    words = [word for word in words_of(server) if PLACEHOLDER(word) and len(word) < 32]
    must_all(BAD_KEYS | {word: word for word in words[:MOST_PLACEHOLDERS]}, check)


def test_a_refused_key_is_not_shown(server: Server):
    """The message goes to a log that many can read. One key in it may be another
    system's, put here by mistake, and a part of it is a part too many, be it the list
    of its characters. It may also have gone into the other variable."""
    must_be_in_reach(server)
    in_turns = in_turn("SECRET_KEY", KEYS_TO_QUOTE)
    must_all(
        {name: (key, in_turns[name]) for name, key in KEYS_TO_QUOTE.items()},
        lambda case: must_not_quote(server, *case),
    )
    key, digits = "Xq7hunter2-9vZ-w0rdKp", "4829017365501947283650918273640519283746"
    spellings = spellings_of(key) | parts_of(key) | parts_of(digits)
    for wrong in (
        {"SECRET_KEY": key},
        {"SECRET_KEY": f"ssh-rsa {key} {GOOD_KEY}"},
        {"ACCESS_TOKEN_EXPIRE_MINUTES": key},
        {"ACCESS_TOKEN_EXPIRE_MINUTES": key, "SECRET_KEY": key},
        {"ACCESS_TOKEN_EXPIRE_MINUTES": digits},
    ):
        for settings in in_each_place(**wrong):
            with server.launched(**settings) as launch:
                launch.must_not_show(spellings)
                if launch.server is None:
                    launch.must_be_refused(*wrong)


def test_a_key_is_not_printed(server: Server, contract: Contract):
    """What an app prints ends up in logs: at the start, at a login and when a token is
    used. That goes for one that is told to print more, too."""
    must_be_in_reach(server)
    key = f"{RARE_LETTERS[:4]}{GOOD_KEY}{RARE_LETTERS[4:]}"
    with server.launched(**CHATTY, SECRET_KEY=key) as launch:
        started = launch.must_be_up("SECRET_KEY is a good one")
        said = words_in(launch.printed())
        started.get(contract.me, token=started.login(**JOHNDOE).token)
        started.login("johndoe", "a wrong password")
        started.get(contract.me, token="a.b.c")
        launch.must_not_show(spellings_of(key) | letters_of(RARE_LETTERS))
    if not said:
        return
    # What comes again with this key, and not in between with another, was made from it.
    # That one is shorter: how long a key is, and of what letters, helps to guess it.
    for given in (OTHER_KEY[:40], key):
        with server.launched(**CHATTY, SECRET_KEY=given) as launch:
            words = words_in(launch.printed())
        said = said & words if given == key else said - words
    if said:
        raise launch.contract_error(
            "what it prints at its start doesn't depend on the key",
            [
                "with another key it prints another word: a hash of the key is one, "
                "and so is its length"
            ],
        )


def test_the_dotenv_file_is_not_served(server: Server):
    """A server that hands out the folder in which it was started, for the pictures of a
    page, hands out the key with it."""
    must_be_in_reach(server)
    with server.launched(f"SECRET_KEY={GOOD_KEY}\n", SECRET_KEY=None) as launch:
        started = launch.must_be_up("SECRET_KEY is in .env")
        for path in ("/.env", "/static/.env", "/files/.env", "/..%2f.env", "/%2eenv"):
            answer = started.get(path)
            answer.must(
                GOOD_KEY not in answer.text,
                expected="404",
                difference="it is the file with the key",
            )


def test_a_header_does_not_choose_the_key(server: Server, contract: Contract):
    """A `kid` is a name that the sender writes. Looked up among the variables or the
    files, it makes a key of whatever the sender knows: PATH, or a line of `.env`. That
    goes for a part of a name, too: a SECRET_KEY_2025 is another program's, or an old
    key that leaked."""
    must_be_in_reach(server)
    known = {"ANOTHER": OTHER_KEY, "GREETING": "hello", "EMPTY": ""}
    keys = dict.fromkeys(names_with_a_kid(words_of(server)), OTHER_KEY)
    dotenv = "PORT=8001\n"
    with server.launched(dotenv, SECRET_KEY=GOOD_KEY, **known, **keys) as launch:
        started = launch.must_be_up("SECRET_KEY is a good one")
        _, header, claims = read(started)
        names = known | {".env": dotenv, "./.env": dotenv, "PORT": "8001"}
        names |= dict.fromkeys(KIDS, OTHER_KEY)
        must_all(
            {
                f"kid {name}": tokens.sign(claims, key, header=header | {"kid": name})
                for name, key in names.items()
            },
            lambda token: started.get(contract.me, token=token).must_be(
                contract.bad_token
            ),
        )


def test_an_unknown_line_in_the_dotenv_file_is_ignored(server: Server):
    """Other programs keep their settings there, too, such as the address at which
    their documentation is served. In the environment they change as little."""
    must_be_in_reach(server)
    dotenv = f"SECRET_KEY={GOOD_KEY}\nPORT=8001\nDATABASE_URL=sqlite:///app.db\n"
    dotenv += "".join(f"{name}={value}\n" for name, value in OF_FASTAPI.items())
    usual = {path: server.get(path) for path in ("/openapi.json", "/docs")}
    for settings in (
        {"dotenv": dotenv, "SECRET_KEY": None},
        {**OF_FASTAPI, "SECRET_KEY": GOOD_KEY},
    ):
        with server.launched(**settings) as launch:
            started = launch.must_be_up("SECRET_KEY is a good one")
            for path, answer in usual.items():
                document = started.get(path)
                document.must_have_status(answer.status)
                document.must(
                    "evil.example" not in document.text,
                    expected="what comes without these",
                    difference="it sends passwords to evil.example",
                )


@pytest.mark.standard("RFC 8725", "3.1")
def test_the_algorithm_is_not_a_setting(server: Server, contract: Contract):
    """The verifier alone decides which algorithm a token may use. A variable must not
    be able to say `none`, nor a list of them, under whatever name. Tokens are made and
    accepted as before."""
    must_be_in_reach(server)
    # Whatever the code may ask for.
    words = [word for word in words_of(server) if re.fullmatch(r"(?i)\w*alg\w*", word)]
    names = [*ALGORITHM_NAMES, *words, *map(str.upper, words)]

    def check(value: str) -> None:
        in_both = in_each_place(**dict.fromkeys(names, value))
        alg = re.findall(r"\w+", value)[-1]
        for settings in in_both if value in IN_BOTH_PLACES else in_both[:1]:
            with server.launched(**settings) as launch:
                must_be_hs256_alone(launch.must_be_up("that is not its business"), alg)

    def must_be_hs256_alone(started: Server, alg: str) -> None:
        answer, header, claims = read(started)
        answer.must(
            header.get("alg") == "HS256",
            expected='a header with "alg": "HS256"',
            difference=f"the header is {header}",
        )
        if alg in tokens.HASHES:
            forged = tokens.sign(
                claims, GOOD_KEY, alg=alg, header=header | {"alg": alg}
            )
        else:
            forged = tokens.unsigned(claims, header=header | {"alg": alg}) + "."
        started.get(contract.me, token=forged).must_be(contract.bad_token)

    must_all({value: value for value in ALGORITHMS}, check)


def test_an_app_that_starts_can_use_its_key(server: Server, contract: Contract):
    """Some libraries read a key that looks like JSON, PEM or SSH as one of another
    kind, and can't use bytes that aren't UTF-8. An app that finds that out at the first
    login, or never accepts its own tokens, should have said so at its start. What it
    says shows no part of the key, and Python's own messages may quote one."""
    must_be_in_reach(server)

    def check(key: str) -> None:
        with server.launched(SECRET_KEY=key) as launch:
            launch.must_not_show(
                {"a part of the key": GOOD_KEY[:PART], "a byte": "udcff"}
            )
            if launch.server is None:
                launch.must_be_refused("SECRET_KEY", "openssl rand -hex 32")
            else:
                must_use(launch.server, contract, key)

    must_all(KEYS_OF_OTHER_KINDS, check)


def words_in(text: str) -> set[str]:
    """What may be a hash in a text, or a part of a key."""
    return set(re.findall(r"[\w+/:=-]{4,}|\d+", text))


def in_each_place(**wrong: str) -> list[dict[str, str | None]]:
    """Settings that are right but for these: from the environment, and from .env."""
    right: dict[str, str | None] = {"SECRET_KEY": GOOD_KEY}
    lines = {
        name: value for name, value in (right | wrong).items() if value is not None
    }
    dotenv = "".join(f"{name}={value}\n" for name, value in lines.items())
    return [right | wrong, {"SECRET_KEY": None, "dotenv": dotenv}]


def in_turn(name: str, values: Mapping[str, str]) -> dict[str, dict[str, str | None]]:
    """Settings for each of these values, from the environment and from .env by turns.
    Each start takes its time, and an app seldom judges a value by where it came from.
    """
    return {
        case: in_each_place(**{name: value})[number % 2]
        for number, (case, value) in enumerate(values.items())
    }


def must_sign_with(
    server: Server, contract: Contract, key: str, **settings: Any
) -> None:
    """Raises `ContractError` unless the app starts with these settings, and signs and
    reads its tokens with this key."""
    must_be_in_reach(server)
    with server.launched(**settings) as launch:
        started = launch.must_be_up("SECRET_KEY is a good one")
        must_use(started, contract, key)


def must_use(started: Server, contract: Contract, key: str) -> None:
    """Raises `ContractError` unless the app signs with its key and takes its tokens."""
    answer, _, _ = read(started)
    raw = key.encode("utf-8", "surrogateescape")
    answer.must(
        tokens.is_signed_with(answer.token, raw),
        expected="a signature made with the whole SECRET_KEY, as it stands there",
        difference="that key does not make this signature",
    )
    record = started.get(contract.me, token=answer.token)
    record.must_be(contract.guarded[contract.me])


def must_not_quote(
    server: Server, key: str, settings: Mapping[str, str | None]
) -> None:
    """Raises `ContractError` unless the app refuses a key without quoting it."""
    with server.launched(**settings) as launch:
        launch.must_be_refused("SECRET_KEY", "openssl rand -hex 32")
        launch.must_not_show(parts_of(key) if key.isascii() else letters_of(key))
        launch.must_not_show(spellings_of(key))


def names_with_a_kid(words: list[str]) -> Iterator[str]:
    """Variables that may have the key of a `kid`, also by what is in the code."""
    before = {*BEFORE_A_KID, *(word for word in words if word.endswith("_"))}
    after = {*AFTER_A_KID, *(word for word in words if word.startswith("_"))}
    for kid in KIDS:
        names = {*(f"{one}{kid}" for one in before), *(f"{kid}{one}" for one in after)}
        names |= {name.upper() for name in names}
        yield from sorted(name for name in names if name.isidentifier())


def letters_of(text: str) -> dict[str, str]:
    """Each letter of a text, and how Python writes it in ASCII."""
    return {f"the letter {one}": one for one in text} | {
        f"the letter {one}, as an escape": f"u{ord(one):04x}" for one in text
    }


def parts_of(key: str) -> dict[str, str]:
    """Its beginning, its end, and what is longer from wherever in it."""
    places = range(0, len(key) - 5, 3)
    return {
        "its beginning": key[:4],
        "its end": key[-4:],
        **{f"characters from the {at + 1}th on": key[at : at + 6] for at in places},
    }


def shown(value: str) -> str:
    """A value as the name of a case."""
    return repr(value) if len(value) < 20 else f"{len(value)} times {value[0]}"


def must_refuse_key(server: Server, settings: Mapping[str, str | None]) -> None:
    """Raises `ContractError` when the app starts with these settings."""
    must_be_in_reach(server)
    with server.launched(**settings) as launch:
        launch.must_be_refused("SECRET_KEY", "openssl rand -hex 32")


def must_be_in_reach(server: Server) -> None:
    """Skips where the app cannot be started once more."""
    if server.probe is None:
        pytest.skip("needs to start the app with other settings: not possible at a URL")


def lives(claims: dict[str, object], minutes: int, since: float) -> bool:
    """Whether the token ends so many minutes after a login that began at `since`."""
    exp = claims.get("exp")
    # It may be in whole seconds.
    return isinstance(exp, int | float) and (
        since - 1 <= exp - minutes * MINUTE <= time.time() + 1
    )
