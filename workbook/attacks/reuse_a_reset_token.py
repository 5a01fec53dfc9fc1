"""johndoe forgot his password, and another service of the company mails him a link with
a token that is good for choosing a new one. It is signed with the key that this server
uses, too. Whoever gets to see the link shows its token here, and is taken for johndoe
logged in, though no password was given or changed."""

import time

from workbook.attacks import other_service
from workbook.attacks.answers import summary
from workbook.attacks.attack import LadderAttack, paragraph
from workbook.attacks.target import Target


def attempt(target: Target) -> tuple[bool, str]:
    claims = {
        "sub": target.username,
        "purpose": "reset-password",
        "exp": int(time.time()) + 15 * 60,
    }
    answer = target.show(other_service.issue(target, claims))
    evidence = (
        "A token that says purpose: reset-password, shown as an access token: "
        f"{summary(answer)}"
    )
    if target.is_own_record(answer):
        return True, f"{evidence}."
    # One company, one way of writing: the service may name users and itself as we do.
    _, ours = target.own_jwt()
    shared = {name: ours[name] for name in ("iss", "sub") if name in ours}
    answer = target.show(other_service.issue(target, claims | shared))
    evidence += (
        f"; one that names issuer and subject as this server does: {summary(answer)}."
    )
    return target.is_own_record(answer), evidence


ATTACK = LadderAttack(
    name="reuse_a_reset_token",
    title="Reuse a reset token",
    attacker="anyone who reads johndoe's mail, or a log with the links in it",
    has="a password-reset token, signed for another service with the same key",
    opens="step04_jwt",
    closes="step08_strict_tokens",
    description=paragraph(__doc__),
    attempt=attempt,
)
