"""A token carries `exp`, and is refused once it has expired."""

import re
import time
from calendar import timegm
from contextlib import AbstractContextManager

import pytest

from tests.steps.contract import (
    ALICE,
    JOHNDOE,
    Contract,
    must_all,
    who_logs_in,
    without_scope,
)
from tests.steps.contract.jwt import (
    Claims,
    Sign,
    must_have_no_token,
    read,
    # Before the tests here, which sign tokens: another key is the most general fault.
    test_a_token_signed_with_the_key_is_accepted,  # noqa: F401
    test_the_token_is_signed_with_the_key,  # noqa: F401
)
from workbook import tokens
from workbook.checking import Server

MINUTE = 60
HALF_AN_HOUR = 30 * MINUTE
HOUR = 60 * MINUTE
# The clock of a server at a URL may be off, and a token that is given out again was
# made a while ago, the longer the busier the machine. Far below every mistake of unit
# or zone.
SLACK = MINUTE
# Nine thousand years are a number of seconds, too: the last second of the year 9999.
LAST_SECOND = 253402300799
# POSIX spelling: summer time in New York and in Berlin, and none in Tokyo.
NEW_YORK = "EST5EDT,M3.2.0,M11.1.0"
BERLIN = "CET-1CEST,M3.5.0,M10.5.0/3"
SYDNEY = "AEST-10AEDT,M10.1.0,M4.1.0/3"
TOKYO = "JST-9"
# In UTC: year, month, day, hour, minute, second.
MOMENTS = {
    "before midnight": (2026, 6, 1, 23, 45, 0),
    "at the end of a minute": (2026, 6, 1, 12, 0, 59),
    "at the end of an hour": (2026, 6, 1, 12, 59, 59),
    "on the last evening of a month": (2026, 4, 30, 23, 50, 0),
    "on New Year's Eve": (2026, 12, 31, 23, 50, 0),
    "before a leap day": (2028, 2, 28, 23, 50, 0),
    "on a leap day": (2028, 2, 29, 23, 50, 0),
    "after the year 2038": (2038, 1, 19, 3, 10, 0),
}
CHANGES = {
    "New York in summer": (NEW_YORK, (2026, 7, 1, 12, 0, 0)),
    "New York in winter": (NEW_YORK, (2026, 1, 15, 12, 0, 0)),
    "New York, when summer begins": (NEW_YORK, (2026, 3, 8, 6, 45, 0)),
    "New York, when summer ends": (NEW_YORK, (2026, 11, 1, 5, 45, 0)),
    "New York, in the hour that comes twice": (NEW_YORK, (2026, 11, 1, 6, 15, 0)),
    "Sydney, when summer ends": (SYDNEY, (2026, 4, 4, 15, 45, 0)),
    "Berlin in summer": (BERLIN, (2026, 7, 1, 22, 45, 0)),
    "Berlin, when summer begins": (BERLIN, (2026, 3, 29, 0, 45, 0)),
    "Berlin, when summer ends": (BERLIN, (2026, 10, 25, 0, 45, 0)),
    "Berlin, in the hour that comes twice": (BERLIN, (2026, 10, 25, 1, 15, 0)),
}
# What a client may send with a login, and what must not change its token.
WISHES: dict[str, dict[str, str]] = {
    "a client": {"client_id": "web", "client_secret": "a-secret-of-the-client"},
    "a client called alice": {"client_id": "alice", "client_secret": ""},
    "a client called johndoe": {"client_id": "johndoe"},
    "a scope for staying logged in": {"scope": "offline_access openid profile"},
    "remember me": {"remember_me": "true", "remember": "on", "keep": "1"},
    "a lifetime": {"expires_in": "99999", "expires": "99999", "exp": "9999999999"},
    "minutes": {"ACCESS_TOKEN_EXPIRE_MINUTES": "1", "minutes": "1", "ttl": "1"},
    "a shorter lifetime": {"expires_in": "60", "expires": "1", "lifetime": "60"},
    "an audience": {"audience": "https://other.example.com", "resource": "other"},
    "a subject": {"sub": "alice", "user": "alice", "user_id": "alice"},
}
# Other moments in a token, by names that others use: none of them is `exp`.
OTHER_MOMENTS = (
    *("iat", "nbf", "auth_time", "updated_at", "expires", "expires_at", "exp_at"),
    *("Exp", "EXP", "expiry", "expiration", "valid_until", "refresh_until"),
)
# What other apps call the lifetime, in whatever unit.
LIFETIMES = (
    *("TOKEN_TTL_MINUTES", "TOKEN_TTL", "TOKEN_LIFETIME", "TOKEN_EXPIRE_MINUTES"),
    *("ACCESS_TOKEN_TTL", "ACCESS_TOKEN_LIFETIME", "ACCESS_TOKEN_EXPIRES"),
    *("ACCESS_TOKEN_LIFETIME_MINUTES", "ACCESS_TOKEN_EXPIRE_SECONDS"),
    *("ACCESS_TOKEN_EXPIRE_HOURS", "ACCESS_TOKEN_EXPIRE_DAYS", "EXPIRE_MINUTES"),
    *("JWT_EXPIRE_MINUTES", "JWT_EXPIRATION_MINUTES", "JWT_EXPIRATION", "JWT_EXPIRES"),
    *("JWT_ACCESS_TOKEN_EXPIRES", "JWT_EXPIRATION_DELTA", "JWT_TTL", "EXPIRES_IN"),
    *("SESSION_TTL", "SESSION_LIFETIME", "SESSION_TIMEOUT", "TTL", "LIFETIME"),
)


