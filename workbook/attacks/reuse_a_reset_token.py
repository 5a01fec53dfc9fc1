"""johndoe forgot his password, and another service of the company mails him a link with
a token that is good for choosing a new one. It is signed with the key that this server
uses, too. Whoever gets to see the link shows its token here, and is taken for johndoe
logged in, though no password was given or changed."""

import time

from workbook.attacks import other_service
from workbook.attacks.attack import Attack, told
from workbook.attacks.target import Target, is_record_of, tell


def attempt(target: Target) -> tuple[bool, str]:
    claims = {
        "sub": "johndoe",
        "purpose": "reset-password",
        "exp": int(time.time()) + 15 * 60,
    }
    answer = target.show(other_service.issue(target, claims))
    evidence = (
        "A token that says purpose: reset-password, shown as an access token: "
        f"{tell(answer)}"
    )
    if is_record_of("johndoe", answer):
        return True, f"{evidence}."
    # One company, one way of writing: the service may name users and itself as we do.
    _, ours = other_service.issued_here(target)
    shared = {name: ours[name] for name in ("iss", "sub") if name in ours}
    answer = target.show(other_service.issue(target, claims | shared))
    evidence += (
        f"; one that names issuer and subject as this server does: {tell(answer)}."
    )
    return is_record_of("johndoe", answer), evidence


ATTACK = Attack(
    name="reuse_a_reset_token",
    title="Reuse a reset token",
    attacker="whoever sees johndoe's mail, or a log of the links that it carries",
    holds="a password-reset token, signed for another service with the same key",
    opens="step04_jwt",
    closes="step08_strict_tokens",
    story=told(__doc__),
    attempt=attempt,
)
