"""Four clients do nothing but log in. Each login computes a slow hash on the event
loop, which does nothing else meanwhile: every other user waits. It takes no
password, only a name that has an account, and next to no bandwidth."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from workbook.attacks.attack import Attack, told
from workbook.attacks.target import Target

CLIENTS = 4
ROUNDS = 2
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
        target.client.post("/token", data={"username": "johndoe", "password": "guess"})

    calm, stalled = [], []
    for _ in range(ROUNDS):
        calm.append(_typical_wait(target, token, ask_without_a_token))
        stalled.append(_typical_wait(target, token, log_in_wrongly))
    # A hiccup of the machine is in one round, a stall is in all: the least counts.
    control, wait = min(calm), min(stalled)
    evidence = (
        f"johndoe waits {wait:.0f} ms for his record while {CLIENTS} clients log in, "
        f"and {control:.0f} ms while they ask for something cheap: "
        f"{wait / control:.1f} to 1"
    )
    if wait < NOTICED or wait < TELLING * control:
        return False, (
            f"{evidence}, not the {NOTICED:.0f} ms and {TELLING:.0f} to 1 of a stall."
        )
    return True, f"{evidence}."


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


ATTACK = Attack(
    name="stall_with_logins",
    title="Stall with logins",
    attacker="anyone with a few connections",
    holds="the network, and a username",
    opens="step03_bcrypt",
    closes="step07_safe_login",
    story=told(__doc__),
    attempt=attempt,
)
