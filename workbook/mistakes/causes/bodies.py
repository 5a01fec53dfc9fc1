"""Answers whose body has another shape than FastAPI gives them."""

import json
from collections.abc import Iterator, Sequence
from typing import Any

from workbook.checking import Failure
from workbook.mistakes.causes.cause import (
    Cause,
    body_of,
    expects,
    leading,
    listed,
)

OF_AN_EXCEPTION = {"status_code", "detail", "headers"}


def returned_exception(failed: Sequence[Failure]) -> Cause | None:
    """A refusal that was returned is a body like any other, with status 200."""

    def shows(failure: Failure) -> bool:
        body = body_of(failure)
        return (
            failure.evidence.status == 200
            and isinstance(body, dict)
            and set(body) >= OF_AN_EXCEPTION
        )

    found = leading(failed, shows)
    if not found:
        return None
    asked = found[0].evidence.asked
    return Cause(
        "the exception is returned, not raised",
        f"`{asked}` is answered 200, and the body has `status_code`, `detail` and "
        "`headers`: those are the fields of an HTTPException. Write `raise "
        "HTTPException(…)`, not `return HTTPException(…)`.",
    )


def returned_tuple(failed: Sequence[Failure]) -> Cause | None:
    """`return {…}, 400`, as Flask has it, is a list with a number in it."""

    def shows(failure: Failure) -> bool:
        body = body_of(failure)
        return (
            failure.evidence.status == 200
            and isinstance(body, list)
            and len(body) in (2, 3)
            and isinstance(body[0], dict)
            and type(body[1]) is int
            and 100 <= body[1] < 600
        )

    found = leading(failed, shows)
    if not found:
        return None
    asked, status = found[0].evidence.asked, body_of(found[0])[1]
    instead = (
        f"`raise HTTPException(status_code={status}, detail=…)`"
        if status >= 400
        else "`return` with the body alone"
    )
    return Cause(
        f"the {status} is in the body, and isn't the status",
        f"`{asked}` is answered 200, and its body is a list with {status} in it. So "
        f"your code returns two values, as in `return {{…}}, {status}`. Flask makes a "
        "status of the second one, and FastAPI sends both as the body. In its place "
        f"write {instead}.",
    )


def refusal_as_success(failed: Sequence[Failure]) -> Cause | None:
    """A refused login has status 200, and says in its body that it is refused."""

    def shows(failure: Failure) -> bool:
        body = body_of(failure)
        return (
            failure.evidence.asked == "POST /token"
            and failure.evidence.status in (200, 201)
            and expects(failure, "4")
            and isinstance(body, dict)
            and "token" not in failure.evidence.body.lower()
        )

    found = leading(failed, shows)
    if not found:
        return None
    keys = listed(list(body_of(found[0])))
    return Cause(
        "a refusal is answered 200",
        f"Your login refuses, and its status is 200: the body has {keys}. A client "
        "looks at the status. Write `raise HTTPException(status_code=…)`.",
    )


def null_record(failed: Sequence[Failure]) -> Cause | None:
    """A path that needs a token answers 200 and nothing."""

    def shows(failure: Failure) -> bool:
        evidence = failure.evidence
        body = body_of(failure)
        # Also one that is wrapped: `{"user": null}`.
        inner = list(body.values()) if isinstance(body, dict) else []
        return (
            evidence.asked.startswith("GET /users/me")
            and evidence.status == 200
            and (evidence.body.strip() == "null" or inner == [None])
            and expects(failure, "200")
        )

    found = leading(failed, shows)
    if not found:
        return None
    asked = found[0].evidence.asked
    return Cause(
        f"`{asked}` answers null",
        "The token is accepted, and in the place of the record is null: a function "
        "without `return` returns None. Look at the path's own function, and at each "
        "one that it depends on, such as `get_current_active_user`.",
    )


def hash_sent(failed: Sequence[Failure]) -> Cause | None:
    """The record has the hash, and this step's has none."""

    def shows(failure: Failure) -> bool:
        wanted = _wanted(failure)
        body = body_of(failure)
        return (
            failure.evidence.status == 200
            and "username" in wanted
            and "hashed_password" not in wanted
            and isinstance(body, dict)
            and "hashed_password" in body
        )

    found = leading(failed, shows)
    if not found:
        return None
    asked = found[0].evidence.asked
    return Cause(
        "the hash is still sent",
        f"The body of `{asked}` has `hashed_password`, and this step leaves it out. "
        "Look at the `response_model` of that path: `User` has no hash in it, "
        "`UserInDB` has. Without a model FastAPI sends all that you return, and a "
        "JSONResponse is sent as it is.",
        about="test_the_record_holds_nothing_else",
    )


