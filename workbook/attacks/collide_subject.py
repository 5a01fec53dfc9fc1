"""Another service of the company gives tokens to cars, signed with the key that this
server uses, too. One owner christens a car johndoe. Its `sub` says johndoe, and here a
`sub` is looked up among people: the car is let in as a person of that name."""

import time

from workbook.attacks import other_service
from workbook.attacks.attack import Attack, told
from workbook.attacks.target import Target, is_record_of, tell


def attempt(target: Target) -> tuple[bool, str]:
    claims = {"sub": "johndoe", "kind": "car", "exp": int(time.time()) + 15 * 60}
    answer = target.show(other_service.issue(target, claims))
    evidence = f"The token of a car with the name johndoe: {tell(answer)}"
    if is_record_of("johndoe", answer):
        return True, f"{evidence}."
    # The same in every other word, as if both services had one library for it.
    header, ours = other_service.issued_here(target)
    typ = {"typ": header.get("typ", "JWT")}
    answer = target.show(other_service.issue(target, ours | claims, header=typ))
    evidence += f"; one that is else like a token of this server: {tell(answer)}."
    return is_record_of("johndoe", answer), evidence


ATTACK = Attack(
    name="collide_subject",
    title="Collide with a subject",
    attacker="the owner of a car called johndoe",
    holds="the car's own token, signed by another service with the same key",
    opens="step04_jwt",
    closes="step08_strict_tokens",
    story=told(__doc__),
    attempt=attempt,
)
