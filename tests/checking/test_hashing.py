"""Hashes are counted, and held: what a suite has in the place of a stopwatch."""

import threading
import time

from workbook.checking.hashing import Hashing

SALT = b"$2b$12$EixZaYVK1fsbw1ZfbX3OXe"


def compute(hashing: Hashing) -> None:
    with hashing.one(SALT):
        pass


def started(hashing: Hashing) -> threading.Thread:
    """A thread that computes one hash, and has begun with it."""
    thread = threading.Thread(target=compute, args=[hashing])
    thread.start()
    end = time.monotonic() + 5
    while hashing.look().running == 0:
        assert time.monotonic() < end, "it does not begin"
    return thread


def test_each_hash_is_counted_once_with_its_cost():
    hashing = Hashing()
    compute(hashing)
    compute(hashing)
    seen = hashing.look()
    assert (seen.costs, seen.running, seen.most) == (["$2b$12$"] * 2, 0, 1)
    assert hashing.look().costs == []


def test_a_hash_in_a_thread_waits_until_it_is_let_go():
    hashing = Hashing()
    hashing.hold()
    thread = started(hashing)
    assert hashing.look().most == 1
    hashing.release()
    thread.join()
    seen = hashing.look()
    assert (seen.running, seen.blocked) == (0, False)


def test_a_held_hash_of_the_thread_that_serves_blocks_the_server():
    hashing = Hashing()
    hashing.hold()
    compute(hashing)
    assert hashing.look().blocked


def test_that_it_was_blocked_is_seen_at_every_look_until_hashes_are_held_again():
    hashing = Hashing()
    hashing.hold()
    compute(hashing)
    assert [hashing.look().blocked, hashing.look().blocked] == [True, True]
    hashing.hold()
    assert not hashing.look().blocked
