"""Step 8: whose subject it is, and which tokens are access tokens."""

from typing import Any

from steps.step08_strict_tokens.tokens import AUDIENCE, ISSUER
from workbook.notebook.tasks import call, must, task

NOW = 1768478400
SUBJECTS: list[tuple[object, str | None]] = [
    ("username:johndoe", "johndoe"),
    ("johndoe", None),
    ("car:johndoe", None),
    ("client:username:johndoe", None),
    ("Username:johndoe", None),
    ("username:emma", "emma"),
    ("username:a:b", "a:b"),
    (None, None),
    (7, None),
    (["username:johndoe"], None),
]
HEADER = {"alg": "HS256", "typ": "at+jwt"}
CLAIMS = {
    "iss": ISSUER,
    "aud": AUDIENCE,
    "sub": "username:johndoe",
    "iat": NOW - 60,
    "exp": NOW + 60,
    "jti": "3f1c",
}
BENT: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "typ JWT": ({"typ": "JWT"}, {}),
    "a crit in its header": ({"crit": []}, {}),
    "another issuer": ({}, {"iss": "https://other.example.com"}),
    "another audience": ({}, {"aud": "https://other.example.com"}),
    "a list for its audience": ({}, {"aud": [AUDIENCE, "https://other.example.com"]}),
    "the subject johndoe": ({}, {"sub": "johndoe"}),
    "a number for its subject": ({}, {"sub": 7}),
    "a jti of null": ({}, {"jti": None}),
    "iat true": ({}, {"iat": True}),
    "an exp as a text": ({}, {"exp": str(NOW + 60)}),
    "an exp that is now": ({}, {"exp": NOW}),
    "an exp that has passed": ({}, {"exp": NOW - 1}),
}


@task("my_username(sub) returns a text, or None.")
def subject(my_username: Any) -> str:
    for sub, right in SUBJECTS:
        came = call(my_username, sub)
        must(
            came == right,
            f"For the subject {sub!r} it returns {came!r}, "
            f"and it must return {right!r}.",
        )
    return "You can call a car whatever you like."


@task("my_check(header, claims, now) returns True or False.")
def access(my_check: Any) -> str:
    came = call(my_check, HEADER, CLAIMS, NOW)
    must(
        came is True, f"For a good token it returns {came!r}, and it must return True."
    )
    for what, (header, claims) in BENT.items():
        came = call(my_check, HEADER | header, CLAIMS | claims, NOW)
        must(came is False, f"For a token with {what} it returns {came!r}.")
    for name in ("typ", *CLAIMS):
        header = {k: v for k, v in HEADER.items() if k != name}
        claims = {k: v for k, v in CLAIMS.items() if k != name}
        came = call(my_check, header, claims, NOW)
        must(came is False, f"For a token without {name} it returns {came!r}.")
    return "You check everything that a token says about itself."
