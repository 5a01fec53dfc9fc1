"""Users in a database: who can sign up, and what becomes of an old hash."""

import base64
import contextlib
import hashlib
import re
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bcrypt
import pytest

from tests.steps.contract import ALICE, JOHNDOE, Contract, must_all
from workbook.checking import Answer, Server
from workbook.checking.server import Launch
from workbook.settings import new_database

# Nobody uses it, and it's 21 characters long.
GOOD = "wrong battery mustang"
# What nobody else writes, so that it can be searched for.
TYPED = "zxcvbnm-zxcvbnm"
COMMON = ("passwordpassword", "123456789012345", "qwertyuiopasdfgh", "aaaaaaaaaaaaaaa")
# What is refused before anybody looks into the table.
MALFORMED = (400, 415, 422)
# A hash as it's made today: bcrypt at a cost of 12 or more, or Argon2.
TODAYS_HASH = re.compile(r"\$2[aby]\$(1[2-9]|[23]\d)\$[./A-Za-z0-9]{53}|\$argon2id\$.+")
# secret, as Django 5.2 hashes it.
ITERATIONS = 1_000_000
DJANGO_5 = (
    "pbkdf2_sha256$1000000$sodiumchloride$knXXLCgAlGCginAfxABut2Lc32Mr7d4QCNGRvY1lpVw="
)
# secret, by bcrypt at the lowest cost.
CHEAP = "$2b$04$EixZaYVK1fsbw1ZfbX3OXe"
# In one code point for each accented letter, in two, and in wide letters.
COMPOSED = "cr\u00e8me br\u00fbl\u00e9e for two"
DECOMPOSED = "cre\u0300me bru\u0302le\u0301e for two"
WIDE = "\uff43\uff52\u00e8\uff4d\uff45 br\u00fbl\u00e9e for two"
# Of logins at the same moment.
MANY = 16


class Users:
    """The table `users` of an app's database, as its administrator sees it."""

    def __init__(self, url: str) -> None:
        self._url = url

    def hash_of(self, username: str) -> str:
        """What is stored for this user."""
        (row,) = self._run(
            "SELECT hashed_password FROM users WHERE username = ?", username
        )
        return str(row[0])

    def set_hash(
        self, username: str, hashed_password: str, *, patience: int = 60
    ) -> None:
        """Raises an error of the database's if it's locked for so many seconds."""
        self._run(
            "UPDATE users SET hashed_password = ? WHERE username = ?",
            hashed_password,
            username,
            patience=patience,
        )

    @contextlib.contextmanager
    def with_hash(self, username: str, hashed_password: str) -> Iterator[None]:
        """In this block the user has another hash."""
        before = self.hash_of(username)
        self.set_hash(username, hashed_password)
        try:
            yield
        finally:
            self.set_hash(username, before)

    def _run(self, statement: str, *values: str, patience: int = 60) -> list[Any]:
        if path := file_of(self._url):
            connection: Any = sqlite3.connect(path, timeout=patience)
        else:
            import psycopg

            connection = psycopg.connect(
                self._url.replace("+psycopg", "", 1),
                options=f"-c lock_timeout={patience}s",
            )
            statement = statement.replace("?", "%s")
        with contextlib.closing(connection), connection:
            cursor = connection.execute(statement, values)
            return list(cursor.fetchall()) if cursor.description else []


def file_of(url: str) -> Path | None:
    """The file of a SQLite database."""
    kind, _, path = url.partition(":///")
    return Path(path) if kind == "sqlite" else None


@pytest.fixture
def users(server: Server) -> Users:
    """The app's table. At a URL it's out of reach."""
    if server.database_url is None:
        pytest.skip("needs the app's database, which isn't known at a URL")
    return Users(server.database_url)


def new_name() -> str:
    """A username that nobody has, also where a server is checked twice."""
    return f"u_{secrets.token_hex(8)}"


def register(server: Server, password: object = GOOD, **fields: object) -> Answer:
    """A registration, of a new name where none is given."""
    return server.post(
        "/users", json={"username": new_name(), "password": password} | fields
    )


