"""Step 9: which code a form deserves, and what a challenge tells a client to do."""

from typing import Any

from workbook.notebook.tasks import call, must, task

Fields = list[tuple[str, str]]

GOOD: Fields = [
    ("grant_type", "password"),
    ("username", "johndoe"),
    ("password", "secret"),
]
OTHER = [("grant_type", "client_credentials")]
FORMS: dict[str, tuple[Fields, str | None]] = {
    "a good form": (GOOD, None),
    "a wrong password": ([*GOOD[:2], ("password", "wrong")], None),
    "an empty form": ([], "invalid_request"),
    "no grant_type": (GOOD[1:], "invalid_request"),
    "an empty grant_type": ([("grant_type", ""), *GOOD[1:]], "invalid_request"),
    "no username": ([GOOD[0], GOOD[2]], "invalid_request"),
    "no password": (GOOD[:2], "invalid_request"),
    "an empty password": ([*GOOD[:2], ("password", "")], "invalid_request"),
    "another grant_type": ([*OTHER, *GOOD[1:]], "unsupported_grant_type"),
    "another grant_type and no username": (OTHER, "unsupported_grant_type"),
    "two grant_types": ([*OTHER, *GOOD], "invalid_request"),
    "two passwords": ([*GOOD, ("password", "wrong")], "invalid_request"),
    "the same password twice": ([*GOOD, GOOD[2]], "invalid_request"),
    "a scope": ([*GOOD, ("scope", "admin")], "invalid_scope"),
    "an empty scope": ([*GOOD, ("scope", "")], None),
    "a field that you don't know": ([*GOOD, ("client_id", "me")], None),
    "two client_ids": (
        [*GOOD, ("client_id", "a"), ("client_id", "b")],
        "invalid_request",
    ),
}

REALM = 'Bearer realm="users"'
SENTENCE = 'error_description="Send one token, in one header"'
ANSWERS: list[tuple[int, str | None, str]] = [
    (200, None, "go on"),
    (401, REALM, "log in"),
    (401, f'{REALM}, error="invalid_token"', "new token"),
    (401, 'Bearer error="invalid_token", realm="users"', "new token"),
    (401, 'Bearer error="invalid_token"', "new token"),
    (400, f'{REALM}, error="invalid_request", {SENTENCE}', "report a bug"),
    (403, f'{REALM}, error="insufficient_scope", scope="admin"', "report a bug"),
    (401, 'Bearer realm="invalid_token"', "log in"),
    (401, 'Bearer realm="error"', "log in"),
]


@task("my_code(fields) returns a text, or None.")
def code(my_code: Any) -> str:
    for what, (fields, right) in FORMS.items():
        came = call(my_code, list(fields))
        must(
            came == right,
            f"For {what} it returns {came!r}, and it must return {right!r}.",
        )
    return "Each of your codes tells a client what it can do."


@task("my_next(status, challenge) returns a text.")
def next_step(my_next: Any) -> str:
    for status, challenge, right in ANSWERS:
        came = call(my_next, status, challenge)
        must(
            came == right,
            f"For {status} with the challenge {challenge!r} it returns {came!r}, "
            f"and it must return {right!r}.",
        )
    return "Your client looks for the code, and not for a word somewhere in the text."
