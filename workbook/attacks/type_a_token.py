"""The token of the first steps is the username. Nobody needs a password for that, nor a
login: whoever can type a name is that user."""

from workbook.attacks.attack import Attack, told
from workbook.attacks.target import Target, is_record_of, tell


def attempt(target: Target) -> tuple[bool, str]:
    answer = target.show("johndoe")
    evidence = f"Authorization: Bearer johndoe, typed by hand: {tell(answer)}."
    return is_record_of("johndoe", answer), evidence


ATTACK = Attack(
    name="type_a_token",
    title="Type a token",
    attacker="anyone",
    holds="the network, and a username",
    opens="step01_fake_hash",
    closes="step04_jwt",
    story=told(__doc__),
    attempt=attempt,
)
