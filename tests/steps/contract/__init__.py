"""What steps share. A suite states its contract in full, then takes the behaviours
from here: `from tests.steps.contract.login import *`. What it changes on purpose it
defines again, under the same name, in its own file.

Each module is one concern, its tests in the order in which a learner meets them. A
docstring says why the behaviour matters, for whoever fails it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import pytest

from workbook import tokens
from workbook.checking import Answer, ContractError, Reply, Server

# RFC 6749, section 4.3.2: the token request is a form, and so is every login here.
JOHNDOE = {"username": "johndoe", "password": "secret"}
ALICE = {"username": "alice", "password": "secret2"}

# johndoe:secret, as HTTP Basic sends it.
BASIC = {"Authorization": "Basic am9obmRvZTpzZWNyZXQ="}

RECORD = {
    "username": "johndoe",
    "email": "johndoe@example.com",
    "full_name": "John Doe",
    "disabled": False,
}

# RFC 6749, section 5.1.
OF_A_TOKEN_ANSWER = {
    *("access_token", "token_type"),
    *("expires_in", "refresh_token", "scope"),
}

# RFC 6749, section 10.10: what has fewer characters can be guessed.
SO_LONG = "x" * 16

Case = TypeVar("Case")
# Of the cases that fail like the first, so many are named.
NAMED = 6
# Whether a table of cases is tried to its end after the first failure.
WHOLE_TABLES = True


@dataclass(frozen=True)
class Contract:
    """One column of the contract table: what differs from step to step.

    `me` answers with the user's own record, `guarded` are all paths that want a
    token, each with what it answers to johndoe; `secret_key` signs the tokens of
    the steps that have it in their code. `typ` is in the header of a token,
    `subject` is its `sub`, with the username in it, and no other claims than `required`
    need to be there. `never_crashes` says that no input
    makes a 500, which step 7 is about: until then a crash is no way in, and no failure.
    `standard_answers` says that refusals are those of RFC 6749 and RFC 6750, which step
    9 is about: a token request is complete or refused, and a disabled user gets no
    token. `malformed_token` is the answer to what can't be one token, where the step
    has one. `normalizes` says that passwords are compared in NFKC, as from step 10 on.
    """

    me: str
    bad_login: Reply
    bad_token: Reply
    no_token: Reply
    inactive: Reply
    stored_hash: str
    guarded: dict[str, Reply] = field(default_factory=dict)
    secret_key: str | None = None
    typ: str = "JWT"
    subject: str = "{username}"
    required: tuple[str, ...] = ("sub",)
    never_crashes: bool = False
    standard_answers: bool = False
    malformed_token: Reply | None = None
    normalizes: bool = False

    @property
    def grant(self) -> dict[str, str]:
        """What a form must have besides username and password."""
        return {"grant_type": "password"} if self.standard_answers else {}

    @property
    def malformed(self) -> int:
        """The status of a token request that is incomplete, or that is none."""
        return 400 if self.standard_answers else 422

    def form(self, text: str) -> bytes:
        """A urlencoded form that is complete, as it's sent."""
        fields = "".join(f"{name}={value}&" for name, value in self.grant.items())
        return f"{fields}{text}".encode()

    def is_wrong_login(self, answer: Answer) -> bool:
        """Whether a token request was refused for its username and password."""
        return answer.status == self.bad_login.status and (
            not self.standard_answers or "invalid_grant" in answer.text
        )


def bad_or_no_token(contract: Contract, answer: Answer) -> Reply:
    """What is no token by its very form may be called a bad one, or none at all.

    RFC 6750, section 2.1 allows a token neither blanks nor quotes. A server that reads
    the header by that grammar finds no token there. Either way it is a 401.
    """
    if "Not auth" in answer.text:
        return contract.no_token
    return bad_or_malformed(contract, answer)


def bad_or_malformed(contract: Contract, answer: Answer) -> Reply:
    """What no token can consist of (RFC 6750, section 2.1) may be called a malformed
    request, where the step has an answer to one."""
    malformed = contract.malformed_token
    if malformed is not None and answer.status == malformed.status:
        return malformed
    return contract.bad_token


def none_or_malformed(contract: Contract, answer: Answer) -> Reply:
    """A header with another scheme, or with none, has no token. Where the step has an
    answer to malformed requests, it may be called that: RFC 6750 leaves it open."""
    malformed = contract.malformed_token
    if malformed is not None and answer.status == malformed.status:
        return malformed
    return contract.no_token


