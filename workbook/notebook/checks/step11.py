"""Step 11: whole words, and what a login grants."""

from typing import Any

from workbook.notebook.tasks import call, must, task

CLAIMS: list[tuple[object, str, bool]] = [
    ("me items", "me", True),
    ("me items", "items", True),
    ("items", "me", False),
    ("meow", "me", False),
    ("some name", "me", False),
    ("ME", "me", False),
    ("me,items", "me", False),
    ("items me admin", "me", True),
    ("", "me", False),
    (None, "me", False),
    (7, "me", False),
    (["me"], "me", False),
    ({"me": True}, "me", False),
]
LOGINS: list[tuple[str, str, str | None]] = [
    ("me items", "me", "me"),
    ("me items", "me items", "me items"),
    ("me items", "", "me items"),
    ("me items", "admin", None),
    ("me items", "me admin", None),
    ("me items", "openid", None),
    ("me items admin", "", "me items"),
    ("me items admin", "admin", "admin"),
    ("me items admin", "items admin", "items admin"),
    ("items", "", "items"),
    ("items", "me", None),
    ("admin", "", None),
    ("", "", None),
]


@task("my_has_scope(claim, wanted) returns True or False.")
def has_scope(my_has_scope: Any) -> str:
    for claim, wanted, right in CLAIMS:
        came = call(my_has_scope, claim, wanted)
        must(
            came is right,
            f"For the claim {claim!r} and the scope {wanted!r} it returns {came!r}, "
            f"and it must return {right}.",
        )
    return "A scope is a word among words, and a claim can be anything."


@task("my_grant(allowed, asked) returns a text, or None.")
def grant(my_grant: Any) -> str:
    for allowed, asked, right in LOGINS:
        came = call(my_grant, allowed, asked)
        same = (
            sorted(came.split()) == sorted(right.split())
            if isinstance(came, str) and right is not None
            else came is right
        )
        must(
            same,
            f"For a user who may have {allowed!r} and asks for {asked!r} it returns "
            f"{came!r}, and it must return {right!r}.",
        )
    return "A login asks, and the table decides."
