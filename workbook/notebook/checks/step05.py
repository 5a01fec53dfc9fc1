"""Step 5: moments in seconds, tokens that outlive their server, logins a second."""

import time
from datetime import datetime
from typing import Any

import time_machine

from steps.step05_expiry.main import SECRET_KEY, app
from workbook import tokens
from workbook.notebook.asking import bearer, in_process
from workbook.notebook.showing import brief
from workbook.notebook.tasks import must, task

FIVE_MINUTES = 5 * 60
YEAR = 365 * 24 * 60 * 60
LOGINS = 8


@task("my_exp is a number of seconds since 1970, as now is.")
def exp(my_exp: Any, now: int) -> str:
    must(
        not isinstance(my_exp, datetime),
        "A token is JSON, which has no datetime: .timestamp() makes it a number.",
    )
    must(isinstance(my_exp, int | float), f"It's {my_exp!r}, and it must be a number.")
    must(
        my_exp < 10 * now,
        f"That's about {my_exp / YEAR:,.0f} years after 1970: those are milliseconds.",
    )
    must(
        my_exp > now,
        f"That's {now - my_exp:,.0f} seconds ago. exp is a point in time, not a "
        "duration.",
    )
    made = tokens.sign({"sub": "johndoe", "exp": my_exp}, SECRET_KEY)
    early, late = now + FIVE_MINUTES - 2, now + FIVE_MINUTES + 2
    came = _ask_at(early, made)
    must(came[:3] == "200", f"Two seconds before the five minutes are over: {came}.")
    came = _ask_at(late, made)
    must(came[:3] == "401", f"Two seconds after the five minutes are over: {came}.")
    return "It's accepted after 4 minutes 58 seconds, and refused after 5 minutes 2."


@task("my_eternal is the text of a token, as tokens.sign(claims, key) returns it.")
def eternal(my_eternal: Any) -> str:
    must(isinstance(my_eternal, str), f"A token is text, and this is {my_eternal!r}.")
    must(my_eternal.isascii(), "A token is written in base64url, and this one isn't.")
    for when, moment in (
        ("now", time.time()),
        ("in ten years", time.time() + 10 * YEAR),
    ):
        came = _ask_at(moment, my_eternal)
        must(came == "200 johndoe's record", f"The server answers {when}: {came}.")
    return (
        "An expiry limits what the thief of a token can do. Anyone who has the key "
        "makes a new one, and decides how long it lives."
    )


@task("my_rate is a number: logins for each second.")
def rate(my_rate: Any, seconds: float) -> str:
    must(
        isinstance(my_rate, int | float), f"It's {my_rate!r}, and it must be a number."
    )
    each = seconds / LOGINS
    real = LOGINS / seconds
    must(
        abs(my_rate - each) > 0.05 * each or abs(each - real) < 0.2,
        "That's the time for one login. How many of them fit into a second?",
    )
    must(
        abs(my_rate - real) <= max(0.1 * real, 0.5),
        f"It isn't {my_rate:g} a second: {LOGINS} logins kept the server busy for "
        f"{seconds:.1f} seconds.",
    )
    return (
        f"About {real:.0f} a second, a few hundred bytes each, and you don't "
        "need an account. The attack is called stall_with_logins."
    )


def _ask_at(moment: float, token: str) -> str:
    with time_machine.travel(moment, tick=False):
        return brief(in_process(app).get("/users/me/", headers=bearer(token)))
