"""Good tokens are refused, and the token or its library says why."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any

from workbook import tokens
from workbook.checking import Failure
from workbook.ladder import Step, sources
from workbook.mistakes.causes.cause import Cause, expects, leading, listed
from workbook.mistakes.causes.crashes import sentence
from workbook.mistakes.causes.logins import KNOWN
from workbook.mistakes.exceptions import Raised, caught_in, first_of, meaning

KINDS: dict[type, str] = {
    **{bool: "a boolean", int: "a number", float: "a number", list: "a list"},
    **{dict: "an object", type(None): "null"},
}
# What libraries call them, and the names in a token.
CLAIMS = {"audience": "aud", "issuer": "iss"}
# What an app catches where a claim isn't there, and it may catch nothing at all.
OF_A_MISSING_CLAIM = {"", "KeyError", "HTTPException", "subject", "missing claim"}


def good_token_refused(failed: Sequence[Failure]) -> Cause | None:
    """A token that the login gave out is refused: what the library said to it."""

    def shows(failure: Failure) -> bool:
        evidence = failure.evidence
        return evidence.status in (401, 403) and bool(
            expects(failure, "[24]")
            and not failure.expected.startswith(str(evidence.status))
            and sent_claims(failure)
        )

    found = leading(failed, shows)
    if len(found) < 2:
        return None
    caught = Counter(first_of(failure.evidence.caught) for failure in found)
    note, times = caught.most_common(1)[0]
    if 2 * times < len(found):
        return None
    failure = next(f for f in found if first_of(f.evidence.caught) == note)
    raised = caught_in(note)
    if raised is None:
        return None
    said = raised.message.rstrip(".")
    return Cause(
        f"good tokens are refused: {_reason(note, raised, failure)[0]}",
        f"{_reason(note, raised, failure)[1]} {raised.kind} says so: {said}. It is "
        f"raised in your line `{raised.line}`, and your `except` makes a "
        f"{failure.evidence.status} of it.",
    )


def misspelt(failed: Sequence[Failure]) -> Cause | None:
    """The token has something around it that is no part of a token."""
    found = leading(failed, lambda failure: failure.evidence.status in (401, 403))
    requests = [failure.request for failure in found if not expects(failure, "4")]
    if len([one for one in requests if "Bearer Bearer " in one]) > 1:
        return Cause(
            "the token has a prefix",
            "The login's `access_token` begins with `Bearer`. It must be the token "
            "alone: the client writes `Bearer` before it.",
        )
    if len([one for one in requests if re.search(r"Bearer b\W{1,6}ey", one)]) > 1:
        return Cause(
            "the token is `b'…'`",
            "The login's `access_token` is bytes that were made text with `str()`, so "
            "it begins with `b'`. Use `.decode()` for that, or a library that returns "
            "text.",
        )
    return None


def not_read(failed: Sequence[Failure]) -> Cause | None:
    """A good token is answered as no token is."""

    def shows(failure: Failure) -> bool:
        evidence = failure.evidence
        return (
            evidence.status in (401, 403)
            and not evidence.caught
            and "Not authenticated" in evidence.body
            and expects(failure, "2")
            and " Bearer " in failure.request
        )

    found = leading(failed, shows)
    if len(found) < 2:
        return None
    return Cause(
        "the Authorization header is not read",
        f"A request with a good token is answered {found[0].evidence.status} Not "
        "authenticated, as one without any: your app reads no token from the "
        "Authorization header. Does it look in a cookie, in another header, or in the "
        "URL?",
    )


def no_subject(failed: Sequence[Failure]) -> Cause | None:
    """The login's own token has no `sub`, and the app looks for one."""

    def shows(failure: Failure) -> bool:
        evidence = failure.evidence
        claims = sent_claims(failure)
        return (
            evidence.status in (400, 401, 403, 404)
            and expects(failure, "[24]")
            and not failure.expected.startswith(str(evidence.status))
            and claims is not None
            and "sub" not in claims
            and meaning(first_of(evidence.caught)) in OF_A_MISSING_CLAIM
        )

    found = leading(failed, shows)
    if not found:
        return None
    has = listed(list(sent_claims(found[0]) or {})) or "nothing"
    return Cause(
        "the token has no `sub`",
        f"The token that your login makes has {has} in its payload, and no `sub`. "
        "That's the claim for whom a token is about (RFC 7519, section 4.1.2), and "
        "it's where the username is looked up later. Make the token with "
        '`data={"sub": user.username}`.',
        about="test_sub_is_the_username",
    )


def unknown_subject(failed: Sequence[Failure]) -> Cause | None:
    """The token is a good one, and it's about someone whom the app doesn't find."""

    def shows(failure: Failure) -> bool:
        evidence = failure.evidence
        return bool(
            evidence.status in (400, 401, 403, 404)
            and not evidence.caught
            and expects(failure, "[24]")
            and not failure.expected.startswith(str(evidence.status))
            and isinstance(sub := (sent_claims(failure) or {}).get("sub"), str)
            and sub.rpartition(":")[2] not in KNOWN
        )

    found = leading(failed, shows)
    if len(found) < 2:
        return None
    sub = (sent_claims(found[0]) or {})["sub"]
    return Cause(
        "`sub` is not the username",
        f"In your token `sub` is {sub!r}, and the app refuses the token without an "
        "exception. Does `get_user` look for a username? Put the same into the token "
        'that you look for later: `data={"sub": user.username}`.',
        about="test_sub_is_the_username",
    )


