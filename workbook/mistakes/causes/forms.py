"""The app doesn't take a request: what FastAPI's 422 says that it wants instead."""

from collections.abc import Sequence
from typing import Any

from workbook.checking import Failure
from workbook.mistakes.causes.cause import (
    Cause,
    body_of,
    expects,
    form_of,
    leading,
    listed,
)

# What FastAPI says of a form where it expects JSON.
JSON_KINDS = {"model_attributes_type", "dict_type", "json_invalid", "model_type"}


# The parameters of this flow that FastAPI fills in by a dependency.
PARAMETERS = {
    "token": "token: Annotated[str, Depends(oauth2_scheme)]",
    "current_user": "current_user: Annotated[User, Depends(get_current_active_user)]",
    "form_data": "form_data: Annotated[OAuth2PasswordRequestForm, Depends()]",
}


def no_depends(failed: Sequence[Failure]) -> Cause | None:
    """A parameter without `Depends`: FastAPI looks for it in the request."""

    def shows(failure: Failure) -> list[list[str]]:
        if expects(failure, "422"):
            return []
        is_get = failure.evidence.asked.startswith("GET ")
        return [
            loc
            for error in _errors(failure)
            if error.get("type") == "missing"
            and isinstance(loc := error.get("loc"), list)
            and loc[:1] in (["body"], ["query"])
            and (is_get or loc[-1] in PARAMETERS)
        ]

    found = leading(failed, shows)
    if not found:
        return None
    asked, loc = found[0].evidence.asked, shows(found[0])[0]
    name = str(loc[-1]) if len(loc) > 1 else ""
    what = f"{listed([name])} in the {loc[0]}" if name else "a body"
    whose = f"The parameter {listed([name])}" if name else "A parameter with a model"
    example = PARAMETERS.get(name or "current_user", "Annotated[…, Depends(…)]")
    return Cause(
        "a parameter has no `Depends`",
        f"`{asked}` is answered 422: your app wants {what} there. {whose} has no "
        "`Depends`, so FastAPI looks for it in the request. Look at the function of "
        f"that path, and at those that it depends on: `{example}`.",
    )


def not_understood(failed: Sequence[Failure]) -> Cause | None:
    """A 422 of FastAPI's, which says what the app wants of a request."""

    def shows(failure: Failure) -> str:
        return "" if expects(failure, "422") else _places(_errors(failure))

    found = leading(failed, shows)
    if not found:
        return None
    asked = found[0].evidence.asked
    told = f"Your app doesn't take this step's request at `{asked}`."
    if _asks_for_grant_type(found[0]):
        return Cause(
            "the login asks for `grant_type`",
            f"{told} It asks for `grant_type`, and many clients leave that out. "
            "`OAuth2PasswordRequestFormStrict` requires it, and so does a `Form()` "
            "field without a default. Take `OAuth2PasswordRequestForm`, which accepts "
            "a form without it.",
        )
    if overlooked := _overlooked(found[0]):
        return Cause(
            "the form is not read",
            f"{told} It finds no {listed(overlooked)} in the body, and that's where "
            "the request has them. Either it expects JSON (a model or `Body()` in "
            "place of `OAuth2PasswordRequestForm`), or something has read the form "
            "before, such as a middleware with `await request.form()`.",
        )
    if _wants_json(found[0]):
        return Cause(
            "the login expects JSON",
            f"{told} It expects JSON, because its parameter is a model or `Body()`. "
            "The login is a form (RFC 6749, section 4.3.2): take "
            "`Annotated[OAuth2PasswordRequestForm, Depends()]`.",
        )
    return Cause(
        f"`{asked}` is answered 422",
        f"{told} It wants {shows(found[0])}. The login is a form with `username` and "
        "`password`, and a token comes in the Authorization header.",
    )


def _errors(failure: Failure) -> list[dict[str, Any]]:
    """What a 422 of FastAPI's lists."""
    body = body_of(failure)
    errors = body.get("detail") if isinstance(body, dict) else None
    if failure.evidence.status != 422 or not isinstance(errors, list):
        return []
    return [error for error in errors if isinstance(error, dict)]


def _asks_for_grant_type(failure: Failure) -> bool:
    """Whether that's the only field that the app misses, and the form hasn't got it."""
    missing = [
        error.get("loc") for error in _errors(failure) if error.get("type") == "missing"
    ]
    return missing == [["body", "grant_type"]]


def _overlooked(failure: Failure) -> list[str]:
    """The fields that the app misses in the body and that the form has."""
    form = form_of(failure)
    missing = [
        error["loc"]
        for error in _errors(failure)
        if error.get("type") == "missing" and isinstance(error.get("loc"), list)
    ]
    return [
        loc[1]
        for loc in missing
        if len(loc) == 2 and loc[0] == "body" and form.get(str(loc[1]))
    ]


def _wants_json(failure: Failure) -> bool:
    """Whether the body as a whole is of a kind that the app can't read, though the
    request has a form."""
    kinds = [
        error.get("type") for error in _errors(failure) if error.get("loc") == ["body"]
    ]
    return bool(form_of(failure)) and any(kind in JSON_KINDS for kind in kinds)


def _places(errors: Sequence[dict[str, Any]]) -> str:
    """`email` in the body, `token` in the query."""
    found = []
    for error in errors[:3]:
        loc = error.get("loc")
        if isinstance(loc, list) and loc:
            name = f"`{loc[-1]}` in the " if len(loc) > 1 else "another "
            found.append(f"{name}{loc[0]}: {error.get('msg', '')}")
    return "; ".join(found)