def must_be_bad(answer: Answer, contract: Contract) -> None:
    """Raises `ContractError` unless a token that may be no token by its very form is
    rejected."""
    answer.must_be(bad_or_malformed(contract, answer))


def without_scope(fields: Mapping[str, str], contract: Contract) -> dict[str, str]:
    """Fields that a login ignores. Where answers are standard, a scope isn't ignored:
    it's refused or granted."""
    dropped = {"scope"} if contract.standard_answers else set()
    return {name: value for name, value in fields.items() if name not in dropped}


def users_who_log_in(contract: Contract) -> dict[str, dict[str, str]]:
    """The users who get a token, by name."""
    disabled = {} if contract.standard_answers else {"alice": ALICE}
    return {"johndoe": JOHNDOE} | disabled


def who_logs_in(contract: Contract, user: dict[str, str]) -> dict[str, str]:
    """The user, or johndoe in the place of one who gets no token."""
    return users_who_log_in(contract).get(user["username"], JOHNDOE)


def token_of(server: Server, contract: Contract, user: dict[str, str]) -> str:
    """The token of a login. For a user who gets none it's one like johndoe's, signed
    with the server's key."""
    if user["username"] in users_who_log_in(contract):
        return server.login(**user).token
    header, claims = tokens.read(server.login(**JOHNDOE).token)
    if not server.secret_key:
        pytest.skip("needs the key that signs the server's tokens")
    claims["sub"] = contract.subject.format(username=user["username"])
    return tokens.sign(claims, server.secret_key, header=header)


def must_be_a_token_alone(login: Answer) -> None:
    """Raises `ContractError` for an answer to a login that is refused, or that has more
    in it than a token answer has."""
    login.must_have_status(200)
    body = login.fields()
    extra = set(body) - OF_A_TOKEN_ANSWER
    login.must(
        not extra,
        expected="a token, and what RFC 6749, section 5.1, names beside it",
        difference=f"the body also holds {', '.join(sorted(extra))}",
    )
    # A model with optional fields sends null for what it doesn't have.
    body = {name: value for name, value in body.items() if value is not None}
    refresh = body.get("refresh_token", SO_LONG)
    wrong = [
        name
        for name, good in {
            "expires_in": type(body.get("expires_in", 0)) in (int, float),
            "scope": isinstance(body.get("scope", ""), str),
            "refresh_token": isinstance(refresh, str) and len(refresh) >= len(SO_LONG),
        }.items()
        if not good
    ]
    login.must(
        not wrong,
        expected="expires_in as a number, scope as a string, and a refresh_token that "
        "nobody can guess, where they're there",
        difference=f"that isn't so for {' and '.join(wrong)}",
    )


def words_of(server: Server) -> list[str]:
    """What the app's own code may compare with or look up; nothing at a URL, where it
    is out of reach."""
    return server.probe.words() if server.probe is not None else []


def few(cases: Mapping[str, Case], contract: Contract, path: str) -> dict[str, Case]:
    """All cases of a long table at the first guarded path, and one in eight at the
    others: those show that the same check guards them."""
    first = path == next(iter(contract.guarded))
    return dict(list(cases.items())[:: 1 if first else 8])


def must_all(cases: Mapping[str, Case], check: Callable[[Case], None]) -> None:
    """Puts every case of a table to `check`. Raises the first `ContractError`, with the
    name of its case, and with the names of some that fail, too."""
    failed: dict[str, ContractError] = {}
    for name, case in cases.items():
        try:
            check(case)
        except ContractError as error:
            failed[name] = error
            if not WHOLE_TABLES:
                break
    if not failed:
        return
    (first, error), *others = failed.items()
    difference = [f"{first}: {'; '.join(error.difference)}"]
    if others:
        named = ", ".join(name for name, _ in others[:NAMED])
        more = ", …" if len(others) > NAMED else ""
        difference.append(
            f"{len(failed)} of {len(cases)} cases fail, these too: {named}{more}"
        )
    raise ContractError(
        error.request,
        error.actual,
        error.expected,
        difference,
        error.raised,
        error.evidence,
    )


def must_all_in_one(
    cases: Mapping[str, Case], whole: Case, check: Callable[[Case], None]
) -> None:
    """`must_all` by one check, where `whole` has all cases in it. If it fails, each is
    put to `check`: one alone is easier to read."""
    try:
        check(whole)
    except ContractError:
        must_all(cases, check)
        raise
