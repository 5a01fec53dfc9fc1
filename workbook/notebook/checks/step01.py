"""Step 1: a form by hand, a token by hand, a hash undone."""

from typing import Any
from urllib.parse import parse_qsl

from steps.step01_fake_hash.main import app, fake_hash_password, fake_users_db
from workbook.notebook.asking import in_process
from workbook.notebook.showing import brief
from workbook.notebook.tasks import NotYet, call, must, task

FORM = {"Content-Type": "application/x-www-form-urlencoded"}


@task('my_body is the whole body as bytes, b"username=bob&…".')
def form(my_body: Any) -> str:
    must("bob" in fake_users_db, "There's no bob yet. Run the cell that adds him.")
    must(isinstance(my_body, bytes), 'A body is bytes, so begin it with b".')
    answer = in_process(app).post("/token", content=my_body, headers=FORM)
    if answer.status_code == 200:
        who = answer.json()["access_token"]
        must(who == "bob", f"That logs {who} in, but bob is still waiting.")
        return (
            "The & of the password arrived as %26, so it didn't end the field. A "
            "client that knows forms does that for you, like httpx with data=."
        )
    fields = dict(parse_qsl(my_body.decode(errors="replace"), keep_blank_values=True))
    raise NotYet(f"The server reads {fields}, and answers {brief(answer)}.")


@task('my_headers is a dictionary such as {"Accept": "application/json"}.')
def headers(my_headers: Any) -> str:
    must(isinstance(my_headers, dict), "Headers are a dictionary: {name: value}.")
    answer = in_process(app).get("/users/me", headers=my_headers)
    must(answer.status_code == 200, f"The server answers {brief(answer)}.")
    who = answer.json()["username"]
    must(who == "johndoe", f"That's {who}'s record, and you want johndoe's.")
    return (
        "You're johndoe now, and you never logged in. The token is a username and "
        "doesn't prove anything, so anyone who can type it is that user."
    )


@task("undo takes a stored hash and returns the password that it was made from.")
def undo(function: Any) -> str:
    for username, record in fake_users_db.items():
        stored = record["hashed_password"]
        password = call(function, stored)
        must(
            isinstance(password, str) and fake_hash_password(password) == stored,
            f"From {username}'s {stored!r} your function makes {password!r}, which "
            "isn't the password.",
        )
    return (
        f"It undid all {len(fake_users_db)} hashes without a single guess. Anyone "
        "who sees the table knows every password, and people use them elsewhere, too."
    )