def django_hash(password: str, iterations: int = 1000) -> str:
    """The hash that Django stores, with fewer iterations."""
    salt = "sodiumchloride"
    digest = hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), iterations)
    return f"pbkdf2_sha256${iterations}${salt}${base64.b64encode(digest).decode()}"


def test_a_new_user_logs_in(server: Server, contract: Contract):
    """Whoever signs up is a user from then on, like the two who were there before: with
    this password and no other, and with a record of their own."""
    name = new_name()
    register(server, username=name).must_have_status(201)
    login = server.login(name, GOOD)
    login.must_have_status(200)
    record = server.get(contract.me, token=login.token)
    record.must_have_status(200)
    record.must(
        record.fields().get("username") == name,
        expected="the record of the user who has just signed up",
        difference=f"username is {record.fields().get('username')!r}",
    )
    server.login(name, f"{GOOD}!").must_be(contract.bad_login)


@pytest.mark.standard("RFC 9110", "15.3.2")
def test_the_answer_to_a_registration_is_the_public_record(server: Server):
    """Something was created, which is a 201. It's what anyone may see of a user: no
    password and no hash."""
    public = {"email": "new@example.com", "full_name": "N. E. W."}
    name = new_name()
    answer = register(server, username=name, **public)
    answer.must_have_status(201)
    record = {"username": name, **public, "disabled": False}
    extra = set(answer.fields()) - set(record)
    answer.must(
        answer.fields() == record,
        expected="201 and username, email, full_name and disabled as they're stored",
        difference=f"the body also holds {', '.join(sorted(extra))}"
        if extra
        else "the record is another one",
    )


@pytest.mark.standard("RFC 9110", "15.5.10")
def test_a_taken_username_is_a_conflict(server: Server, contract: Contract):
    """A name belongs to whoever had it first, also while their account is disabled. A
    registration that replaces a user takes over an account."""
    # First a new user, whom no other test misses.
    name = new_name()
    register(server, username=name).must_have_status(201)
    for taken in (name, "johndoe", "alice"):
        register(server, f"{GOOD}!", username=taken).must_have_status(409)
        server.login(taken, f"{GOOD}!").must_be(contract.bad_login)
    server.login(name, GOOD).must_have_status(200)
    server.login(**JOHNDOE).must_have_status(200)


def test_two_registrations_at_once_make_one_user(server: Server, contract: Contract):
    """Both have looked, and neither has seen the other. Only the database can say who
    was first, by a key that is unique."""
    if server.probe is None:
        pytest.skip("requests are sent one by one here")
    name = new_name()
    passwords = [f"{GOOD} {number}" for number in range(2)]
    answers = server.send_at_once(
        [
            ("POST", "/users", {"json": {"username": name, "password": password}})
            for password in passwords
        ]
    )
    statuses = sorted(answer.status for answer in answers)
    answers[0].must(
        statuses == [201, 409],
        expected="one 201 and one 409",
        difference=f"the statuses are {statuses}",
    )
    for password, answer in zip(passwords, answers, strict=True):
        login = server.login(name, password)
        if answer.status == 201:
            login.must_have_status(200)
        else:
            login.must_be(contract.bad_login)


@pytest.mark.standard("NIST SP 800-63B-4", "3.1.1.2")
def test_a_short_password_is_refused(server: Server):
    """A password that is all that protects an account has 15 characters or more. A
    letter that takes two bytes is still one character."""
    must_all(
        {
            "14 letters": "abcdefghijklmn",
            "14 letters of two bytes": "\u00e4" * 7 + "\u00f6" * 7,
            "14 characters of four bytes": "\U0001f40e" * 14,
            "nothing": "",
        },
        lambda password: register(server, password).must_have_status(422),
    )
    register(server, "\u00e4bcdefghijklmn\u00f6").must_have_status(201)


@pytest.mark.standard("NIST SP 800-63B-4", "3.1.1.2")
def test_a_password_over_72_bytes_is_refused(server: Server, contract: Contract):
    """bcrypt reads 72 bytes and ignores the rest. Then a password that somebody took
    care to make long is shorter than they think."""
    must_all(
        {"73 letters": "x" * 72 + "y", "37 letters of two bytes": "\u0436" * 37},
        lambda password: register(server, password).must_have_status(422),
    )
    name, longest = new_name(), "x" * 71 + "y"
    register(server, longest, username=name).must_have_status(201)
    server.login(name, longest).must_have_status(200)
    server.login(name, "x" * 71).must_be(contract.bad_login)


