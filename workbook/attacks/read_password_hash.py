"""An attacker sees one answer of /users/me: over a shoulder, in the log of a proxy, in
a browser extension. The answer was meant to show a name and an e-mail address. It also
shows the password hash, which should never leave the server. So do other answers, if
the app puts the whole user into them: the documented paths below that one are read,
too."""

import contextlib
from collections.abc import Iterator
from typing import Any

from workbook.attacks.answers import body_of, summary
from workbook.attacks.attack import LadderAttack, paragraph
from workbook.attacks.target import CannotBeTried, Target


def attempt(target: Target) -> tuple[bool, str]:
    token = target.log_in()
    answer = target.show(token)
    record = body_of(answer)
    if answer.status_code != 200 or not record:
        raise CannotBeTried(
            f"{target.username}'s own record was not shown: {summary(answer)}."
        )
    for field, value in _secrets_in(record):
        return True, f"{target.username}'s record came with {field}: {value}"
    for path in target.paths_below_my_record():
        below = target.show(token, path)
        if below.is_success and "json" in below.headers.get("content-type", ""):
            with contextlib.suppress(ValueError, RecursionError):
                for field, value in _secrets_in(below.json()):
                    return True, f"{path} came with {field}: {value}"
    fields = ", ".join(record)
    return False, f"{target.username}'s record came with {fields}, and no hash."


def _secrets_in(body: Any) -> Iterator[tuple[str, Any]]:
    """The fields of a JSON value that have a password or a hash, also further down."""
    if isinstance(body, dict):
        for field, value in body.items():
            if "hash" in field or "password" in field:
                yield field, value
    if isinstance(body, dict | list):
        for inner in body.values() if isinstance(body, dict) else body:
            yield from _secrets_in(inner)


ATTACK = LadderAttack(
    name="read_password_hash",
    title="Read the password hash",
    attacker="anyone who sees an answer that was meant for johndoe",
    has="one response of /users/me",
    opens="step01_fake_hash",
    closes="step02_response_model",
    description=paragraph(__doc__),
    attempt=attempt,
)
