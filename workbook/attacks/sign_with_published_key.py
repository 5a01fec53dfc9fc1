"""The tutorial prints its SECRET_KEY, and people copy it along with the code. An
attacker takes it from there, writes a token in johndoe's name with a year to live, and
signs it as well as the server would. There's no login at all."""

import time

from workbook import tokens
from workbook.attacks.answers import summary
from workbook.attacks.attack import LadderAttack, paragraph
from workbook.attacks.target import Target

PUBLISHED_KEY = "09d25e094faa6ca2556c818166b7a9563b93f7099f6f0f4caa6cf63b88e8d3e7"
YEAR = 365 * 24 * 60 * 60


def attempt(target: Target) -> tuple[bool, str]:
    claims = {"sub": target.username, "exp": int(time.time()) + YEAR}
    answer = target.show(tokens.sign(claims, PUBLISHED_KEY))
    evidence = (
        f"A token for {target.username}, good for a year, signed with "
        f"{PUBLISHED_KEY[:8]}… as printed in the tutorial: {summary(answer)}"
    )
    if target.is_own_record(answer):
        return True, f"{evidence}."
    # An app may name users by a number, or want claims that an account there shows.
    header, ours = target.own_jwt()
    if not ours:
        return False, f"{evidence}."
    answer = target.show(
        tokens.sign(
            ours | {"exp": claims["exp"]},
            PUBLISHED_KEY,
            header={"typ": header.get("typ", "JWT")},
        )
    )
    evidence += (
        f"; one that is otherwise like a token of this server: {summary(answer)}."
    )
    return target.is_own_record(answer), evidence


ATTACK = LadderAttack(
    name="sign_with_published_key",
    title="Sign with the published key",
    attacker="anyone who has read the tutorial",
    has="network access, a username, and the tutorial's text",
    opens="step04_jwt",
    closes="step06_settings",
    description=paragraph(__doc__),
    attempt=attempt,
)