@pytest.mark.standard("NIST SP 800-63B-4", "3.1.1.2")
def test_a_common_password_is_refused(server: Server):
    """Whoever guesses begins with what many people use. A list of some is enough to
    keep those out, and it's looked up whole: a good password may have a bad one in
    it."""
    must_all(
        {password: password for password in COMMON},
        lambda password: register(server, password).must_have_status(422),
    )
    register(server, f"{COMMON[0]} of a mustang").must_have_status(201)


def test_a_refusal_does_not_repeat_the_password(server: Server):
    """What was typed may be the password of another account, or this one with a typo.
    An answer ends up in logs and in error trackers. FastAPI's own 422 repeats the
    input."""
    good = f"{TYPED} and more"
    taken = new_name()
    register(server, username=taken).must_have_status(201)
    cases: dict[str, dict[str, Any]] = {
        "too short": {"json": {"username": new_name(), "password": TYPED[:14]}},
        "too long": {"json": {"username": new_name(), "password": TYPED * 5}},
        "a taken name": {"json": {"username": taken, "password": good}},
        "a bad name": {"json": {"username": "a b", "password": good}},
        "no name": {"json": {"password": good}},
        "in a list": {"json": {"username": new_name(), "password": [good]}},
        "broken JSON": {"content": f'{{"password": "{good}"'.encode(), "headers": JSON},
        "a form": {"data": {"username": new_name(), "password": good}},
    }

    def check(request: dict[str, Any]) -> None:
        answer = server.post("/users", **request)
        answer.must(
            400 <= answer.status < 500,
            expected="a refusal",
            difference=f"the status is {answer.status}",
        )
        answer.must(
            TYPED[:14] not in f"{answer.text} {answer.headers}",
            expected="a refusal that says what is wrong, without what was typed",
            difference="it repeats the password",
        )

    must_all(cases, check)


def test_a_username_has_letters_digits_and_underscores(server: Server):
    """A username has 1 to 32 of `a` to `z`, `0` to `9` and `_`, and nothing is changed
    in it. With capitals and other alphabets, two names can look the same to people and
    be different to the database, or the other way round."""
    must_all(
        {
            "nothing": "",
            "a capital": "Johndoe",
            "a blank": "john doe",
            "a blank before it": " john_doe",
            "a line end": "john_doe\n",
            "a NUL": "john\0doe",
            "an umlaut": "j\u00f6hn",
            "a Cyrillic letter": "j\u043ehndoe",
            "a wide letter": "\uff4aohndoe",
            "a slash": "../john",
            "a quote": "john'--",
            "33 letters": "j" * 33,
            "a number": 12,
            "null": None,
        },
        lambda name: register(server, username=name).must_have_status(422),
    )
    register(server, username=f"{new_name():_<32}").must_have_status(201)


JSON = {"Content-Type": "application/json"}


def test_a_malformed_registration_is_refused(server: Server):
    """Input that isn't what you expect is no error of yours: it's a refusal."""
    must_all(
        {
            "broken JSON": {"content": b'{"username": "x", ', "headers": JSON},
            "no UTF-8": {"content": b'{"username": "\xff"}', "headers": JSON},
            "nothing": {"content": b"", "headers": JSON},
            "a list": {"json": ["username", "password"]},
            "no password": {"json": {"username": new_name()}},
            "half a character": {
                "content": b'{"username": "x_1", "password": "' + HALF * 20 + b'"}',
                "headers": JSON,
            },
            "deep": {"content": b"[" * 100_000, "headers": JSON},
            "a NUL": {"json": {"username": new_name(), "password": f"{GOOD}\0"}},
            "a form": {"data": {"username": new_name(), "password": GOOD}},
        },
        lambda request: must_be_malformed(server.post("/users", **request)),
    )


HALF = b"\\ud83d"


def must_be_malformed(answer: Answer) -> None:
    answer.must(
        answer.status in MALFORMED,
        expected="422",
        difference=f"the status is {answer.status}",
    )


