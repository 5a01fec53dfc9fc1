"""Scopes: what a token may be used for, and what its user may do."""

import contextlib
import json
import re
import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.steps.contract import ALICE, JOHNDOE, RECORD, Contract, must_all, words_of
from tests.steps.contract.database import GOOD, Users, file_of, new_name, register
from tests.steps.contract.documentation import password_schemes
from tests.steps.contract.jwt import Claims, Sign
from tests.steps.contract.standard_answers import must_be_refused_as, parameters
from workbook import tokens
from workbook.checking import Answer, Server
from workbook.settings import new_database

ME = "/users/me/"
ITEMS = "/users/me/items/"
USERS = "/users/"
NEEDED = {ME: "me", ITEMS: "items", USERS: "admin"}
USUAL = {"me", "items"}
# RFC 6749, section 3.3: words of these characters, with one blank between them.
SCOPE = re.compile(r"[\x21\x23-\x5B\x5D-\x7E]+( [\x21\x23-\x5B\x5D-\x7E]+)*")
# Words in which a search finds `me`, or that somebody would take for it.
LIKE_ME = (
    *("meow", "some", "name", "m", "ME", "Me", "me:read", "me,items", "me;items"),
    *("me+items", "me.items", "user/me", "*", "me*", "!me", "-me", "items-me"),
)


class Rights(Users):
    """What users may do, in the table `users`, as its administrator writes it there."""

    def of(self, username: str) -> str:
        (row,) = self._run("SELECT scopes FROM users WHERE username = ?", username)
        return str(row[0])

    def give(self, username: str, scopes: str) -> None:
        self._run("UPDATE users SET scopes = ? WHERE username = ?", scopes, username)

    def become_those_of_step_10(self) -> None:
        self._run("ALTER TABLE users DROP COLUMN scopes")

    def hashes(self) -> set[tuple[object, ...]]:
        """The users with their hashes: other columns have names of the app's own."""
        rows = self._run("SELECT username, hashed_password FROM users")
        return {tuple(row) for row in rows}

    @contextlib.contextmanager
    def changed(self, username: str, scopes: str) -> Iterator[None]:
        """In this block the user may do something else."""
        before = self.of(username)
        self.give(username, scopes)
        try:
            yield
        finally:
            self.give(username, before)


@pytest.fixture
def rights(server: Server) -> Rights:
    """The column `scopes` of the app's table. At a URL it's out of reach."""
    if server.database_url is None:
        pytest.skip("needs the app's database, which isn't known at a URL")
    return Rights(server.database_url)


def scopes_in(login: Answer) -> list[str]:
    """The scopes of the token that a login got."""
    login.must_have_status(200)
    _, claims = tokens.read(login.token)
    scope = claims.get("scope")
    return scope.split() if isinstance(scope, str) else []


def must_get(login: Answer, scopes: set[str]) -> None:
    """Raises `ContractError` unless a login got a token with these scopes."""
    found = scopes_in(login)
    login.must(
        set(found) == scopes,
        expected=f'a token with the scope "{" ".join(sorted(scopes))}", in any order',
        difference=f"its scopes are {', '.join(found) or 'none'}",
    )


def token_for(server: Server, scope: str, user: dict[str, str] = JOHNDOE) -> str:
    login = server.login(**user, scope=scope)
    login.must_have_status(200)
    return login.token


def must_lack_a_scope(answer: Answer) -> None:
    """Raises `ContractError` unless a token was good, and wasn't enough."""
    answer.must_have_status(403)


@pytest.mark.standard("RFC 6749", "3.3")
def test_a_login_gets_the_scopes_that_it_asks_for(server: Server):
    """A client that needs little asks for little. If its token leaks, that's all that
    is lost."""
    must_all(
        {scope: scope for scope in ("me", "items", "me items", "items me")},
        lambda scope: must_get(
            server.login(**JOHNDOE, scope=scope), set(scope.split())
        ),
    )


