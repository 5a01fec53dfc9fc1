"""Another service of the company gives tokens to cars, signed with the key that this
server uses too. One owner names a car johndoe. Its `sub` says johndoe, and here a `sub`
is looked up among people: the car gets in as a person of that name."""

import time

from workbook.attacks import other_service
from workbook.attacks.answers import summary
from workbook.attacks.attack import LadderAttack, paragraph
from workbook.attacks.target import Target


def attempt(target: Target) -> tuple[bool, str]:
    claims = {"sub": target.username, "kind": "car", "exp": int(time.time()) + 15 * 60}
    answer = target.show(other_service.issue(target, claims))
    evidence = f"The token of a car with the name {target.username}: {summary(answer)}"
    if target.is_own_record(answer):
        return True, f"{evidence}."
    # The same in every other word, as if both services had one library for it.
    header, ours = target.own_jwt()
    typ = {"typ": header.get("typ", "JWT")}
    answer = target.show(other_service.issue(target, ours | claims, header=typ))
    evidence += (
        f"; one that is otherwise like a token of this server: {summary(answer)}."
    )
    return target.is_own_record(answer), evidence


ATTACK = LadderAttack(
    name="collide_subject",
    title="Collide with a subject",
    attacker="the owner of a car called johndoe",
    has="the car's own token, signed by another service with the same key",
    opens="step04_jwt",
    closes="step08_strict_tokens",
    description=paragraph(__doc__),
    attempt=attempt,
)