@pytest.mark.standard("OWASP API Security", "API3:2023")
def test_a_client_sets_nothing_but_its_own_fields(server: Server, contract: Contract):
    """What is stored is what your model names, field by field. If the whole body goes
    into the table, a client can bring a hash of its own, or enable an account."""
    name = new_name()
    extra = {
        "hashed_password": contract.stored_hash,
        "disabled": True,
        "is_admin": True,
        "id": 1,
    }
    answer = register(server, username=name, **extra)
    if answer.status == 422:
        return
    answer.must_have_status(201)
    login = server.login(name, GOOD)
    login.must_have_status(200)
    server.get(contract.me, token=login.token).must_have_status(200)
    server.login(name, "secret").must_be(contract.bad_login)


@pytest.mark.standard("NIST SP 800-63B-4", "3.1.1.2")
def test_each_spelling_of_a_password_logs_in(server: Server):
    """An accented letter is one character on one keyboard and two on another. Both are
    brought to one spelling before they're hashed, here to NFKC: at the registration and
    at each login."""
    name = new_name()
    register(server, DECOMPOSED, username=name).must_have_status(201)
    must_all(
        {"in two characters": DECOMPOSED, "in one": COMPOSED, "wide letters": WIDE},
        lambda password: server.login(name, password).must_have_status(200),
    )


def test_a_new_password_is_stored_as_a_hash(server: Server, users: Users):
    """What is in the table gets stolen one day. Two users with the same password have
    different hashes, since each hash has a salt of its own."""
    names = [new_name(), new_name()]
    for name in names:
        answer = register(server, username=name)
        answer.must_have_status(201)
        must_be_todays(answer, users.hash_of(name), GOOD)
    one, other = map(users.hash_of, names)
    answer.must(
        one != other,
        expected="a salt of its own for each hash",
        difference="two users with one password have the same hash",
    )


def must_be_todays(answer: Answer, stored: str, password: str) -> None:
    """Raises `ContractError` unless this is a hash of the password, as it's made
    today."""
    shown = stored[:7]
    answer.must(
        bool(TODAYS_HASH.fullmatch(stored)),
        expected="a hash in the table, by bcrypt at a cost of 12 or more",
        difference=f"what is stored begins with {shown!r}"
        if password not in stored
        else "the password itself is stored",
    )


def test_an_old_hash_logs_in(server: Server, users: Users):
    """The users came from a Django app, and so did their hashes. Nobody knows their
    passwords, so nobody could make new ones."""
    with users.with_hash("johndoe", django_hash("secret")):
        server.login(**JOHNDOE).must_have_status(200)


@pytest.mark.standard("NIST SP 800-63B-4", "3.1.1.2")
def test_a_login_replaces_an_old_hash(server: Server, contract: Contract, users: Users):
    """At a login you know the password, for a moment. Hash it again then, or the old
    hash is still there when the table is stolen, and everybody has logged in since.
    It's the hash of one user: an UPDATE without its WHERE gives all others this
    password."""
    hers = users.hash_of("alice")
    with users.with_hash("johndoe", django_hash("secret")):
        login = server.login(**JOHNDOE)
        login.must_have_status(200)
        must_be_todays(login, users.hash_of("johndoe"), "secret")
        must_still_be(hers, login, users, "alice")
        server.login(**JOHNDOE).must_have_status(200)
        server.login("johndoe", "secrets").must_be(contract.bad_login)


def test_a_hash_of_a_lower_cost_is_replaced(server: Server, users: Users):
    """The scheme is today's, and its cost is that of ten years ago. It's an old hash,
    too."""
    cheap = bcrypt.hashpw(b"secret", CHEAP.encode()).decode()
    with users.with_hash("johndoe", cheap):
        login = server.login(**JOHNDOE)
        login.must_have_status(200)
        must_be_todays(login, users.hash_of("johndoe"), "secret")


def test_a_wrong_password_replaces_nothing(server: Server, users: Users):
    """A guess is no password. If it's hashed and stored, whoever guesses has an account
    the next time."""
    old = django_hash("secret")
    with users.with_hash("johndoe", old):
        must_still_be(old, server.login("johndoe", "a guess"), users, "johndoe")
        must_still_be(old, server.login("nobody", "secret"), users, "johndoe")


