"""A program asks for a token with which it may read a name, and for nothing else. The
token leaks, and whoever finds it opens everything that its owner may: no path asks what
a token is for. Or paths do ask, and johndoe gets whatever he asks for: admin, too."""

import httpx

from workbook.attacks.answers import body_of, token_in
from workbook.attacks.attack import LadderAttack, paragraph
from workbook.attacks.target import CannotBeTried, Target

ALL = "me items admin"
LEAST = "me"
FOR_ADMINS = "/users/"


def attempt(target: Target) -> tuple[bool, str]:
    login = _ask_for(target, ALL)
    evidence = f"{target.username} asks for the scopes {ALL}: {_summary(login)}"
    if token := token_in(login):
        users = target.show(token, FOR_ADMINS)
        evidence += f", and with that {users.status_code} at {FOR_ADMINS}"
        if users.status_code == 200:
            return True, f"{evidence}. So {target.username} lists the users."
    paths = target.paths_below_my_record()
    if not paths:
        nothing = f"no other path of the user's below {target.my_record}"
        if not body_of(target.client.get("/openapi.json")):
            raise CannotBeTried(f"The server documents {nothing}.")
        return False, f"{evidence}. There is {nothing} that it could open."
    token, asked_for = _least(target)
    for path in paths:
        answer = target.show(token, path)
        evidence += f"; {asked_for}: {_summary(answer)} at {path}"
        if answer.status_code == 200:
            return True, f"{evidence}. So it opens more than a name."
    return False, f"{evidence}."


def _ask_for(target: Target, scope: str) -> httpx.Response:
    login = target.api.credentials(target.username, target.api.password)
    return target.send_login({**login, "scope": scope})


def _least(target: Target) -> tuple[str, str]:
    """A token for as little as can be had, and what was asked for."""
    login = _ask_for(target, LEAST)
    if token := token_in(login):
        return token, f"a token that was asked for with the scope {LEAST}"
    return target.own_token(), (
        f"the scope {LEAST} alone gets {_summary(login)}, and a token without one"
    )


def _summary(answer: httpx.Response) -> str:
    """The status, and what the answer says about scopes: 403 insufficient_scope."""
    body = body_of(answer)
    words = body.get("error")
    if answer.is_success and token_in(answer):
        words = f"a token for {body['scope']}" if body.get("scope") else "a token"
    elif 'error="insufficient_scope"' in answer.headers.get("WWW-Authenticate", ""):
        words = "insufficient_scope"
    return f"{answer.status_code} {words}" if words else str(answer.status_code)


ATTACK = LadderAttack(
    name="ask_for_admin",
    title="Ask for admin",
    attacker="johndoe, and whoever finds a token that is only for his name",
    has="his password, or a token that he asked for with the scope me",
    opens="step05_expiry",
    closes="step11_scopes",
    description=paragraph(__doc__),
    attempt=attempt,
)