@pytest.mark.standard("RFC 6749", "3.3")
def test_a_login_that_asks_for_nothing_gets_the_usual_scopes(server: Server):
    """Most clients ask for no scope. They get what their user may usually do, so that
    they keep working. A scope without a value counts as left out."""
    must_get(server.login(**JOHNDOE), USUAL)
    must_get(server.login(**JOHNDOE, scope=""), USUAL)


@pytest.mark.standard("RFC 6749", "5.1")
def test_the_answer_to_a_login_names_its_scopes(server: Server):
    """A client can't look into its token. `scope` in the answer tells it what it got,
    as one string with blanks, and each word once."""

    def check(fields: dict[str, str]) -> None:
        login = server.login(**JOHNDOE, **fields)
        login.must_have_status(200)
        says = login.fields().get("scope")
        expected = set(fields.get("scope", "").split()) or USUAL
        login.must(
            isinstance(says, str)
            and bool(SCOPE.fullmatch(says))
            and sorted(says.split(" ")) == sorted(expected),
            expected=f'"scope": "{" ".join(sorted(expected))}", in any order',
            difference=f"scope is {says!r}"
            if says is not None
            else "the body lacks scope",
        )

    must_all(
        {
            "no scope": {},
            **{f"the scope {s}": {"scope": s} for s in ("me", "items", "items me")},
            "a repeated word": {"scope": "me items me"},
        },
        check,
    )


@pytest.mark.standard("RFC 9068", "2.2.3")
@pytest.mark.standard("RFC 8693", "4.2")
def test_the_token_has_its_scopes_in_one_string(server: Server):
    """The claim `scope` is a string, as in the request and in the answer. Other
    services read it, and they don't expect a list. A repeated word counts once."""

    def check(scope: str) -> None:
        login = server.login(**JOHNDOE, scope=scope)
        login.must_have_status(200)
        _, claims = tokens.read(login.token)
        says = claims.get("scope")
        expected = set(scope.split()) or USUAL
        login.must(
            isinstance(says, str)
            and bool(SCOPE.fullmatch(says))
            and sorted(says.split(" ")) == sorted(expected),
            expected=f'a payload with "scope": "{" ".join(sorted(expected))}"',
            difference=f"the payload is {claims}",
        )

    must_all({s or "none": s for s in ("me", "", "items me", "me me items")}, check)


@pytest.mark.standard("RFC 6750", "3.1")
def test_a_token_without_the_scope_is_not_enough(server: Server, contract: Contract):
    """Each path has a scope of its own. The token is good, and it isn't for this:
    that's a 403. With a 401 a client would log in again, and get the same."""
    me, items = token_for(server, "me"), token_for(server, "items")
    both = token_for(server, "me items")
    server.get(ME, token=me).must_be(contract.guarded[ME])
    must_lack_a_scope(server.get(ITEMS, token=me))
    must_lack_a_scope(server.get(ME, token=items))
    for path, reply in contract.guarded.items():
        server.get(path, token=both).must_be(reply)


@pytest.mark.standard("RFC 6750", "3.1")
def test_a_403_names_the_scope_that_is_needed(server: Server):
    """The challenge has the code `insufficient_scope`, and in `scope` what the token
    needs. A client can ask for just that."""

    def check(case: tuple[str, str]) -> None:
        path, scope = case
        answer = server.get(path, token=token_for(server, scope))
        must_lack_a_scope(answer)
        came = parameters(answer.challenge)
        answer.must(
            came.get("error") == "insufficient_scope"
            and NEEDED[path] in came.get("scope", "").split(" ")
            and bool(SCOPE.fullmatch(came.get("scope", ""))),
            expected='WWW-Authenticate: Bearer …, error="insufficient_scope", '
            f'scope="{NEEDED[path]}"',
            difference=f"WWW-Authenticate is {answer.challenge}"
            if answer.challenge
            else "there is no WWW-Authenticate header",
        )

    cases = {ME: (ME, "items"), ITEMS: (ITEMS, "me"), USERS: (USERS, "me items")}
    must_all(cases, check)