def not_looked_into(failed: Sequence[Failure]) -> Cause | None:
    """The token is a good one about a known user, and no library has refused it."""

    def shows(failure: Failure) -> bool:
        evidence = failure.evidence
        return (
            evidence.status in (400, 401, 403, 404)
            and not evidence.caught
            and not failure.raised
            and expects(failure, "2")
            and (sent_claims(failure) or {}).get("sub") == "johndoe"
        )

    found = leading(failed, shows)
    if len(found) < 2:
        return None
    status = found[0].evidence.status
    return Cause(
        "a good token isn't looked into",
        f"Your app answers a good token with {status}. Its `sub` is johndoe, and no "
        "library refused it. Does your `get_current_user` decode it? What it gets is "
        "the whole token, and `jwt.decode` returns the claims. Or does it look for "
        "another claim than `sub`?",
    )


def username_refused(failed: Sequence[Failure], step: Step) -> Cause | None:
    """The token of a step whose tokens are usernames, and no user is found for it."""

    def sent(failure: Failure) -> str:
        found = re.search(r"Bearer ([\w.@-]+)", failure.request)
        refused = (
            failure.evidence.status in (400, 401, 403, 404)
            and not failure.evidence.caught
            and not failure.raised
            and "Not authenticated" not in failure.evidence.body
            and expects(failure, "2")
        )
        return found[1] if found and refused else ""

    code = "\n".join(sources(step.modules).values())
    found = leading(failed, sent)
    if len(found) < 2 or "def fake_decode_token(" not in code:
        return None
    token, status = sent(found[0]), found[0].evidence.status
    if token not in KNOWN:
        return Cause(
            "the token isn't the username",
            f"The token that your login gave out is `{token}`, and your app finds no "
            "user for it. At this step the token is the username: return "
            "`user.username` as the `access_token`.",
            about="test_the_token_is_the_username",
        )
    return Cause(
        f"no user is found for the token `{token}`",
        f"Your login gives out the token `{token}`, and your app answers it with "
        f"{status}. Look at what `fake_decode_token` returns: a function that ends "
        "without `return` returns None. Then look at the `if` in `get_current_user` "
        "that refuses the token.",
    )


def _reason(note: str, raised: Raised, failure: Failure) -> tuple[str, str]:
    """A name and a sentence."""
    claims = sent_claims(failure) or {}
    match meaning(note):
        case "no algorithms":
            return (
                "no algorithms are given",
                "Your `jwt.decode` isn't told which algorithms are allowed, so it "
                "refuses every token: add `algorithms=['HS256']`.",
            )
        case "subject" if not isinstance(claims.get("sub", ""), str):
            kind = KINDS.get(type(claims["sub"]), "no string")
            return (
                f"`sub` is {kind}",
                f"In your token `sub` is {kind}; it must be a string (RFC 7519, "
                f"section 4.1.2). {_write_instead(claims['sub'])}",
            )
        case "expired":
            return (
                "the token has expired when it is made",
                f"Your token has `exp` {claims.get('exp')!r}, which has passed. `exp` "
                "is the moment when it ends, in seconds since 1970, in UTC.",
            )
        case "expiration":
            return (
                "`exp` isn't a number of seconds",
                f"Your token has `exp` {claims.get('exp')!r}. It must be a number: the "
                "seconds since 1970 (RFC 7519, section 4.1.4). Put the datetime itself "
                "there, and `jwt.encode` turns it into that number.",
            )
        case "signature":
            return (
                "the signature doesn't fit the key",
                "Your app signs tokens with one key and checks them with another, or "
                "with another algorithm.",
            )
        case "not yet valid":
            return (
                "the token is not valid yet",
                "Your token has an `iat` or `nbf` in the future. Make them in UTC.",
            )
        case ("audience" | "issuer") as about if CLAIMS[about] in claims:
            name = CLAIMS[about]
            return (
                f"`{name}` isn't the one that is expected",
                f"Your token has `{name}` {claims[name]!r}, and the check expects "
                "another one, or isn't told which. Give `jwt.decode` the same one as "
                f"`{about}=…`, as a string.",
            )
        case "audience" | "issuer" | "missing claim":
            return (
                "a claim is missing or another one",
                "The check asks for a claim that your token doesn't have, or that has "
                "another value there.",
            )
        case "algorithm":
            return (
                "the algorithm is another one",
                "Your app signs tokens with one algorithm and allows another.",
            )
        case "no JWT":
            return (
                "what is decoded is not the token",
                "What your app decodes isn't the token from the Authorization header, "
                "or it is an object that has the token in one of its fields.",
            )
    said = "Your app refuses the tokens that its own login makes."
    return raised.name, f"{said} {sentence(raised)}".rstrip()


def _write_instead(sub: Any) -> str:
    """What belongs into the token in place of a subject that is no string."""
    if isinstance(sub, int | float) and not isinstance(sub, bool):
        return "Write `str(…)` where you make the token."
    return (
        "Put the username alone there where you make the token: "
        '`data={"sub": user.username}`.'
    )


def sent_claims(failure: Failure) -> dict[str, Any] | None:
    """The claims of the token that was sent; `None` where it is no JWT."""
    sent = re.search(r"Bearer ([\w.-]+)", failure.request)
    try:
        return tokens.read(sent[1])[1] if sent else None
    except (ValueError, RecursionError):
        return None
