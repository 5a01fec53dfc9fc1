"""Somebody sees one answer of /users/me: over a shoulder, in the log of a proxy, in a
browser extension. The answer was meant to show a name and an e-mail address. It shows
the password hash as well, which only the server's own table should hold."""

from workbook.attacks.attack import Attack, told
from workbook.attacks.target import CannotBeTried, Target, body_of, is_record_of, tell


def attempt(target: Target) -> tuple[bool, str]:
    answer = target.show(target.log_in())
    if not is_record_of("johndoe", answer):
        raise CannotBeTried(f"johndoe's own record was not shown: {tell(answer)}.")
    record = body_of(answer)
    for field, value in record.items():
        if "hash" in field or "password" in field:
            return True, f"johndoe's record came with {field}: {value}"
    return False, f"johndoe's record came with {', '.join(record)}, and no hash."


ATTACK = Attack(
    name="read_password_hash",
    title="Read the password hash",
    attacker="whoever sees an answer that was meant for johndoe",
    holds="one answer of /users/me",
    opens="step01_fake_hash",
    closes="step02_response_model",
    story=told(__doc__),
    attempt=attempt,
)