@pytest.mark.standard("RFC 7519", "4.1.4")
def test_the_token_carries_an_expiry(server: Server):
    """`exp` is a NumericDate: seconds since 1970, as a number. Milliseconds would be
    tens of thousands of years away."""
    answer, _, claims = read(server)
    exp = claims.get("exp")
    answer.must(
        isinstance(exp, int | float) and 10**9 < exp < 10**11,
        expected='a payload with "exp", a number of seconds since 1970',
        difference=f"the payload is {claims}",
    )
    # A client that is told in minutes asks for a new login after half a minute.
    told = answer.fields().get("expires_in", 1800)
    answer.must(
        told in range(1790, 1801),
        expected='"expires_in", if it is there, as 1800 seconds',
        difference=f"expires_in is {told}",
    )


@pytest.mark.standard("RFC 6750", "5.3")
def test_it_expires_thirty_minutes_after_the_login(server: Server):
    """Long enough to work with, short enough to bound what a thief can do. Seconds,
    not milliseconds, and counted in UTC."""
    must_expire_in_half_an_hour(server)


@pytest.mark.standard("RFC 7519", "4.1.4")
@pytest.mark.parametrize(
    "age", [60 * MINUTE, 2, MINUTE, 24 * 60 * MINUTE, 10 * 365 * 24 * 60 * MINUTE]
)
def test_an_expired_token_is_rejected(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, age: int
):
    """It's a good token in every other way, and it gets the answer of any bad token.
    There's no leeway, because the server that made the token also checks it, with the
    same clock."""
    token = sign(good("johndoe", exp=int(time.time()) - age))
    server.get(path, token=token).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7519", "2")
@pytest.mark.parametrize("zone", ["EAST-9", "WEST+9"])
def test_the_zone_of_the_server_does_not_matter(
    server: Server, contract: Contract, path: str, zone: str
):
    """A server in Tokyo and one in Alaska mean the same moment. Local time without its
    zone is hours off, and on a machine in UTC you never see it. The test sets another
    zone: to see it yourself, start your app with TZ=EAST-9 in its environment."""
    with clock_in(server, zone):
        token = must_expire_in_half_an_hour(server)
        server.get(path, token=token).must_be(contract.guarded[path])


