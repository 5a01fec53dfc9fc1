"""From step 5 on: a token carries `exp`, and dies with it."""

import time
from contextlib import AbstractContextManager

import pytest

from tests.steps.contract import ALICE, JOHNDOE, Contract
from tests.steps.contract.jwt import Claims, Sign, read
from workbook.checking import Server

MINUTE = 60
HALF_AN_HOUR = 30 * MINUTE
# Slack for a slow login on a busy machine, far below every mistake of unit or zone.
SLACK = 20


@pytest.mark.standard("RFC 7519", "4.1.4")
def test_the_token_carries_an_expiry(server: Server):
    """`exp` is a NumericDate: seconds since 1970, as a number. Milliseconds would be
    tens of thousands of years away."""
    answer, _, claims = read(server)
    exp = claims.get("exp")
    answer.must(
        isinstance(exp, int | float) and 10**9 < exp < 10**11,
        expected='a payload with "exp", a number of seconds since 1970',
        wrong=f"the payload is {claims}",
    )


@pytest.mark.standard("RFC 6750", "5.3")
def test_it_expires_thirty_minutes_after_the_login(server: Server):
    """Long enough to work with, short enough to bound what a thief can do. Seconds,
    not milliseconds, and counted in UTC."""
    must_expire_in_half_an_hour(server)


@pytest.mark.standard("RFC 7519", "2")
@pytest.mark.parametrize("zone", ["EAST-9", "WEST+9"])
def test_the_zone_of_the_server_does_not_matter(
    server: Server, contract: Contract, path: str, zone: str
):
    """A server in Tokyo and one in Alaska mean the same moment. Local time without its
    zone is hours off, and a test on a machine in UTC never sees it."""
    with clock_in(server, zone):
        token = must_expire_in_half_an_hour(server)
        server.get(path, token=token).must_be(contract.guarded[path])


@pytest.mark.standard("RFC 7519", "4.1.4")
@pytest.mark.parametrize("zone", ["EAST-9", "WEST+9"])
def test_an_expired_token_is_refused_in_every_zone(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, zone: str
):
    """The comparison needs the same care as the making: both in UTC."""
    with clock_in(server, zone):
        expired = sign(good("johndoe", exp=int(time.time()) - MINUTE))
        server.get(path, token=expired).must_be(contract.bad_token)
        living = sign(good("johndoe", exp=int(time.time()) + MINUTE))
        server.get(path, token=living).must_be(contract.guarded[path])


@pytest.mark.standard("RFC 7519", "4.1.4")
@pytest.mark.parametrize(
    "age", [2, MINUTE, 60 * MINUTE, 24 * 60 * MINUTE, 10 * 365 * 24 * 60 * MINUTE]
)
def test_an_expired_token_is_refused(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, age: int
):
    """It is a good token in every other way, and it is refused as any bad one is. No
    leeway: who made the token and who checks it have one clock."""
    token = sign(good("johndoe", exp=int(time.time()) - age))
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7519", "4.1.4")
@pytest.mark.parametrize("exp", [0, 1, -1])
def test_a_token_that_expired_at_the_beginning_of_time_is_refused(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, exp: int
):
    """To Python 0 is false: `if exp and exp < now` lets this one through."""
    server.get(path, token=sign(good("johndoe", exp=exp))).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7519", "4.1.4")
def test_a_token_without_an_expiry_does_not_crash_the_server(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """The tokens of the last step are such, and the claim is optional. Taking one, as
    the tutorial does, and refusing one, as would be wiser, are both an answer: a 500 is
    none."""
    claims = good("johndoe")
    claims.pop("exp", None)
    answer = server.get(path, token=sign(claims))
    taken = answer.status == 200
    answer.must_be(contract.guarded[path] if taken else contract.bad_token)


def test_an_expired_token_of_alice_is_expired_first(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """A token that is not good says nothing about its user."""
    token = sign(good("alice", exp=int(time.time()) - MINUTE))
    server.get(path, token=token).must_be(contract.bad_token)


def test_a_token_is_good_for_almost_thirty_minutes(
    server: Server, contract: Contract, path: str
):
    """One login, and the clock of the server moved on by 29 minutes: nobody should have
    to log in again in the middle of their work."""
    now = time.time()
    token = server.login(**JOHNDOE).token
    with clock_at(server, now + 29 * MINUTE):
        server.get(path, token=token).must_be(contract.guarded[path])


@pytest.mark.standard("RFC 7519", "4.1.4")
def test_a_token_is_dead_after_thirty_minutes(
    server: Server, contract: Contract, path: str
):
    """One login, and the clock of the server moved on by 31 minutes: whoever stole the
    token holds nothing any more."""
    now = time.time()
    token = server.login(**JOHNDOE).token
    with clock_at(server, now + 31 * MINUTE):
        server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.parametrize("user", [JOHNDOE, ALICE], ids=["johndoe", "alice"])
def test_each_login_starts_its_own_thirty_minutes(server: Server, user: dict[str, str]):
    """A server runs for weeks. An expiry worked out when it started would hand out
    dead tokens half an hour later."""
    with clock_at(server, time.time() + 2 * HALF_AN_HOUR):
        must_expire_in_half_an_hour(server, user)


def must_expire_in_half_an_hour(server: Server, user: dict[str, str] = JOHNDOE) -> str:
    """Logs in, looks at `exp`, gives the token back."""
    before = time.time()
    answer, _, claims = read(server, user)
    after = time.time()
    exp = claims.get("exp")
    in_time = isinstance(exp, int | float) and (
        before + HALF_AN_HOUR - SLACK <= exp <= after + HALF_AN_HOUR + SLACK
    )
    answer.must(
        in_time,
        expected=f'a payload with "exp" near {int(before) + HALF_AN_HOUR}, that is now '
        f"({int(before)}) and 1800 seconds",
        wrong=f"the payload is {claims}"
        + (f", {exp - before:.0f} seconds from now" if isinstance(exp, int) else ""),
    )
    return answer.token


def clock_at(server: Server, moment: float) -> AbstractContextManager[None]:
    """The server's clock, and ours, at another moment; it goes on from there."""
    if server.clock is None:
        pytest.skip("needs to move the server's clock: not possible at a URL")
    return server.clock.at(moment)


def clock_in(server: Server, zone: str) -> AbstractContextManager[None]:
    """The server's local time in another zone, in POSIX spelling: EAST-9 is UTC+9."""
    if server.clock is None:
        pytest.skip("needs to move the server to another zone: not possible at a URL")
    if not hasattr(time, "tzset"):
        pytest.skip("needs time.tzset, which this operating system does not have")
    return server.clock.in_zone(zone)