def disabled_accepted(failed: Sequence[Failure]) -> Cause | None:
    """A disabled user gets the record that says so. A request with a query asks for
    more than that, and may be what lets them in."""

    def shows(failure: Failure) -> bool:
        body = body_of(failure)
        return (
            failure.evidence.status == 200
            and '"Inactive user"' in failure.expected
            and isinstance(body, dict)
            and body.get("disabled") is True
            and "?" not in failure.request
        )

    found = leading(failed, shows)
    if not found:
        return None
    return Cause(
        "a disabled account isn't rejected",
        f"`{found[0].evidence.asked}` answers 200, and the record in it has "
        '`"disabled": true`. Either that path depends on get_current_user, which '
        "doesn't look at that, or the `if` in get_current_active_user isn't true for "
        'this user. In Python `True == "True"` is False: write `if` with the field '
        "alone, without a comparison.",
        about="test_alice_is_inactive",
    )


def other_items(failed: Sequence[Failure]) -> Cause | None:
    """A list whose objects have other names in them."""

    def shows(failure: Failure) -> tuple[list[str], list[str]] | None:
        body, wanted = body_of(failure), _expected_body(failure)
        if not (_is_of_objects(body) and _is_of_objects(wanted)):
            return None
        names = list(body[0]), list(wanted[0])
        return names if set(names[0]) != set(names[1]) else None

    found = leading(failed, shows)
    names = shows(found[0]) if found else None
    if names is None:
        return None
    has, wanted = names
    return Cause(
        f"the items have {listed(has)}",
        f"In the list of `{found[0].evidence.asked}` an item has {listed(has)}. This "
        f"step wants {listed(wanted)}.",
    )


def _is_of_objects(body: Any) -> bool:
    return isinstance(body, list) and bool(body) and isinstance(body[0], dict)


def refusals_rewritten(failed: Sequence[Failure]) -> Cause | None:
    """Refusals have the right status, and another body than FastAPI gives them."""

    def shows(failure: Failure) -> bool:
        body, status = body_of(failure), failure.evidence.status
        return (
            expects(failure, "4")
            and failure.expected.startswith(str(status))
            and '"detail"' in failure.expected
            and isinstance(body, dict)
            and "detail" not in body
        )

    found = leading(failed, shows)
    if not found:
        return None
    keys = listed(list(body_of(found[0])))
    headers = (
        " The headers of the exception are gone as well: pass `error.headers` on."
        if all("no WWW-Authenticate" in failure.difference for failure in found)
        else ""
    )
    return Cause(
        "refusals have another body",
        f"Your refusals have the right status, and their body has {keys} where this "
        "step wants `detail`. An exception handler or a middleware writes them anew, "
        f"or they are made with JSONResponse.{headers}",
    )


def enveloped(failed: Sequence[Failure]) -> Cause | None:
    """The body that is wanted is there, inside of another."""

    def shows(failure: Failure) -> str:
        wanted = _wanted(failure)
        body = body_of(failure)
        if not wanted or not isinstance(body, dict):
            return ""
        inside = (path for path, keys in _objects(body) if path and keys >= wanted)
        return next(inside, "")

    found = leading(failed, shows)
    if not found:
        return None
    path = shows(found[0])
    return Cause(
        f"the answer is inside `{path}`",
        f"The body of `{found[0].evidence.asked}` has what this step wants inside "
        f"`{path}`; it belongs on top.",
    )


def _wanted(failure: Failure) -> set[str]:
    """The keys of the expected body."""
    body = _expected_body(failure)
    return set(body) if isinstance(body, dict) else set()


def _expected_body(failure: Failure) -> Any:
    """The expected body; `None` where none is given."""
    text = failure.expected.partition(" ")[2].partition("\n")[0]
    try:
        return json.loads(text)
    except ValueError:
        return None


def _objects(body: Any, path: str = "") -> Iterator[tuple[str, set[str]]]:
    """Every object in a body, by the keys that lead to it, with its own keys."""
    if isinstance(body, dict) and path.count(".") < 5:
        yield path.removeprefix("."), set(body)
        for name, value in body.items():
            yield from _objects(value, f"{path}.{name}")