def test_a_hash_of_today_stays(server: Server, users: Users):
    """It has nothing to gain. A new one at each login doubles its time, and writes to
    the database."""
    today = users.hash_of("johndoe")
    must_still_be(today, server.login(**JOHNDOE), users, "johndoe")
    must_still_be(today, server.login("johndoe", "a guess"), users, "johndoe")


def must_still_be(before: str, login: Answer, users: Users, username: str) -> None:
    login.must(
        users.hash_of(username) == before,
        expected="the same hash in the table as before",
        difference="it was replaced",
    )


def test_logins_at_once_leave_one_valid_hash(server: Server, users: Users):
    """Each of them has read the old hash, and each makes a new one. Whichever is stored
    last, all of them were right, and the next login is, too."""
    if server.probe is None:
        pytest.skip("requests are sent one by one here")
    with users.with_hash("johndoe", django_hash("secret")):
        for login in server.log_in_at_once([JOHNDOE] * 2):
            login.must_have_status(200)
        must_be_todays(login, users.hash_of("johndoe"), "secret")
        server.login(**JOHNDOE).must_have_status(200)


def test_a_login_does_not_undo_a_change_of_the_password(server: Server, users: Users):
    """A login has read the old hash, and computes. Meanwhile its user gets a new
    password, perhaps because the old one is known to somebody. A login that then stores
    its hash brings the old password back."""
    if server.probe is None:
        pytest.skip("hashes are out of reach")

    def check(new: str) -> None:
        is_changed = False
        with users.with_hash("johndoe", django_hash("secret")):
            with (
                server.while_logging_in(JOHNDOE) as logins,
                contextlib.suppress(Exception),
            ):
                users.set_hash("johndoe", new, patience=1)
                is_changed = True
            left = users.hash_of("johndoe")
        logins[0].must(
            is_changed,
            expected="that the table can be changed while a login computes its hash",
            difference="the login keeps it locked",
        )
        logins[0].must(
            left == new,
            expected="the hash that was stored meanwhile, still in the table",
            difference="the login has stored its own",
        )

    password = "the new password"
    cheap = bcrypt.hashpw(password.encode(), CHEAP.encode()).decode()
    must_all({"bcrypt": cheap, "Django's": django_hash(password, 2000)}, check)


def test_a_long_old_password_still_logs_in(
    server: Server, contract: Contract, users: Users
):
    """Django took passwords of any length, and bcrypt has no hash for those of more
    than 72 bytes. Their users keep the old hash, rather than be locked out or lose the
    end of their password."""
    password = "x" * 80
    with users.with_hash("johndoe", django_hash(password)):
        for _ in range(2):
            server.login("johndoe", password).must_have_status(200)
        server.login("johndoe", password[:72]).must_be(contract.bad_login)
    # The longest one that has a new hash.
    with users.with_hash("johndoe", django_hash(password[:72])):
        login = server.login("johndoe", password[:72])
        login.must_have_status(200)
        must_be_todays(login, users.hash_of("johndoe"), password[:72])
    # Nor has one with a NUL. You may refuse it, too.
    password = "secret\0and more"
    with users.with_hash("johndoe", django_hash(password)):
        login = server.login("johndoe", password)
        if login.status != 200:
            login.must_be(contract.bad_login)


def test_an_old_password_in_another_spelling_logs_in(server: Server, users: Users):
    """Django hashed what was typed, accents in two characters and all. So an old hash
    is compared with what is typed. The new one then is for each spelling."""
    with users.with_hash("johndoe", django_hash(DECOMPOSED)):
        server.login("johndoe", DECOMPOSED).must_have_status(200)
        server.login("johndoe", COMPOSED).must_have_status(200)
        server.login("johndoe", DECOMPOSED).must_have_status(200)


