"""Four clients do nothing but log in. Each login computes a slow hash on the event
loop, which does nothing else meanwhile: every other user waits. The attacker needs no
password, only the name of an account and very little bandwidth."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from workbook.attacks.attack import LadderAttack, paragraph
from workbook.attacks.target import Target

CLIENTS = 4
ROUNDS = 4
# For each client and round. Whoever has sent a request waits for the answer.
REQUESTS = 100
SECONDS = 0.2
# A stall is a wait that a person notices, and far longer than as many cheap requests
# make it. A hash on the event loop is 200 ms, and makes it 50 to 1; one beside the loop
# makes it 1 to 1, on a busy machine too, where both waits are long.
NOTICED = 100.0
TELLING = 10.0


def attempt(target: Target) -> tuple[bool, str]:
    token = target.log_in()

    def ask_without_a_token() -> None:
        target.client.get(target.my_record)

    def log_in_wrongly() -> None:
        target.try_login(target.username, "guess")

    calm, stalled = [], []
    for _ in range(ROUNDS):
        calm.append(_typical_wait(target, token, ask_without_a_token))
        stalled.append(_typical_wait(target, token, log_in_wrongly))
        # A hiccup is in some of the rounds, a stall is in all: the least counts.
        control, wait = min(calm), min(stalled)
        if wait < NOTICED:
            break
    evidence = (
        f"{target.username} waits {wait:.0f} ms for the record while {CLIENTS} clients "
        f"log in, and {control:.0f} ms while they ask for something cheap"
    )
    if wait < NOTICED or wait < TELLING * control:
        return False, (
            f"{evidence}. It would be a stall from {NOTICED:.0f} ms on, if that is "
            f"{TELLING:.0f} times as long."
        )
    return True, f"{evidence}: {wait / control:.0f} times as long."


def _typical_wait(target: Target, token: str, load: Callable[[], None]) -> float:
    """How long /users/me takes, in ms, while clients repeat the load."""
    end = time.perf_counter() + SECONDS

    def repeat() -> None:
        for _ in range(REQUESTS):
            load()
            if time.perf_counter() > end:
                return

    waits: list[float] = []
    with ThreadPoolExecutor(CLIENTS) as pool:
        clients = [pool.submit(repeat) for _ in range(CLIENTS)]
        while not waits or not all(client.done() for client in clients):
            began = time.perf_counter()
            target.show(token)
            waits.append((time.perf_counter() - began) * 1000)
        for client in clients:
            client.result()
    return _met_at_random(waits)


def _met_at_random(waits: list[float]) -> float:
    """The median by time: at half of all moments, the wait under way is this or longer.

    By count, a long wait would weigh no more than each of the many short ones that fit
    into the pauses of a stall.
    """
    remaining = sum(waits) / 2
    for wait in sorted(waits, reverse=True):
        remaining -= wait
        if remaining <= 0:
            break
    return wait


ATTACK = LadderAttack(
    name="stall_with_logins",
    title="Stall with logins",
    attacker="anyone with a few connections",
    has="network access, and a username",
    opens="step03_bcrypt",
    closes="step07_safe_login",
    is_slow=True,
    description=paragraph(__doc__),
    attempt=attempt,
)