@pytest.mark.standard("RFC 6749", "5.2")
def test_a_scope_that_the_user_may_not_have_is_invalid(server: Server):
    """johndoe isn't an admin, and asking for it doesn't make him one. It's refused,
    also beside scopes that he may have: a client that gets less than it asked for may
    not notice."""
    must_all(
        {s: s for s in ("admin", "me admin", "admin me items", "admin admin")},
        lambda scope: must_be_refused_as(
            server.login(**JOHNDOE, scope=scope), "invalid_scope"
        ),
    )


@pytest.mark.standard("RFC 6749", "5.2")
def test_an_unknown_scope_is_invalid(server: Server):
    """Scopes are whole words, and capitals matter. Whoever mistypes one learns it at
    once, and not in the middle of their work."""
    words = [w for w in words_of(server) if w.isalpha() and w not in NEEDED.values()]
    others = ("openid", "https://example.com/all", "me openid", "adminx", "itemsme")
    must_all(
        {word: word for word in (*others, *LIKE_ME)}
        | {f"the word {word} of the code": word for word in words},
        lambda scope: must_be_refused_as(
            server.login(**JOHNDOE, scope=scope), "invalid_scope"
        ),
    )


@pytest.mark.standard("RFC 6749", "5.2")
def test_a_wrong_password_is_refused_before_a_scope(server: Server, contract: Contract):
    """What a user may do is for those who know the password. If a wrong scope is
    refused first, anyone can ask who is an admin."""
    must_all(
        {
            f"{who} with the scope {scope}": (*login, scope)
            for who, login in {
                "a wrong password": ("johndoe", "a wrong password"),
                "an unknown user": ("nobody", "secret"),
                "a disabled user": (ALICE["username"], ALICE["password"]),
            }.items()
            for scope in ("me", "admin", "unknown", 'me"')
        },
        lambda case: server.login(case[0], case[1], scope=case[2]).must_be(
            contract.bad_login
        ),
    )


def test_a_scope_does_not_change_the_cost_of_a_login(server: Server):
    """A login that takes no time for some users and some scopes tells what they may do,
    or that they exist. A refused scope costs a hash like any other login."""
    if server.probe is None:
        pytest.skip("needs to count the server's hashes: not possible at a URL")
    server.login("johndoe", "a wrong password")
    server.probe.hash_stats()
    server.login("johndoe", "a wrong password")
    usual = server.probe.hash_stats().costs

    def check(case: tuple[str, str, str]) -> None:
        username, password, scope = case
        answer = server.login(username, password, scope=scope)
        costs = server.probe.hash_stats().costs  # type: ignore[union-attr]
        answer.must(
            costs == usual,
            expected=f"as many hashes as without a scope: {len(usual)}",
            difference=f"it computes {len(costs)}",
        )

    must_all(
        {
            f"{username}, {password}, {scope}": (username, password, scope)
            for username, password in (
                ("johndoe", "secret"),
                ("johndoe", "a wrong password"),
                ("nobody", "secret"),
            )
            for scope in ("me", "admin", "unknown")
        },
        check,
    )


def test_nobody_is_an_admin_by_asking(server: Server):
    """`scope` counts in the form, and in no other place and under no other name. What
    else a client sends changes nothing."""
    names = ("scopes", "role", "roles", "permissions", "is_admin", "admin")
    fields = dict.fromkeys(names, "admin")
    form = JOHNDOE | {"grant_type": "password", "scope": "me"}
    headers = {"X-Scope": "admin", "X-Scopes": "admin", "Scope": "admin"}
    must_all(
        {
            "in the URL": {"data": form, "params": {"scope": "admin"} | fields},
            "in headers": {"data": form, "headers": headers},
            "in cookies": {"data": form, "headers": {"Cookie": "scope=admin"}},
            "in other fields": {"data": form | fields},
        },
        lambda request: must_get(server.post("/token", **request), {"me"}),
    )