@pytest.mark.standard("RFC 7519", "4.1.4")
@pytest.mark.parametrize("zone", ["EAST-9", "WEST+9"])
def test_an_expired_token_is_rejected_in_every_zone(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, zone: str
):
    """The comparison needs the same care as the making: both in UTC."""
    with clock_in(server, zone):
        expired = sign(good("johndoe", exp=int(time.time()) - MINUTE))
        server.get(path, token=expired).must_be(contract.bad_token)
        living = sign(good("johndoe", exp=int(time.time()) + MINUTE))
        server.get(path, token=living).must_be(contract.guarded[path])


@pytest.mark.standard("RFC 7519", "2")
def test_an_expiry_may_be_written_in_another_way(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """A NumericDate may have a fraction, and 1.7e9 is a number, too. What has passed
    has passed, however it is written."""
    now = time.time()
    must_all(
        {
            "two and a half seconds ago": now - 2.5,
            "an hour ago, with a fraction": now - 60 * MINUTE + 0.123456,
            "in 2023, with a half": 1700000000.5,
            "in 2023, with a zero": 1700000000.0,
            "half a second after 1970 began": 0.5,
            "a small fraction": 1e-3,
            "half a second before": -0.5,
        },
        lambda exp: server.get(path, token=sign(good("johndoe", exp=exp))).must_be(
            contract.bad_token
        ),
    )
    answer = server.get(path, token=sign(good("johndoe", exp=int(now) + HOUR + 0.5)))
    # From step 7 on, a fraction may be refused.
    if answer.status == 200 or not contract.never_crashes:
        answer.must_be(contract.guarded[path])


@pytest.mark.standard("RFC 7519", "4.1.4")
def test_a_token_may_end_in_the_distant_future(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """The issuer decides how long a token lives. A large `exp` is still a number of
    seconds, and the same date in every time zone."""
    now = int(time.time())

    def check(exp: int) -> None:
        token = sign(good("johndoe", exp=exp))
        server.get(path, token=token).must_be(contract.guarded[path])

    ends = {
        "tomorrow": now + 24 * 60 * MINUTE,
        "in a year": now + 365 * 24 * 60 * MINUTE,
        "after the year 2038": 2**31,
        "after the year 2106": 2**32,
        "in the year 2100": 4102444800,
        "in the year 5000": 95617584000,
        "in the year 6000": 127174204800,
        "in the last second of the year 9999": LAST_SECOND,
    }
    must_all(ends, check)
    if server.clock is not None and hasattr(time, "tzset"):
        with clock_in(server, TOKYO):
            must_all({"in the last second, in Tokyo": LAST_SECOND}, check)


@pytest.mark.standard("RFC 7519", "4.1.4")
def test_no_other_claim_keeps_a_token_alive(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """Only `exp` says when a token ends. One that was made a moment ago, or that says
    by another name that it's valid for long, has expired when its `exp` has passed."""
    now = int(time.time())
    expired = {"exp": now - 60 * MINUTE}
    cases: dict[str, dict[str, object]] = {
        "iat is now": {"iat": now},
        "all of them": dict.fromkeys(OTHER_MOMENTS[2:], now + 60 * MINUTE),
        "made now, and valid for long": {
            "iat": now,
            "nbf": now - MINUTE,
            "expires_in": 24 * 60 * MINUTE,
            "remember_me": True,
            "scope": "offline_access",
        },
    }
    must_all(
        {name: sign(good("johndoe") | more | expired) for name, more in cases.items()},
        lambda token: server.get(path, token=token).must_be(contract.bad_token),
    )


@pytest.mark.standard("RFC 7519", "4.1.4")
@pytest.mark.parametrize("exp", [0, 1, -1, -(10**11)])
def test_a_token_that_expired_in_1970_is_rejected(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims, exp: int
):
    """To Python 0 is false: `if exp and exp < now` lets this one through."""
    server.get(path, token=sign(good("johndoe", exp=exp))).must_be(contract.bad_token)


@pytest.mark.standard("RFC 7519", "4.1.4")
def test_a_token_without_an_expiry_does_not_crash_the_server(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """The tokens of step 4 have no `exp`, and the claim is optional. You may accept
    such a token, as the tutorial does, or reject it, which is safer. A 500 is neither.
    """
    claims = good("johndoe")
    claims.pop("exp", None)
    answer = server.get(path, token=sign(claims))
    taken = answer.status == 200
    answer.must_be(contract.guarded[path] if taken else contract.bad_token)


def test_an_expired_token_of_alice_is_rejected_as_a_bad_one(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """A token that is not good says nothing about its user."""
    token = sign(good("alice", exp=int(time.time()) - MINUTE))
    server.get(path, token=token).must_be(contract.bad_token)


def test_a_token_is_valid_for_almost_thirty_minutes(
    server: Server, contract: Contract, path: str
):
    """The test logs in once and moves the server's clock on by 29 minutes, and then to
    a moment before the end. Users shouldn't have to log in again in the middle of
    their work."""
    now = time.time()
    token = server.login(**JOHNDOE).token
    with clock_at(server, now + 29 * MINUTE):
        server.get(path, token=token).must_be(contract.guarded[path])
    exp = tokens.read(token)[1]["exp"]
    # A time that is rounded is there too early.
    with clock_at(server, exp - 0.4):
        answer = server.get(path, token=token)
        # On a busy machine the moment may be over before the answer is there.
        if time.time() < exp:
            answer.must_be(contract.guarded[path])


def test_a_restart_ends_no_token(server: Server, contract: Contract):
    """The test logs in, and starts the app once more ten minutes later. The token has
    twenty minutes left, and says so to each process that has the key."""
    if server.probe is None:
        pytest.skip("needs to start the app once more: not possible at a URL")
    now = time.time()
    token = server.login(**JOHNDOE).token
    with (
        clock_at(server, now + 10 * MINUTE),
        server.launched(SECRET_KEY=server.secret_key) as launch,
    ):
        started = launch.must_be_up("its settings are good")
        answer = started.get(contract.me, token=token)
        answer.must_be(contract.guarded[contract.me])


@pytest.mark.standard("RFC 7519", "4.1.4")
def test_a_token_is_rejected_after_thirty_minutes(
    server: Server, contract: Contract, path: str
):
    """The test logs in once and moves the server's clock on by half an hour and two
    seconds. A stolen token is useless by then, however often it was used, even if that
    was a moment before its end. So is all else in the answer: a refresh token, which
    lives longer, is no access token."""
    # In a second of its own: logins in one second may give one token, and it would have
    # been used before. Whatever the server keeps of this one, it keeps from its end on.
    now = time.time() + HOUR
    with clock_at(server, now):
        answer = server.login(**JOHNDOE)
    stolen = {
        name: text
        for name, text in answer.fields().items()
        if isinstance(text, str) and re.fullmatch(r"[\w.~+/-]{20,}=*", text, re.ASCII)
    }
    with clock_at(server, now + HALF_AN_HOUR - 1):
        server.get(path, token=answer.token)
    with clock_at(server, now + HALF_AN_HOUR + 2):
        must_all(
            stolen,
            lambda token: server.get(path, token=token).must_be(contract.bad_token),
        )


@pytest.mark.parametrize("user", [JOHNDOE, ALICE], ids=["johndoe", "alice"])
def test_each_login_starts_its_own_thirty_minutes(
    server: Server, contract: Contract, user: dict[str, str]
):
    """A server runs for weeks. An expiry worked out when it started, or at the first
    login, would hand out dead tokens half an hour later."""
    user = who_logs_in(contract, user)
    server.login(**user)
    with clock_at(server, time.time() + 2 * HALF_AN_HOUR):
        must_expire_in_half_an_hour(server, user)


def test_every_login_starts_thirty_minutes(server: Server):
    """Before midnight, at the end of a minute, on a leap day: time goes on, whatever
    the calendar does. Date and time that are put together by hand forget that."""

    def check(moment: tuple[int, ...]) -> None:
        with clock_at(server, timegm(moment)):
            must_expire_in_half_an_hour(server, since=timegm(moment))

    must_all(MOMENTS, check)


@pytest.mark.standard("RFC 7519", "2")
def test_summer_time_does_not_matter(server: Server, contract: Contract):
    """Twice a year the clocks on the wall are changed, and one hour comes twice. In UTC
    nothing happens."""

    def check(case: tuple[str, tuple[int, ...]]) -> None:
        zone, moment = case
        with clock_at(server, timegm(moment)), clock_in(server, zone):
            token = must_expire_in_half_an_hour(server, since=timegm(moment))
            answer = server.get(contract.me, token=token)
            answer.must_be(contract.guarded[contract.me])

    must_all(CHANGES, check)


def test_what_a_client_sends_does_not_change_the_expiry(
    server: Server, contract: Contract
):
    """The server decides how long a token lives. A client can write any field into the
    form, and a thief would ask for a month."""
    must_all(
        WISHES,
        lambda fields: must_expire_in_half_an_hour(
            server, JOHNDOE | without_scope(fields, contract)
        ),
    )
    now = int(time.time())
    token = "x"
    dates = ("Tue, 01 Dec 2099 12:00:00 GMT", "Sun, 01 Feb 2015 12:00:00 GMT")
    for date in dates:
        headers = {"Date": date, "X-Date": date, "If-Modified-Since": date}
        headers["Authorization"] = f"Bearer {token}"
        form = contract.grant | JOHNDOE
        answer = server.post("/token", data=form, headers=headers)
        token = answer.token
        exp = tokens.read(token)[1].get("exp")
        answer.must(
            isinstance(exp, int | float)
            and abs(exp - now - HALF_AN_HOUR) < 10 * MINUTE,
            expected=f'"exp" near {now + HALF_AN_HOUR}, whatever the Date is',
            difference=f"exp is {exp}",
        )


def test_no_variable_changes_the_expiry(server: Server):
    """Other apps call the lifetime by these names. A machine on which another program
    runs may have one of them set, and nobody thinks of your tokens."""
    if server.probe is None:
        pytest.skip("needs to start the app once more: not possible at a URL")
    dotenv = "".join(f"{name}=600\n" for name in LIFETIMES)
    settings = {"SECRET_KEY": server.secret_key, **dict.fromkeys(LIFETIMES, "600")}
    with server.launched(dotenv, **settings) as launch:
        must_expire_in_half_an_hour(launch.must_be_up("these are not its settings"))


def test_no_answer_brings_a_fresh_token(
    server: Server, contract: Contract, path: str, sign: Sign, good: Claims
):
    """A token that renews itself whenever it is used never dies, and neither does a
    stolen one. Only a login makes a token. That's as true for one that has just
    expired, and for a disabled user's."""

    def check(left: int) -> None:
        token = sign(good("johndoe", exp=int(time.time()) + left))
        answer = server.get(path, token=token)
        answer.must_be(contract.guarded[path])
        must_have_no_token(answer)

    minutes = (1, 5, 14, 29)
    must_all({f"{left} minutes left": left * MINUTE for left in minutes}, check)
    now = int(time.time())
    for user, exp in (
        ("johndoe", now - 2),
        ("johndoe", now - HOUR),
        ("alice", now + 9),
    ):
        must_have_no_token(server.get(path, token=sign(good(user, exp=exp))))


def must_expire_in_half_an_hour(
    server: Server, user: dict[str, str] = JOHNDOE, since: float | None = None
) -> str:
    """Logs in, looks at `exp`, gives the token back. `since` is the whole second to
    which the server's clock was set: then no second may be missing."""
    before = time.time() - SLACK if since is None else since
    answer, _, claims = read(server, user)
    after = time.time()
    exp = claims.get("exp")
    in_time = isinstance(exp, int | float) and (
        before + HALF_AN_HOUR <= exp <= after + HALF_AN_HOUR + SLACK
    )
    answer.must(
        in_time,
        expected=f'a payload with "exp" near {int(after) + HALF_AN_HOUR}, that is now '
        f"({int(after)}) and 1800 seconds",
        difference=f"the payload is {claims}"
        + (
            f", {exp - after:.0f} seconds from now"
            if isinstance(exp, int | float)
            else ""
        ),
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
