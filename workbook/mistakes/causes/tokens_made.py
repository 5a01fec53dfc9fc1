"""What the tokens of a login are made of, where the app itself accepts them."""

import re
from collections.abc import Sequence
from typing import Any

from workbook import tokens
from workbook.checking import Failure
from workbook.mistakes.causes.cause import (
    Cause,
    body_of,
    expects,
    leading,
    listed,
)
from workbook.mistakes.exceptions import meaning

# What people call the moment at which a token ends.
MOMENT = re.compile(r"exp|until|valid|ttl|lifetime", re.IGNORECASE)


def another_key(failed: Sequence[Failure]) -> Cause | None:
    """The login's tokens are signed with another key than the tests have."""

    def shows(failure: Failure) -> bool:
        if "a signature made with SECRET_KEY" in failure.expected:
            return True
        refused = failure.evidence.status in (401, 403) and expects(failure, "2")
        return refused and meaning(failure.evidence.caught) == "signature"

    found = leading(failed, shows)
    # One failure alone is about a key of its own, such as one that looks like JSON.
    if len(found) < 2 or not shows(failed[0]):
        return None
    return Cause(
        "the key is not the one of this step",
        "Your app accepts the tokens of its own login, and their signature isn't made "
        "with this step's SECRET_KEY. The tests sign tokens of their own with it. Take "
        "the step's key, which is in its code or from step 6 on in its settings. Or "
        "give yours to the check: `--secret-key KEY`. A key that is made anew at each "
        "start ends all tokens when the server restarts.",
    )


def no_expiry(failed: Sequence[Failure]) -> Cause | None:
    """There's no `exp`, and the moment is under another name."""

    def shows(failure: Failure) -> list[str]:
        claims = _made(failure)
        if not claims or "exp" in claims or "exp" not in failure.expected:
            return []
        return [name for name in claims if MOMENT.search(name)]

    found = leading(failed, shows)
    if not found:
        return None
    names = listed(shows(found[0]))
    return Cause(
        "the expiry isn't called `exp`",
        f"Your token has {names} and no `exp`. Libraries look at `exp` and at no other "
        "name (RFC 7519, section 4.1.4): without it a token never expires.",
    )


def anothers_token(failed: Sequence[Failure]) -> Cause | None:
    """alice logs in, and her token is johndoe's."""

    def shows(failure: Failure) -> bool:
        # Only alice's requests are answered so.
        return (
            failure.evidence.status == 200
            and '"Inactive user"' in failure.expected
            and _sent_name(failure) == "johndoe"
        )

    found = leading(failed, shows)
    if not found:
        return None
    has = "its `sub` is johndoe" if found[0].token else "that's `johndoe`"
    return Cause(
        "alice gets a token of johndoe",
        f"Your login gives alice a token, and {has}. With it she gets johndoe's "
        "record. Does the login put the same name into each token? The name belongs "
        "there that was found for the form: `user.username`.",
        about=(
            "test_sub_is_the_username"
            if found[0].token
            else "test_the_token_is_the_username"
        ),
    )


def _sent_name(failure: Failure) -> str:
    """The user whom the token that was sent is about."""
    sent = re.search(r"Bearer ([\w.-]+)", failure.request)
    if not sent:
        return ""
    try:
        sub = tokens.read(sent[1])[1].get("sub")
    except (ValueError, RecursionError):
        return sent[1]
    return sub.rpartition(":")[2] if isinstance(sub, str) else ""


def _made(failure: Failure) -> dict[str, Any]:
    """The claims of the token in the answer; none where it has no JWT."""
    body = body_of(failure)
    token = body.get("access_token") if isinstance(body, dict) else None
    try:
        return tokens.read(token)[1] if isinstance(token, str) else {}
    except (ValueError, RecursionError):
        return {}