def test_a_request_cannot_add_a_scope_to_its_token(server: Server):
    """What a token may be used for is in the token, under its signature. A client can
    write anything into the URL and the headers."""
    token = token_for(server, "me")

    def check(request: dict[str, Any]) -> None:
        for path, scope in ((ITEMS, "items"), (USERS, "admin")):
            words = {
                name: dict.fromkeys(("scope", "scopes", "X-Scope", "X-Scopes"), value)
                for name, value in {"alone": scope, "all": "me items admin"}.items()
            }
            for values in words.values():
                how = {key: make(values) for key, make in request.items()}
                must_lack_a_scope(server.get(path, token=token, **how))

    must_all(
        {
            "in the URL": {"params": dict},
            "in headers": {"headers": dict},
            "in cookies": {
                "headers": lambda values: {
                    "Cookie": "; ".join(
                        f'{name}="{value}"' for name, value in values.items()
                    )
                }
            },
        },
        check,
    )


def test_a_new_user_may_do_the_usual(server: Server, contract: Contract):
    """Whoever signs up reads their own record and their own items, and no more."""
    name = new_name()
    register(server, username=name).must_have_status(201)
    login = server.login(name, GOOD)
    must_get(login, USUAL)
    for path in contract.guarded:
        server.get(path, token=login.token).must_have_status(200)
    must_lack_a_scope(server.get(USERS, token=login.token))
    must_be_refused_as(server.login(name, GOOD, scope="admin"), "invalid_scope")


@pytest.mark.standard("OWASP API Security Top 10", "API3:2023")
def test_a_registration_makes_no_admin(server: Server):
    """What a new user may do is up to you. If a field of the registration decides it,
    everybody is an admin who likes to be one."""

    def check(fields: dict[str, object]) -> None:
        name = new_name()
        answer = register(server, username=name, **fields)
        if answer.status == 422:
            return
        answer.must_have_status(201)
        must_be_refused_as(server.login(name, GOOD, scope="admin"), "invalid_scope")
        must_get(server.login(name, GOOD), USUAL)

    must_all(
        {
            "scopes": {"scopes": "me items admin"},
            "a list of scopes": {"scopes": ["me", "items", "admin"]},
            "scope": {"scope": "admin"},
            "a role": {"role": "admin", "is_admin": True, "permissions": ["admin"]},
        },
        check,
    )


@pytest.mark.standard("OWASP API Security Top 10", "API5:2023")
def test_only_an_admin_lists_the_users(server: Server, rights: Rights):
    """The list of all users is for admins: those who have `admin` in the table, and
    have asked for it."""
    must_lack_a_scope(server.get(USERS, token=token_for(server, "me items")))
    with rights.changed("johndoe", "me items admin"):
        for scope in ("admin", "me items admin"):
            token = token_for(server, scope)
            server.get(USERS, token=token).must_have_status(200)
        # Not even an admin does everything with every token.
        must_lack_a_scope(server.get(ME, token=token_for(server, "admin")))


def test_an_admin_has_to_ask_for_it(server: Server, rights: Rights):
    """An admin does most things as everybody else. A token that isn't meant for more
    shouldn't open more, so `admin` is in none that didn't ask for it."""
    with rights.changed("johndoe", "me items admin"):
        login = server.login(**JOHNDOE)
        must_get(login, USUAL)
        must_lack_a_scope(server.get(USERS, token=login.token))
        must_get(server.login(**JOHNDOE, scope=""), USUAL)
        must_get(server.login(**JOHNDOE, scope="admin"), {"admin"})


@pytest.mark.standard("RFC 6750", "3.1")
def test_a_bad_token_is_a_401_before_a_403(
    server: Server, contract: Contract, sign: Sign, good: Claims
):
    """Who it is comes before what they may do. A client with a bad token needs a new
    one, whatever the path is."""
    server.get(USERS).must_be(contract.no_token)
    expired = {"exp": int(time.time()) - 60}
    claims = good("johndoe", scope="me")
    must_all(
        {
            "nonsense": "a.b.c",
            "changed": sign(claims)[:-4],
            "expired": sign(claims | expired),
            "of a disabled user": sign(good("alice", scope="me")),
            "of an unknown user": sign(good("nobody", scope="admin")),
        },
        lambda token: [
            server.get(path, token=token).must_be(contract.bad_token) for path in NEEDED
        ],
    )


