"""What a login answered, and where its token is."""

import json
import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from workbook.checking import Failure, Outcome
from workbook.ladder import Step, sources
from workbook.mistakes.causes.cause import (
    Cause,
    body_of,
    expects,
    form_of,
    leading,
    listed,
)

LOGIN = "POST /token"
JWT = r"[\w-]{10,}\.[\w-]{10,}\.[\w-]*"
# Other names that people give a token, in small letters and without what joins words.
TOKENS = {
    "accesstoken",
    "token",
    "jwt",
    "idtoken",
    "authtoken",
    "bearertoken",
    "access",
}
KNOWN = {"johndoe": "secret", "alice": "secret2"}
# How the stored hashes of the steps begin.
STORED = r"fakehashed|\$2[abxy]?\$"
# What a login calls at the steps that have it: to find the user, and to check the
# password.
OF_A_LOGIN = ("authenticate_user", "get_user", "fake_hash_password", "verify_password")


def token_elsewhere(failed: Sequence[Failure]) -> Cause | None:
    """The login answers 200 and has no `access_token` on top."""

    def shows(failure: Failure) -> bool:
        evidence = failure.evidence
        if evidence.asked != LOGIN or evidence.status not in (200, 201):
            return False
        if expects(failure, "4"):
            return False
        body = body_of(failure)
        if body is None and "access_token" in evidence.body:
            # It's too long to be kept as a whole.
            return False
        return not isinstance(body, dict) or not isinstance(
            body.get("access_token"), str
        )

    found = leading(failed, shows)
    return _where_it_is(body_of(found[0])) if found else None


def _where_it_is(body: Any) -> Cause | None:
    if isinstance(body, str):
        return Cause(
            "the login answers with the bare token",
            "The login's answer is a string, the token itself. It belongs into an "
            'object: `{"access_token": …, "token_type": "bearer"}`.',
        )
    if body is None:
        return Cause(
            "the login answers with nothing",
            "The login answers 200 and its body is null or not JSON. Is a `return` "
            "missing, or is it inside an `if` that wasn't true?",
        )
    top = body.get("access_token") if isinstance(body, dict) else None
    if top is not None:
        kinds: dict[type, str] = {list: "a list", dict: "an object"}
        kind = kinds.get(type(top), "not a string")
        return Cause(
            f"`access_token` is {kind}",
            f"The login's `access_token` is {kind}. It must be the token as a string. "
            "A comma at the end of a line makes a tuple, which is sent as a list.",
        )
    for path in _paths_to_a_token(body):
        *outer, name = path
        if outer:
            inside = ".".join(outer)
            return Cause(
                f"the token is inside `{inside}`",
                f"The login's token is inside `{inside}`, under `{name}`; it belongs "
                "on top. A client looks for `access_token` and `token_type` on the top "
                "level of the answer (RFC 6749, section 5.1).",
            )
        return Cause(
            f"the token is called `{name}`",
            f"The login's token is under `{name}`. A client looks for it under "
            "`access_token` (RFC 6749, section 5.1).",
        )
    if isinstance(body, dict) and "access_token" in body:
        return Cause(
            f"the login's token is {json.dumps(body['access_token'])[:40]}",
            "The login answers 200, and its `access_token` is no string. Look at the "
            "function that makes the token: does it `return` it?",
        )
    keys = listed(list(body)) if isinstance(body, dict) and body else "nothing"
    return Cause(
        "the login's answer has no token",
        f"The login answers 200, and there's no token in its body: it has {keys}.",
    )


def _paths_to_a_token(
    body: Any, path: tuple[str, ...] = ()
) -> Iterator[tuple[str, ...]]:
    """The keys that lead to something that is called a token or looks like one, those
    with the name first."""
    entries = (
        list(body.items())
        if isinstance(body, dict)
        else [(f"[{n}]", value) for n, value in enumerate(body)]
        if isinstance(body, list)
        else []
    )
    for is_named in (True, False):
        for name, value in entries:
            named = re.sub(r"[^a-z]", "", name.lower()) in TOKENS
            if isinstance(value, str) and (
                named if is_named else re.fullmatch(JWT, value)
            ):
                yield (*path, name)
    if len(path) < 5:
        for name, value in entries:
            yield from _paths_to_a_token(value, (*path, name))