def test_an_unreadable_hash_is_a_wrong_password(
    server: Server, contract: Contract, users: Users
):
    """Django stores `!` and some letters for those who can't log in by password. What
    isn't a hash is nobody's."""

    def check(stored: str) -> None:
        with users.with_hash("johndoe", stored):
            server.login(**JOHNDOE).must_be(contract.bad_login)
            if stored:
                server.login("johndoe", stored).must_be(contract.bad_login)

    must_all(
        {
            "unusable": "!aBcDeFgHiJkLmNoPqRsTuVwXyZ0123456789aBcD",
            "another scheme": "md5$sodium$5ebe2294ecd0e0f08eab7690d2a6ee69",
            "half a hash": django_hash("secret")[:30],
            "half a bcrypt hash": contract.stored_hash[:30],
            "the password": "secret",
            "nothing": "",
        },
        check,
    )


def test_a_disabled_users_hash_stays(server: Server, contract: Contract, users: Users):
    """Her login is refused like any other, and in the time of any other. A new hash
    would take longer, and tell that the password is right."""
    old = django_hash("secret2")
    with users.with_hash("alice", old):
        login = server.login(**ALICE)
        login.must_be(contract.bad_login)
        must_still_be(old, login, users, "alice")


def test_an_unknown_user_costs_what_an_old_hash_costs(server: Server, users: Users):
    """As long as there are two kinds of hashes, an unknown username takes the time of
    the dearer one at least. Django's million iterations take a little longer than
    bcrypt at a cost of 12."""
    if server.probe is None:
        pytest.skip("hashes are out of reach")
    with users.with_hash("johndoe", DJANGO_5):
        server.login("johndoe", "a guess")
        server.probe.hash_stats()
        unknown = server.login("nobody", "a guess")
        stats = server.probe.hash_stats()
    bcrypts = [int(cost.split("$")[2]) for cost in stats.costs]
    unknown.must(
        sum(stats.iterations) >= ITERATIONS or sum(2**cost for cost in bcrypts) > 2**12,
        expected=f"a hash of {ITERATIONS:,} iterations, like that of a known user",
        difference=f"bcrypt at a cost of {', '.join(map(str, bcrypts)) or 'nothing'}, "
        f"and {sum(stats.iterations):,} iterations",
    )


def test_waiting_logins_hold_no_connection(
    server: Server, contract: Contract, johndoe_token: str
):
    """A hash takes a thousand times as long as a look into the table. If each login
    keeps its connection meanwhile, a few logins have them all, and everybody else
    waits."""
    if server.probe is None:
        pytest.skip("hashes are out of reach")
    with server.while_logging_in(*[JOHNDOE] * MANY) as logins:
        answer = server.get(contract.me, token=johndoe_token)
        blocked = server.probe.hash_stats().blocked
    answer.must(
        answer.status == 200 and not blocked,
        expected=f"the record, while {MANY} logins wait for their hashes",
        difference="it waits with them" if blocked else f"it's {answer.status}",
    )
    for login in logins:
        login.must_have_status(200)


@pytest.mark.standard("RFC 9110", "15.6.4")
def test_a_locked_database_is_a_503(
    server: Server, contract: Contract, johndoe_token: str, tmp_path: Path
):
    """Somebody copies the file, or changes the table. It's nobody's mistake, and it
    passes: 503 says so, and that it may be worth another try. It comes within seconds,
    and nothing is half done."""
    if server.probe is None:
        pytest.skip("its environment is out of reach")
    url = new_database(tmp_path)
    path = file_of(url)
    if path is None:
        pytest.skip("needs a database in a file")
    name = new_name()
    requests: list[tuple[str, str, dict[str, Any]]] = [
        ("POST", "/token", {"data": {"grant_type": "password", **JOHNDOE}}),
        ("POST", "/users", {"json": {"username": name, "password": GOOD}}),
    ]
    given = {"SECRET_KEY": server.secret_key, "DATABASE_URL": url}
    with server.launched(**given) as launch:
        started = launch.must_be_up("its database is empty, and can be used")
        with contextlib.closing(sqlite3.connect(path, timeout=60)) as connection:
            connection.execute("BEGIN EXCLUSIVE")
            login, registration = started.send_at_once(requests)
            connection.rollback()
        # In WAL mode readers don't wait for a writer.
        if login.status != 200:
            login.must_have_status(503)
        registration.must_have_status(503)
        started.get(contract.me, token=johndoe_token).must_have_status(200)
        started.login(name, GOOD).must_be(contract.bad_login)


