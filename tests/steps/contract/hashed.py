"""What bcrypt costs, and where it must cost nothing."""

import pytest

from tests.steps.contract import ALICE, BASIC, JOHNDOE, Contract, few, must_all
from tests.steps.contract.leaks import bad_tokens
from workbook.checking import Server

# OWASP's Password Storage Cheat Sheet: a work factor of at least 10.
LOWEST_COST = 10


@pytest.mark.standard("OWASP Password Storage", "bcrypt")
def test_every_password_is_hashed_slowly(server: Server):
    """An attacker can try passwords on a hash of cost 4 at 256 times the speed of cost
    12, and begins with the cheapest hash in the table. So every user needs a slow one.
    """
    if server.probe is None:
        pytest.skip("needs to see the server's hashes: not possible at a URL")

    hashed: list[str] = []

    def check(user: dict[str, str]) -> None:
        assert server.probe is not None
        server.probe.hash_stats()
        answer = server.login(**user)
        seen = server.probe.hash_stats().costs
        costs = [int(cost.split("$")[2]) for cost in seen]
        answer.must(
            bool(costs) or not hashed,
            expected="a hash of bcrypt, as for the user before",
            difference="no hash of bcrypt was computed",
        )
        hashed.extend(seen)
        answer.must(
            all(cost >= LOWEST_COST for cost in costs),
            expected=f"a hash of cost {LOWEST_COST} or more",
            difference=f"its costs are {costs}",
        )

    # For an unknown user none is needed. If you compute one, it's as slow as theirs.
    nobody = {"username": "nobody", "password": "a wrong password"}
    must_all({"johndoe": JOHNDOE, "alice": ALICE}, check)
    hashed.clear()
    check(nobody)


def test_reading_the_record_costs_no_hash(
    server: Server, contract: Contract, path: str, johndoe_token: str
):
    """A hash is slow on purpose. Paid at each request, or for any kind of bad token, it
    lets a stranger without a password keep the server busy."""
    if server.probe is None:
        pytest.skip("needs to see the server's hashes: not possible at a URL")
    key = server.secret_key or contract.secret_key or ""
    bad = few(bad_tokens(contract, johndoe_token, key), contract, path)
    headers = [
        *(
            {"Authorization": f"Bearer {token}".encode()}
            for token in (johndoe_token, "nobody", "johndoe.e30.e30", *bad.values())
        ),
        BASIC,
        {},
    ]
    # What other tests have hashed since the last look.
    server.probe.hash_stats()
    for header in headers:
        answer = server.get(path, headers=header)
        hashes = len(server.probe.hash_stats().costs)
        answer.must(
            not hashes,
            expected="an answer for which no password is hashed",
            difference=f"{hashes} hashed",
        )
