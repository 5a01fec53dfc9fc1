"""A run: the same is asked of each step in turn, round after round.

What the machine does besides falls on all steps alike, and a round that it spoilt
shows as a wide range.
"""

import asyncio
import contextlib
import gc
import shutil
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from workbook.attacks import serving
from workbook.bench import machine
from workbook.bench.client import Server, log_in, show
from workbook.bench.figures import Figures, Round, gather, shares, waits
from workbook.bench.load import crowd, refusals, requests_per_second
from workbook.bench.lookups import Lookups, lookups
from workbook.bench.tokens import Tokens
from workbook.ladder import Step, find, steps

STEPS = tuple(step for step in steps() if step.bench)
EMPTY = "/empty"
ROUTES = (EMPTY, "/scheme", "/chain", "/record")


@dataclass(frozen=True)
class Effort:
    """How much is measured. `seconds` are by the number of clients that log in: the
    more of them, the longer it takes until each had a turn."""

    rounds: int = 3
    seconds: Mapping[int, float] = field(
        default_factory=lambda: {0: 2.0, 1: 2.0, 4: 3.0, 16: 4.0}
    )
    slices: int = 6
    seconds_a_slice: float = 0.15
    pairs: int = 6


@dataclass(frozen=True)
class Subject:
    """A step that is served, and what is asked of it."""

    step: Step
    server: Server
    asked: bytes
    tokens: Tokens
    # Where its users are in a database.
    lookups: Lookups | None


def measure(
    steps: Sequence[Step] = STEPS,
    effort: Effort | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> Figures:
    """The figures of a run. Its servers end with it, however it ends."""
    effort = effort or Effort()
    busy = machine.busy()
    began = time.perf_counter()
    rounds: list[tuple[dict[str, Round], dict[str, Round]]] = []
    with contextlib.ExitStack() as servers, _without_collector():
        bare = servers.enter_context(_bare())
        subjects = [servers.enter_context(_served(step)) for step in steps]
        for number in range(effort.rounds):
            tell(f"Round {number + 1} of {effort.rounds} …")
            # Each is the first in turn.
            first = number % len(subjects)
            turn = subjects[first:] + subjects[:first]
            rounds.append(_round(turn, bare, effort))
    return Figures(
        date=datetime.now(UTC).date().isoformat(),
        machine=machine.machine(),
        busy=busy,
        rounds=effort.rounds,
        seconds=time.perf_counter() - began,
        clients=list(effort.seconds),
        steps={
            step.name: gather([by_step[step.name] for by_step, _ in rounds])
            for step in steps
        },
        routes={
            route: gather([by_route[route] for _, by_route in rounds])
            for route in ROUTES
        },
    )


def _round(
    subjects: Sequence[Subject], bare: Server, effort: Effort
) -> tuple[dict[str, Round], dict[str, Round]]:
    """By step, and by route of the bare app, what one round measures."""
    found: dict[str, Round] = {subject.step.name: {} for subject in subjects}
    for clients, seconds in effort.seconds.items():
        for subject in subjects:
            found[subject.step.name] |= _crowded(subject, clients, seconds)
    for subject in subjects:
        found[subject.step.name] |= _alone(subject, effort.pairs)
    requests = _at_full_speed(
        {route: (bare, show(route, "token")) for route in ROUTES}
        | {one.step.name: (one.server, one.asked) for one in subjects},
        effort,
    )
    shared = shares(requests, EMPTY)
    for name in found:
        found[name] |= shared.pop(name)
    return found, shared


def _crowded(subject: Subject, clients: int, seconds: float) -> Round:
    login = log_in("johndoe", "secret")
    came = asyncio.run(
        crowd(subject.server, subject.asked, login, clients=clients, seconds=seconds)
    )
    logins = {f"logins_{clients}": came.logins} if clients else {}
    return waits(came.waits, clients) | logins


def _alone(subject: Subject, pairs: int) -> Round:
    """What is measured without a crowd."""
    known, unknown = map(
        statistics.median, asyncio.run(refusals(subject.server, pairs=pairs))
    )
    return {
        "made": subject.tokens.made(),
        "read": subject.tokens.read(),
        "known": known,
        "unknown": unknown,
        "ratio": known / unknown,
        **(subject.lookups.measured() if subject.lookups else {}),
    }


def _at_full_speed(
    asked: Mapping[str, tuple[Server, bytes]], effort: Effort
) -> dict[str, float]:
    """Requests a second by name."""
    counted: dict[str, list[float]] = {name: [] for name in asked}
    for _ in range(effort.slices):
        for name, (server, request) in asked.items():
            asking = requests_per_second(
                server, request, seconds=effort.seconds_a_slice
            )
            counted[name].append(asyncio.run(asking))
    return {name: statistics.mean(slices) for name, slices in counted.items()}


@contextlib.contextmanager
def _served(step: Step) -> Iterator[Subject]:
    with contextlib.ExitStack() as opened:
        target = opened.enter_context(serving(step))
        asked = show(target.my_record, target.log_in())
        found = opened.enter_context(lookups(step)) if step.needs_database else None
        yield Subject(step, Server(target.url), asked, Tokens(step), found)


@contextlib.contextmanager
def _bare() -> Iterator[Server]:
    """The bare app, under the same server as the steps: as someone's answer to one."""
    step = find("1")
    with tempfile.TemporaryDirectory(prefix="workbook-") as answers:
        shutil.copytree(Path(__file__).with_name("bare"), Path(answers, step.name))
        with serving(step, answers=Path(answers)) as target:
            yield Server(target.url)


@contextlib.contextmanager
def _without_collector() -> Iterator[None]:
    """Python's garbage collector holds this process up for milliseconds, which would
    be taken for the server's. A run is short enough to do without."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
