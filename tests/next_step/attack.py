"""A stranger gets some words of theirs into an answer, and sends a victim a link to it.
The victim's browser looks into the answer and guesses that it is a page. It runs what
the stranger wrote, in the name of the server."""

from workbook.attacks.attack import LadderAttack, paragraph
from workbook.attacks.target import Target


def attempt(target: Target) -> tuple[bool, str]:
    answer = target.client.get(target.my_record)
    header = answer.headers.get("X-Content-Type-Options")
    if header == "nosniff":
        return False, "The answer forbids to guess its type."
    return True, f"The answer says {answer.headers.get('Content-Type')}, and no more."


ATTACK = LadderAttack(
    name="sniff_an_answer",
    title="Sniff an answer",
    attacker="a stranger who can send a link",
    has="nothing",
    opens="step01_fake_hash",
    closes="stepNN_no_sniffing",
    description=paragraph(__doc__),
    attempt=attempt,
)