@pytest.mark.standard("OWASP API Security Top 10", "API3:2023")
def test_the_list_has_public_records(server: Server, rights: Rights):
    """An admin sees who there is. Nobody needs their hashes for it, and a list of them
    is what a thief is after."""
    name = new_name()
    new = {"email": "new@example.com", "full_name": "N. E. W."}
    with rights.changed("johndoe", "me items admin"):
        answer = server.get(USERS, token=token_for(server, "admin"))
        listed = must_be_a_list(answer)
        if len(listed) < 50:
            register(server, username=name, **new).must_have_status(201)
            answer = server.get(USERS, token=token_for(server, "admin"))
            listed = must_be_a_list(answer)
            must_list(answer, listed, {"username": name, **new, "disabled": False})
    must_list(answer, listed, RECORD)
    wrong = {
        key
        for record in listed
        if isinstance(record, dict)
        for key in set(record) ^ set(RECORD)
    }
    answer.must(
        not wrong and "$2" not in answer.text,
        expected="username, email, full_name and disabled of each user",
        difference=f"not in the same records: {', '.join(sorted(wrong)) or 'a hash'}",
    )


def must_list(answer: Answer, listed: list[Any], record: dict[str, Any]) -> None:
    whose = "johndoe" if record == RECORD else "the new user"
    answer.must(
        record in listed,
        expected=f"a list with {json.dumps(record)} in it",
        difference=f"it lacks the record of {whose}",
    )


def must_be_a_list(answer: Answer) -> list[Any]:
    """The records in the answer. Raises `ContractError` where it's no list of them."""
    answer.must_have_status(200)
    try:
        listed = json.loads(answer.text)
    except ValueError:
        listed = None
    answer.must(
        isinstance(listed, list) and all(isinstance(one, dict) for one in listed),
        expected="a JSON list of records",
        difference="it's something else",
    )
    return list(listed)


def test_the_list_is_in_the_order_of_usernames(server: Server, rights: Rights):
    """A database returns rows in any order, and in another one tomorrow. A list that
    people read has an order of its own."""
    start = new_name()[2:8]
    for letter in "cab":
        name = f"a{letter}{start}"
        register(server, username=name).must_have_status(201)
    with rights.changed("johndoe", "me items admin"):
        answer = server.get(USERS, token=token_for(server, "admin"))
    names = [str(record.get("username")) for record in must_be_a_list(answer)]
    # Databases differ in where a `_` belongs.
    names = [name for name in names if name.isalpha() or name.endswith(start)]
    answer.must(
        names == sorted(names) and {"alice", "johndoe"} <= {*names},
        expected="the users ordered by their usernames",
        difference=f"the order is {', '.join(names)}",
    )


@pytest.mark.standard("OWASP API Security Top 10", "API5:2023")
def test_a_withdrawn_right_ends_at_once(
    server: Server, contract: Contract, rights: Rights
):
    """An admin leaves, and the token in their pocket is good for another half an hour.
    So what counts is what the table says now, and not only what the token says."""
    with rights.changed("johndoe", "me items admin"):
        token = token_for(server, "me items admin")
        server.get(USERS, token=token).must_have_status(200)
        rights.give("johndoe", "me items")
        must_lack_a_scope(server.get(USERS, token=token))
        server.get(ME, token=token).must_be(contract.guarded[ME])
        rights.give("johndoe", "me")
        must_lack_a_scope(server.get(ITEMS, token=token))
        rights.give("johndoe", "")
        must_lack_a_scope(server.get(ME, token=token))
    server.get(ITEMS, token=token).must_be(contract.guarded[ITEMS])