def hashed_anew(outcome: Outcome) -> Cause | None:
    """The typed password is hashed, and the hash is compared with the stored one."""
    if not outcome.hashes_anew:
        return None
    return Cause(
        "each hash has a new salt, so two hashes are never equal",
        "Your login hashes the typed password once more and compares that with the "
        "stored hash. bcrypt puts a new random salt into each hash, so even two hashes "
        "of the same password differ, and no login succeeds. Use "
        "`pwd_context.verify(password, hashed_password)`: it takes the salt from the "
        "stored hash.",
    )


def wrong_hash(failed: Sequence[Failure], wrong: Mapping[str, str]) -> Cause | None:
    """A user is refused with the right password, and the table has a hash of another
    one."""
    refused = [name for name in wrong if any(_is_refused(one, name) for one in failed)]
    if not refused:
        return None
    name = refused[0]
    password = KNOWN[name]
    told = (
        f"`{wrong[name]}` was made from another password, so `{password}` is refused. "
        f'Make a new one from it, with `get_password_hash("{password}")` for example, '
        "and copy all 60 characters."
    )
    if len(refused) > 1:
        told += f" The same is true of {refused[1]} and `{KNOWN[refused[1]]}`."
    return Cause(f"{name}'s stored hash isn't a hash of {password}", told)


def _is_refused(failure: Failure, name: str) -> bool:
    """Whether the login refuses this user's right password."""
    form = form_of(failure)
    return (
        failure.evidence.asked == LOGIN
        and failure.evidence.status in (400, 401, 403)
        and (form.get("username"), form.get("password")) == (name, KNOWN[name])
        and not expects(failure, "4")
    )


def comparison_inverted(failed: Sequence[Failure]) -> Cause | None:
    """The right password is refused, and a wrong one gets a token."""
    names = [
        form["username"]
        for form in _break_ins_for_refused_users(failed)
        if not re.match(STORED, form["password"])
    ]
    if not names:
        return None
    return Cause(
        "the password check is the wrong way round",
        f"Your login refuses {names[0]} with the right password, and gives out a "
        "token for a wrong one. So the passwords are compared, and the `if` refuses in "
        "the wrong case. Is a `not` missing there, or is it `==` where `!=` belongs? "
        "The refusal is for a password that doesn't fit.",
    )


def hash_as_password(failed: Sequence[Failure]) -> Cause | None:
    """The right password is refused, and the stored hash itself gets a token."""
    forms = _break_ins_for_refused_users(failed)
    if not forms or not all(re.match(STORED, form["password"]) for form in forms):
        return None
    name, stored = forms[0]["username"], forms[0]["password"]
    hash_first = (
        "`pwd_context.verify(password, hashed_password)` hashes it and compares. If "
        "you use that, does your CryptContext list `plaintext`?"
        if stored.startswith("$")
        else "Hash it first, with `fake_hash_password(form_data.password)`, and "
        "compare the result."
    )
    return Cause(
        "the typed password is compared with the stored hash",
        f"Your login refuses {name} with the right password, and gives out a token if "
        "the stored hash itself is typed. So it compares what was typed, as it came, "
        f"with the hash. {hash_first}",
        about="test_the_stored_hash_does_not_log_in",
    )


def _break_ins_for_refused_users(failed: Sequence[Failure]) -> list[dict[str, str]]:
    """The forms that got a token with a wrong password, of users whose right one is
    refused."""
    refused = _refused_with_the_right_password(failed)
    forms = [form_of(failure) for failure in failed if _is_break_in(failure)]
    return [form for form in forms if form["username"] in refused]


