"""Hashes are counted, and held: what a suite has in the place of a stopwatch."""

import asyncio
import threading
import time
from collections.abc import Callable

import bcrypt
import pytest
from anyio import to_thread
from passlib.hash import bcrypt as passlib_bcrypt

from workbook import timeouts
from workbook.checking.hashes import needed
from workbook.checking.probes import (
    Hashing,
    bcrypt_cache,
    known_hashes,
    same_salts,
    stored_hashes,
)


@pytest.fixture(autouse=True)
def stuck_after_ten_looks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timeouts, "HELD_LOOKS", 10)


SALT = b"$2b$12$EixZaYVK1fsbw1ZfbX3OXe"


def compute(hashing: Hashing) -> None:
    with hashing.one(b"secret", SALT):
        pass


def started(hashing: Hashing) -> threading.Thread:
    """A thread that computes one hash, and has begun with it."""
    thread = threading.Thread(target=compute, args=[hashing])
    thread.start()
    while hashing.stats().running == 0:
        assert thread.is_alive(), "it ended before it was let go"
        time.sleep(0.001)
    return thread


def test_each_hash_is_counted_once_with_its_cost():
    hashing = Hashing()
    compute(hashing)
    compute(hashing)
    stats = hashing.stats()
    assert (stats.costs, stats.running, stats.most) == (["$2b$12$"] * 2, 0, 1)
    assert hashing.stats().costs == []


def test_a_hash_in_a_thread_waits_until_it_is_let_go():
    hashing = Hashing()
    hashing.hold(1)
    thread = started(hashing)
    assert hashing.stats().most == 1
    hashing.release()
    thread.join()
    stats = hashing.stats()
    assert (stats.running, stats.blocked) == (0, False)


def test_a_held_hash_of_the_thread_that_serves_blocks_the_server():
    hashing = Hashing()
    hashing.hold(1)
    compute(hashing)
    assert hashing.stats().blocked


def test_that_it_was_blocked_is_seen_at_every_look_until_hashes_are_held_again():
    hashing = Hashing()
    hashing.hold(1)
    compute(hashing)
    assert [hashing.stats().blocked, hashing.stats().blocked] == [True, True]
    hashing.hold(1)
    assert not hashing.stats().blocked


async def hash_in_a_thread(hashing: Hashing, *, wait_for_it: bool) -> None:
    """A login that hashes beside the event loop, or one that blocks the loop for it."""
    with hashing.request():
        loop = asyncio.get_running_loop()
        hashed = loop.run_in_executor(None, compute, hashing)
        if wait_for_it:
            while not hashed.done() and not hashing.stats().blocked:
                time.sleep(0.01)
        await hashed


def test_a_server_whose_event_loop_waits_for_a_held_hash_is_blocked():
    hashing = Hashing()
    hashing.hold(1)
    asyncio.run(hash_in_a_thread(hashing, wait_for_it=True))
    assert hashing.stats().blocked


def test_a_server_in_which_another_request_waits_for_a_held_hash_is_blocked():
    async def serve() -> None:
        lock = asyncio.Lock()

        async def answer() -> None:
            async with lock:
                await hash_in_a_thread(hashing, wait_for_it=False)

        async def ask() -> None:
            with hashing.request():
                async with lock:
                    pass

        await asyncio.gather(answer(), ask())

    hashing = Hashing()
    hashing.hold(1)
    asyncio.run(serve())
    assert hashing.stats().blocked


def test_a_server_that_waits_for_nobody_but_its_logins_is_not_blocked():
    async def serve() -> None:
        login = asyncio.create_task(hash_in_a_thread(hashing, wait_for_it=False))
        # Longer than a server that is stuck would be given.
        await asyncio.sleep(1.5 * timeouts.HELD_LOOKS * timeouts.LOOK)
        hashing.release()
        await login

    hashing = Hashing()
    hashing.hold(1)
    asyncio.run(serve())
    assert not hashing.stats().blocked


@pytest.mark.parametrize("pool", ["AnyIO's", "asyncio's"])
def test_a_thread_counts_as_long_as_its_job_is_not_done(pool: str):
    """Whatever it waits for: a lock, too."""
    hashing = Hashing()
    before = hashing.stats().threads
    lock = threading.Semaphore(0)

    async def has_threads(count: int) -> bool:
        for _ in range(5000):
            if hashing.stats().threads == before + count:
                return True
            await asyncio.sleep(0.001)
        return False

    async def wait_in_a_thread() -> None:
        run = to_thread.run_sync if pool == "AnyIO's" else asyncio.to_thread
        waiting = asyncio.create_task(run(lock.acquire))
        assert await has_threads(1)
        lock.release()
        await waiting
        assert await has_threads(0)

    asyncio.run(wait_in_a_thread())


def test_a_kept_hash_is_the_one_that_bcrypt_computes():
    hashes = known_hashes()
    (password, salt), hashed = min(hashes.items())
    assert bcrypt.hashpw(password, salt) == hashed


@pytest.mark.long
def test_the_kept_hashes_are_those_that_the_suites_need():
    kept = stored_hashes()
    assert kept == needed(kept), "run: make hashes"
    for (password, salt), hashed in list(kept.items())[::20]:
        assert bcrypt.hashpw(password, salt) == hashed


@pytest.mark.parametrize("make", ["bcrypt's", "passlib's"])
def test_a_new_hash_of_an_app_of_ours_is_cheap_and_verifies(make: str):
    with bcrypt_cache(cheap_if_new=True):
        hashed = (
            bcrypt.hashpw(b"secret", bcrypt.gensalt(15))
            if make == "bcrypt's"
            else passlib_bcrypt.using(rounds=15).hash("secret").encode()
        )
        assert hashed.startswith(b"$2b$15$")
        assert bcrypt.checkpw(b"secret", hashed)
        assert not bcrypt.checkpw(b"secrets", hashed)
    # It only says that it has the cost.
    lowest = bcrypt.hashpw(b"secret", hashed.replace(b"$15$", b"$04$")[:29])
    assert hashed[29:] == lowest[29:]


@pytest.mark.parametrize(
    "make",
    [
        pytest.param(lambda: bcrypt.gensalt(), id="bcrypt's"),
        pytest.param(
            lambda: passlib_bcrypt.hash("secret").encode()[:29], id="passlib's"
        ),
    ],
)
def test_each_start_of_an_app_has_the_same_salts_in_the_same_order(
    make: Callable[[], bytes],
):
    starts = []
    for _ in range(2):
        with bcrypt_cache(), same_salts():
            starts.append([make(), make()])
    assert starts[0] == starts[1]
    assert len(set(starts[0])) == 2
    assert bcrypt.hashpw(b"secret", starts[0][0]).startswith(starts[0][0])


def test_salts_after_the_start_are_new_ones():
    with bcrypt_cache(), same_salts():
        kept = bcrypt.gensalt
        first = kept()
    assert len({first, kept(), kept(), bcrypt.gensalt()}) == 4


def test_a_new_hash_of_a_learners_app_is_the_one_that_bcrypt_computes():
    with bcrypt_cache():
        hashed = bcrypt.hashpw(b"secret", bcrypt.gensalt(6))
    assert bcrypt.hashpw(b"secret", hashed) == hashed
