"""Renews the bcrypt hashes that the suites need: `make hashes`.

One costs a fifth of a second, and a suite wants dozens of them. bcrypt is a pure
function of password and salt, so a hash that is kept in hashes.json need not be
computed again. What is missing there is computed when it is needed: a slower check.
"""

import json

from workbook.checking.probes import KNOWN, SALT, Hashes, stored_hashes
from workbook.checking.suites import run
from workbook.ladder import steps

# A hash of a lower cost takes a thousandth of a second.
COSTLY = 10


class Asked(Hashes):
    """Hashes that note which of them were asked for."""

    def __init__(self, known: Hashes) -> None:
        super().__init__(known)
        self.pairs: set[tuple[bytes, bytes]] = set()

    def __getitem__(self, pair: tuple[bytes, bytes]) -> bytes:
        self.pairs.add(pair)
        return super().__getitem__(pair)


def needed(known: Hashes) -> Hashes:
    """The costly hashes that all suites together ask of our steps. What is in `known`
    isn't computed again."""
    asked = Asked(known)
    for step in steps():
        outcome = run(step, hashes=asked)
        assert outcome.all_passed, f"our step {step.number} fails its suite"
    code = b"".join(file.read_bytes() for step in steps() for file in step.modules)
    return {
        pair: hashed
        for pair, hashed in asked.items()
        if pair in asked.pairs
        # The salt of a new user is another one each time.
        and pair[1] in code
        # A token that is typed as a password is another one each time.
        and int(hashed.split(b"$")[2]) >= COSTLY
        and not pair[0].startswith(b"eyJ")
    }


def renew() -> None:
    """Writes hashes.json: the rest of each hash by its salt and its password."""
    by_salt: dict[str, dict[str, str]] = {}
    for (password, salt), hashed in sorted(needed(stored_hashes()).items()):
        kept = by_salt.setdefault(salt.decode(), {})
        kept[password.decode("latin-1")] = hashed[SALT:].decode()
    KNOWN.write_text(json.dumps(by_salt, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    renew()
