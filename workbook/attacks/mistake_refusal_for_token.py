"""An app logs its users in with an OAuth library, and somebody mistypes the password.
The server refuses, but without the error codes that such a library looks for. So
Authlib returns the refusal as the token, and an app that relies on it shows a user as
logged in. requests-oauthlib raises an error about a missing token, and the app can't
tell that the password was wrong. The server gives nothing away, but the app misleads
its user."""

from collections.abc import Callable
from typing import Any

import httpx

from workbook.attacks.attack import LadderAttack, paragraph
from workbook.attacks.target import CannotBeTried, Target

# RFC 6749, section 5.2: the code for a login that is wrong.
WRONG_LOGIN = "invalid_grant"
# A token or a page of errors would bury the rest.
LONGEST = 200


def attempt(target: Target) -> tuple[bool, str]:
    # They take most of a second to load, and no other attack needs them.
    from workbook.attacks.oauth_clients import clients

    mistaken: list[str] = []
    understood: list[str] = []
    for library, log_in in clients(target).items():
        # Where the right password gives no token, nothing follows from a wrong one.
        token, said = _outcome(log_in, target.api.password)
        if not _is_token(token):
            raise CannotBeTried(
                f"{library} got no token for {target.username} at "
                f"{target.api.token_path}, with the right password: it {said}."
            )
        # The wrong one differs at its start: bcrypt reads no more than 72 bytes.
        refusal, said = _outcome(log_in, f"not-{target.api.password}")
        if _is_token(refusal):
            raise CannotBeTried(f"A wrong password logs {target.username} in, too.")
        is_right = getattr(refusal, "error", None) == WRONG_LOGIN
        (understood if is_right else mistaken).append(f"{library} {said}")
    if mistaken:
        return True, f"For a wrong password, {'; '.join(mistaken)}."
    return False, (
        f"For a wrong password, {'; '.join(understood)}. "
        "For the right one, each returned a token."
    )


def _outcome(log_in: Callable[[str], Any], password: str) -> tuple[Any, str]:
    """What a library made of the answer to a login, and that in words."""
    try:
        token = log_in(password)
    except (CannotBeTried, httpx.HTTPError):
        # There was no answer.
        raise
    except Exception as error:
        # Whatever it is, the app that uses the library would get it.
        said = f"raised {type(error).__name__}: {error}".rstrip(": .")
        return error, _shortened(said)
    return token, _shortened(f"returned as the token {token}")


def _is_token(returned: Any) -> bool:
    return isinstance(returned, dict) and bool(returned.get("access_token"))


def _shortened(said: str) -> str:
    return said if len(said) <= LONGEST else f"{said[:LONGEST]}…"


ATTACK = LadderAttack(
    name="mistake_refusal_for_token",
    title="Mistake a refusal for a token",
    attacker="anyone who mistypes a password",
    has="an app that logs in with an OAuth library",
    opens="step01_fake_hash",
    closes="step09_standard_answers",
    description=paragraph(__doc__),
    attempt=attempt,
)
