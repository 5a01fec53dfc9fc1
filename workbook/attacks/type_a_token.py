"""The token of the first steps is the username. You need no password for that, and no
login: anyone who types a name is that user."""

from workbook.attacks.answers import summary
from workbook.attacks.attack import LadderAttack, paragraph
from workbook.attacks.target import Target


def attempt(target: Target) -> tuple[bool, str]:
    answer = target.show(target.username)
    evidence = (
        f"Authorization: Bearer {target.username}, typed by hand: {summary(answer)}."
    )
    return target.is_own_record(answer), evidence


ATTACK = LadderAttack(
    name="type_a_token",
    title="Type a token",
    attacker="anyone",
    has="network access, and a username",
    opens="step01_fake_hash",
    closes="step04_jwt",
    description=paragraph(__doc__),
    attempt=attempt,
)