def test_a_new_right_is_not_in_an_old_token(server: Server, rights: Rights):
    """A token is for what it was asked for. johndoe becomes an admin, and the token
    that a small program has of him doesn't."""
    token = token_for(server, "me items")
    with rights.changed("johndoe", "me items admin"):
        must_lack_a_scope(server.get(USERS, token=token))
    small = token_for(server, "me")
    must_lack_a_scope(server.get(ITEMS, token=small))


@pytest.mark.standard("RFC 6749", "5.2")
def test_a_user_without_rights_gets_no_token(
    server: Server, contract: Contract, rights: Rights
):
    """A token without a scope opens nothing, and its client would take it for a login.
    The refusal names the reason: the password was right, and there's nothing to have.
    """

    def check(case: tuple[str, str]) -> None:
        has, asked = case
        with rights.changed("johndoe", has):
            login = server.login(**JOHNDOE, scope=asked)
            must_be_refused_as(login, "invalid_scope")
            wrong = server.login("johndoe", "a wrong password", scope=asked)
            wrong.must_be(contract.bad_login)

    must_all(
        {
            "nothing, and asks for nothing": ("", ""),
            "nothing, and asks for one": ("", "me"),
            "another one": ("items", "me"),
            "one of two": ("items", "me items"),
            "admin, and asks for nothing": ("admin", ""),
        },
        check,
    )
    with rights.changed("johndoe", "items"):
        must_get(server.login(**JOHNDOE), {"items"})


def test_a_right_in_the_table_is_a_whole_word(server: Server, rights: Rights):
    """`"me" in "some meow"` is true in Python: it searches a text. What a user may do
    is a set of words."""
    both = token_for(server, "me items")

    def check(has: str) -> None:
        with rights.changed("johndoe", has):
            login = server.login(**JOHNDOE, scope="me")
            must_be_refused_as(login, "invalid_scope")
            must_lack_a_scope(server.get(ME, token=both))

    # Not all: what's between two words in a table is your own choice.
    must_all({word: word for word in ("meow", "some", "name", "ME", "me:read")}, check)
    with rights.changed("johndoe", "me items administrator"):
        login = server.login(**JOHNDOE, scope="admin")
        must_be_refused_as(login, "invalid_scope")


def test_a_scope_in_a_token_is_a_whole_word(
    server: Server, contract: Contract, sign: Sign, good: Claims
):
    """`"me" in "meow"` is true in Python. A token for `meow` isn't one for `me`, and
    neither is one for `ME`. In which order the words stand is all the same."""
    must_all(
        {word: sign(good("johndoe", scope=word)) for word in LIKE_ME},
        lambda token: must_lack_a_scope(server.get(ME, token=token)),
    )
    must_all(
        {scope: scope for scope in ("items me", "me items", "x me y items z")},
        lambda scope: [
            server.get(path, token=sign(good("johndoe", scope=scope))).must_be(reply)
            for path, reply in contract.guarded.items()
        ],
    )


def test_a_signed_token_does_not_make_an_admin(
    server: Server, sign: Sign, good: Claims
):
    """A token for `admin` that johndoe has kept, or that another service signed with
    the same key, opens nothing: he may not do that. Nor do claims that others use for
    rights."""
    must_all(
        {
            "scope": {"scope": "me items admin"},
            "scopes": {"scopes": ["admin"], "permissions": ["admin"], "scp": "admin"},
            "a role": {"role": "admin", "roles": ["admin"], "is_admin": True},
        },
        lambda claims: must_lack_a_scope(
            server.get(USERS, token=sign(good("johndoe", **claims)))
        ),
    )


def test_an_unknown_scope_in_a_token_does_no_harm(
    server: Server, contract: Contract, sign: Sign, good: Claims
):
    """A token may be older than your app, or newer. A word that you don't know is no
    reason to refuse those that you know."""
    must_all(
        {
            name: sign(good("johndoe", scope=f"me items {scope}"))
            for name, scope in {
                "openid": "openid",
                "a URL": "https://example.com/all",
                "every character": "!#$%&'()*+,-./:;<=>?@[]^_`{|}~",
                "a repeated word": "me",
            }.items()
        },
        lambda token: [
            server.get(path, token=token).must_be(reply)
            for path, reply in contract.guarded.items()
        ],
    )


