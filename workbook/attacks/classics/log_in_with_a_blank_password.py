"""The attacker types a username and no password. Code that verifies a password
only where one was given, or that compares with a default, issues a token: the account
is theirs. What stops it is one path for every login: no token without a password that
was verified."""

from workbook.attacks.answers import summary, token_in
from workbook.attacks.attack import ClassicAttack, paragraph
from workbook.attacks.target import Target

BLANK: dict[str, object] = {"an empty password": "", "one blank": " "}


def attempt(target: Target) -> tuple[bool, str]:
    api = target.api
    logins = {
        what: api.credentials(target.username, password)
        for what, password in BLANK.items()
    }
    logins["no password field"] = {api.login_field: target.username}
    if api.json_login:
        logins["null for a password"] = api.credentials(target.username, None)
    refused = []
    for what, fields in logins.items():
        answer = target.send_login(fields)
        token = token_in(answer)
        if token and target.is_own_record(record := target.show(token)):
            return True, (
                f"{what.capitalize()} logs {target.username} in, and the token opens "
                f"the record: {summary(record)}."
            )
        refused.append(f"{what}: {summary(answer)}")
    evidence = "; ".join(refused)
    return False, f"{evidence[:1].upper()}{evidence[1:]}."


ATTACK = ClassicAttack(
    name="log_in_with_a_blank_password",
    title="Log in with a blank password",
    attacker="anyone",
    has="network access, and a username",
    step="step04_jwt",
    mistake="a login without a password",
    shows=(
        "An empty password logs johndoe in, and the token opens the record: 200 "
        "with johndoe@example.com."
    ),
    sources="CWE-287.",
    description=paragraph(__doc__),
    attempt=attempt,
)