def test_users_survive_a_restart(server: Server, contract: Contract, tmp_path: Path):
    """The table is made where there's none, and left as it is where there is one."""
    if server.probe is None:
        pytest.skip("its environment is out of reach")
    given = {"SECRET_KEY": server.secret_key, "DATABASE_URL": new_database(tmp_path)}
    name = new_name()
    with server.launched(**given) as launch:
        started = launch.must_be_up("its database is empty, and can be used")
        register(started, username=name).must_have_status(201)
    with server.launched(**given) as launch:
        started = launch.must_be_up("its database has a table of users")
        started.login(name, GOOD).must_have_status(200)
        started.login(**JOHNDOE).must_have_status(200)
        register(started, username=name).must_have_status(409)
    server.login(name, GOOD).must_be(contract.bad_login)


def must_name_the_database(launch: Launch) -> None:
    """Raises `ContractError` unless an app refuses to start with a bad database, or
    answers 503 to a login."""
    if launch.server is not None:
        launch.server.login(**JOHNDOE).must_have_status(503)
    else:
        launch.must_be_refused("DATABASE_URL")


def test_a_database_that_cannot_be_used_is_named(server: Server, tmp_path: Path):
    """Whoever starts your app reads one line that says which setting is wrong, and
    needs no traceback for it."""
    if server.probe is None:
        pytest.skip("its environment is out of reach")
    junk = tmp_path / "notes.txt"
    junk.write_text("This is no database.\n" * 500, "utf-8")

    def check(url: str) -> None:
        with server.launched(SECRET_KEY=server.secret_key, DATABASE_URL=url) as launch:
            must_name_the_database(launch)

    must_all(
        {
            "a folder that isn't there": f"sqlite:///{tmp_path}/none/users.db",
            "a folder": f"sqlite:///{tmp_path}",
            "another file": f"sqlite:///{junk}",
            "a server that isn't there": "postgresql://u:p@127.0.0.1:1/users",
        },
        check,
    )


def test_a_url_of_another_kind_is_named(server: Server):
    """A typo in a URL is found at the start, in your own words."""
    if server.probe is None:
        pytest.skip("its environment is out of reach")

    def check(url: str) -> None:
        with server.launched(SECRET_KEY=server.secret_key, DATABASE_URL=url) as launch:
            launch.must_be_refused("DATABASE_URL")

    must_all(
        {url: url for url in ("mysql://u:p@127.0.0.1/users", "https://a.example", "x")},
        check,
    )


def test_the_password_in_the_url_is_not_shown(server: Server):
    """What an app says at its start is in a log, and often on a screen. The password of
    the database isn't for either."""
    if server.probe is None:
        pytest.skip("its environment is out of reach")

    def check(url: str) -> None:
        with server.launched(SECRET_KEY=server.secret_key, DATABASE_URL=url) as launch:
            if launch.server is not None:
                launch.server.login(**JOHNDOE)
            launch.must_not_show({"the password of the database": TYPED})

    must_all(
        {
            "another kind": f"mysql://u:{TYPED}@127.0.0.1/users",
            "a server that isn't there": f"postgresql://u:{TYPED}@127.0.0.1:1/users",
            "a bad port": f"postgresql://u:{TYPED}@127.0.0.1:port/users",
            "as a parameter": f"postgresql://127.0.0.1:1/users?password={TYPED}",
            "with an @": f"postgresql://u:p@{TYPED}@127.0.0.1:1/users",
        },
        check,
    )


def test_an_older_table_is_named(server: Server, tmp_path: Path):
    """A table of another version of the app lacks a column. That's for a person to
    decide: it isn't dropped, and no login finds out by a 500."""
    if server.probe is None:
        pytest.skip("its environment is out of reach")
    path = tmp_path / "users.db"
    with contextlib.closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE users (username TEXT, password TEXT)")
        connection.execute("INSERT INTO users VALUES ('johndoe', 'secret')")
    url = f"sqlite:///{path}"
    with server.launched(SECRET_KEY=server.secret_key, DATABASE_URL=url) as launch:
        must_name_the_database(launch)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT username, password FROM users").fetchall()
    if rows != [("johndoe", "secret")]:
        raise launch.contract_error("the table is left as it is", ["it's changed"])