@pytest.mark.standard("RFC 9068", "2.2.3")
def test_a_token_without_scopes_is_invalid(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """Every token of yours says what it's for. One that says nothing isn't yours, or it
    comes from before there were scopes. It isn't good for everything."""
    claims = good("johndoe")
    claims.pop("scope", None)
    server.get(path, token=sign(claims)).must_be(contract.bad_token)
    elsewhere = {"scopes": "me items", "scp": "me items", "Scope": "me items"}
    server.get(path, token=sign(claims | elsewhere)).must_be(contract.bad_token)
    server.get(path, token=sign(claims, header={"scope": "me items"})).must_be(
        contract.bad_token
    )


@pytest.mark.standard("RFC 8693", "4.2")
def test_a_scope_that_is_no_string_is_invalid(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """A claim can be any JSON. `"me" in ["me"]` is true, and so it is for an object. A
    number has no words, and that must not be a 500."""
    odd: tuple[object, ...] = (
        *(None, 0, 1, 1.5, True, False),
        *([], ["me"], ["me", "items"], ["me items"], {}, {"me": True, "items": True}),
    )
    must_all(
        {json.dumps(scope): sign(good("johndoe", scope=scope)) for scope in odd},
        lambda token: server.get(path, token=token).must_be(contract.bad_token),
    )


@pytest.mark.standard("RFC 6749", "3.3")
def test_a_scope_in_another_grammar_is_invalid(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """Words with one blank between them: that's all there is. Whoever is generous, and
    takes a tab or a line end for a blank, reads another scope than the next service.
    """
    odd = {
        "nothing": "",
        "a blank": " ",
        "two blanks": "me  items",
        "a blank before": " me items",
        "a blank after": "me items ",
        "a tab": "me\titems",
        "a line end": "me\nitems",
        "a line end after": "me items\n",
        "a space that doesn't break": "me items\u00a0x",
        "a NUL": "me items\0",
        "quotes": 'me items "x"',
        "a backslash": "me items \\",
        "an umlaut": "me items \u00fc",
        "wide letters": "me items \uff4d\uff45",
        "half a character": "me items \ud800",
        "a delete": "me items \x7f",
    }
    must_all(
        {name: sign(good("johndoe", scope=scope)) for name, scope in odd.items()},
        lambda token: server.get(path, token=token).must_be(contract.bad_token),
    )


def test_an_odd_scope_in_a_login_crashes_nothing(server: Server):
    """A client can send any text as a scope, and a very long one. Whatever you make of
    it, it's a token for scopes that exist, or a refusal."""

    def check(scope: str) -> None:
        login = server.login(**JOHNDOE, scope=scope)
        if login.status == 200:
            login.must(
                set(scopes_in(login)) <= USUAL,
                expected="scopes of johndoe's, or a refusal",
                difference=f"the token has {', '.join(scopes_in(login))}",
            )
            server.get(ME, token=login.token)
        else:
            must_be_refused_as(login, "invalid_scope")

    must_all(
        {
            "a tab": "me\titems",
            "a line end": "me\nitems",
            "a space that doesn't break": "me\u00a0items",
            "two blanks": " me  items ",
            "a NUL": "me\0",
            "quotes": '"me"',
            "an umlaut": "m\u00e9",
            "wide letters": "\uff4d\uff45",
            "a thousand times": "me " * 1000,
            "50,000 letters": "m" * 50_000,
        },
        check,
    )


def test_a_table_of_step_10_gets_its_scopes(server: Server, tmp_path: Path):
    """The users of yesterday are still there, with their passwords, and so is their
    table. Your app adds the column when it starts, with what everybody may usually do,
    and changes nothing else."""
    if server.probe is None:
        pytest.skip("its environment is out of reach")
    url = new_database(tmp_path)
    if file_of(url) and sqlite3.sqlite_version_info < (3, 35):
        pytest.skip("needs SQLite 3.35, which can remove a column")
    given = {"SECRET_KEY": server.secret_key, "DATABASE_URL": url}
    table = Rights(url)
    name = new_name()
    with server.launched(**given) as launch:
        started = launch.must_be_up("its database is empty, and can be used")
        register(started, username=name).must_have_status(201)
    table.become_those_of_step_10()
    before = table.hashes()
    for _ in range(2):
        with server.launched(**given) as launch:
            started = launch.must_be_up("its database has the table of step 10")
            for login in (JOHNDOE, {"username": name, "password": GOOD}):
                must_get(started.login(**login), USUAL)
                admin = started.login(**login, scope="admin")
                must_be_refused_as(admin, "invalid_scope")
            started.login(**ALICE).must_have_status(400)
            register(started).must_have_status(201)
    admin.must(
        before <= table.hashes(),
        expected="the same users with the same hashes as before",
        difference="some have changed",
    )


def test_an_admin_stays_one_after_a_restart(server: Server, tmp_path: Path):
    """What you have written into the table is yours. A start adds a column where it's
    missing, and resets nobody."""
    if server.probe is None:
        pytest.skip("its environment is out of reach")
    url = new_database(tmp_path)
    given = {"SECRET_KEY": server.secret_key, "DATABASE_URL": url}
    with server.launched(**given) as launch:
        launch.must_be_up("its database is empty, and can be used")
    Rights(url).give("johndoe", "me items admin")
    with server.launched(**given) as launch:
        started = launch.must_be_up("its database has a table of users")
        must_get(started.login(**JOHNDOE, scope="admin"), {"admin"})


@pytest.mark.standard("RFC 6749", "3.3")
def test_the_documentation_lists_the_scopes(openapi: Any):
    """The Authorize button of /docs shows each scope with a box to tick, and with what
    it's for."""
    for scheme in password_schemes(openapi).values():
        scopes = scheme["flows"]["password"].get("scopes", {})
        missing = [s for s in NEEDED.values() if not str(scopes.get(s) or "").strip()]
        openapi.must(
            not missing,
            expected="me, items and admin in the password flow, each described",
            difference=f"it lacks {', '.join(missing)}",
        )


def test_the_documentation_says_which_path_needs_which_scope(openapi: Any):
    """Whoever writes a client reads there what to ask for, and that a 403 can come."""
    paths = openapi.fields().get("paths", {})
    schemes = set(password_schemes(openapi))

    def check(path: str) -> None:
        operation = paths.get(path, {}).get("get", {})
        security = operation.get("security", [])
        named = [
            scopes for entry in security for s, scopes in entry.items() if s in schemes
        ]
        openapi.must(
            bool(named) and any(NEEDED[path] in scopes for scopes in named),
            expected=f"GET {path} names the scope {NEEDED[path]} in its security",
            difference=f"its security is {security}",
        )
        documented = set(operation.get("responses", {}))
        openapi.must(
            bool(documented & {"403", "4XX", "default"}),
            expected=f"a 403 at {path}",
            difference=f"the documented answers are {sorted(documented)}",
        )

    must_all({path: path for path in NEEDED}, check)


def test_the_documented_token_answer_has_a_scope(openapi: Any):
    """A client that is generated from the description reads only what is in there."""
    document = openapi.fields()
    answer = document.get("paths", {}).get("/token", {}).get("post", {})
    content = answer.get("responses", {}).get("200", {}).get("content", {})
    schema = content.get("application/json", {}).get("schema", {})
    name = str(schema.get("$ref", "")).rpartition("/")[2]
    schema = document.get("components", {}).get("schemas", {}).get(name, schema)
    openapi.must(
        "scope" in schema.get("properties", {}),
        expected="scope among the fields of the answer of /token",
        difference=f"its fields are {', '.join(schema.get('properties', {}))}",
    )