def _is_break_in(failure: Failure) -> bool:
    """Whether a known user gets a token for a password that isn't any user's."""
    form = form_of(failure)
    return (
        failure.evidence.asked == LOGIN
        and failure.evidence.status == 200
        and expects(failure, "4")
        and form.get("username") in KNOWN
        and bool(form.get("password"))
        and form["password"] not in KNOWN.values()
    )


def every_login_refused(failed: Sequence[Failure], step: Step) -> Cause | None:
    """The right password is refused just as a wrong one is, by an orderly answer."""
    if _refused_with_the_right_password(failed) != set(KNOWN):
        return None
    code = "\n".join(sources(step.modules).values())
    functions = [name for name in OF_A_LOGIN if f"def {name}(" in code]
    compared = (
        "each bcrypt hash of a password is another one, so only `verify` can compare "
        "them"
        if step.hashes_passwords
        else "compare the hash of what was typed with the stored hash, and not the "
        "password itself"
    )
    return Cause(
        "every login is refused",
        "Your login refuses the right password, for every user. Look at what "
        f"{listed(functions)} return: a function that ends without `return` returns "
        "None. Or the password is compared with something that it never equals: "
        f"{compared}. Or the table is empty when the login looks.",
    )


def one_login_refused(
    failed: Sequence[Failure], log_in: Collection[str]
) -> Cause | None:
    """One user can't log in, and the others of these can."""
    names = _refused_with_the_right_password(failed)
    others = set(log_in) - names
    if len(names) != 1 or not others:
        return None
    (name,), (other,) = names, others
    why = (
        "Is it because she's disabled? She gets a token all the same, and is refused "
        "when she asks for her record. Or is the hash in her entry of your table not a "
        "hash of `secret2`?"
        if name == "alice"
        else f"Compare both entries of your table: the key, which is what your app "
        f"looks for, the username and the hash. Is {name} in it?"
    )
    return Cause(
        f"{name} can't log in",
        f"Your login refuses {name} with the right password, and {other} can log in. "
        f"{why}",
    )


def _refused_with_the_right_password(failed: Sequence[Failure]) -> set[str]:
    """The known users to whom that happens, by an orderly answer of the app's."""

    def shows(failure: Failure) -> bool:
        return (
            not failure.raised
            and isinstance(body_of(failure), dict)
            and any(_is_refused(failure, name) for name in KNOWN)
        )

    found = leading(failed, shows)
    if any(failure.evidence.caught for failure in found):
        return set()
    return {form_of(failure)["username"] for failure in found}


def unknown_user_told(
    failed: Sequence[Failure], *, known_are_right: bool
) -> Cause | None:
    """The login answers an unknown username in another way than a wrong password, for
    known ones as the step wants it if they `are_right`."""
    known: set[tuple[int, str]] = set()
    unknown: list[tuple[int, str]] = []
    for failure in failed:
        evidence = failure.evidence
        name = form_of(failure).get("username")
        if evidence.asked != LOGIN or not expects(failure, "4") or not name:
            continue
        if evidence.status not in (400, 401, 403, 404):
            continue
        answer = evidence.status, _detail(failure)
        if name in KNOWN:
            known.add(answer)
        else:
            unknown.append(answer)
    if not unknown or unknown[0] in known or not (known or known_are_right):
        return None
    status, detail = unknown[0]
    other = "as this step wants it"
    if known:
        its_status, its_detail = min(known)
        other = f"with {its_status} {its_detail}"
    return Cause(
        "the login says that the user doesn't exist",
        f"Your login answers an unknown username with {status} {detail}, and a wrong "
        f"password {other}. There's one answer for both: otherwise anyone can find out "
        "who has an account.",
    )


def _detail(failure: Failure) -> str:
    body = body_of(failure)
    detail = body.get("detail") if isinstance(body, dict) else None
    return f'"{detail}"' if isinstance(detail, str) else "and another body"
