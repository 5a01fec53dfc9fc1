"""Attacks in a process of their own, which can be ended at any moment:
`python -m workbook.attacks.worker`.

It waits for one line that says what to attack with what, and answers with a line for
each attack. When its standard input is closed, it cleans up and leaves.
"""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO

from workbook import timeouts, wire
from workbook.ladder import ROOT, Step, find


class AttackWorker:
    """A process that runs these attacks on a learner's version. `close` may be called
    from any thread, and ends them."""

    def __init__(self, step: Step, answers: Path, attacks: Iterable[str]) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "workbook.attacks.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            # A Ctrl-C in the terminal is for whoever started it.
            start_new_session=True,
        )
        self._job = {"step": step.name, "answers": str(answers), "names": [*attacks]}

    def results(self) -> dict[str, bool | None]:
        """By the name of each attack whether it got through, `None` where it couldn't
        be tried. Those that the process didn't come to are missing."""
        found: dict[str, bool | None] = {}
        # Closed by another thread, perhaps while we speak to it.
        with contextlib.suppress(OSError, ValueError):
            wire.send(self._process.stdin, **self._job)
            while (said := wire.receive(self._process.stdout)) is not None:
                found[said["attack"]] = said["got_through"]
        return found

    def close(self) -> None:
        """Ends the process, and with it the server that it attacks."""
        with contextlib.suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]
        try:
            self._process.wait(timeout=2 * timeouts.STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()  # type: ignore[union-attr]


def main() -> None:
    """Waits for its job, then does it."""
    orders, replies = wire.keep_stdin_and_stdout()
    job = wire.receive(orders)
    if job is None:
        return
    threading.Thread(
        target=_interrupt_at_the_end_of, args=(orders,), daemon=True
    ).start()
    with contextlib.suppress(KeyboardInterrupt):
        for name, got_through in _attack(job):
            wire.send(replies, attack=name, got_through=got_through)


def _attack(job: dict[str, object]) -> Iterator[tuple[str, bool | None]]:
    from workbook.attacks import ATTACKS, NoTarget, run, serving

    names = job["names"]
    assert isinstance(names, list)
    step, answers = find(str(job["step"])), Path(str(job["answers"]))
    with contextlib.suppress(NoTarget), serving(step, answers) as target:
        for attack in ATTACKS:
            if attack.name in names:
                yield attack.name, run(attack, target).got_through


def _interrupt_at_the_end_of(orders: IO[str]) -> None:
    """The main thread ends the attacked server and removes what it left, also while it
    waits for an answer."""
    orders.read()
    main_thread = threading.main_thread().ident
    if os.name == "posix" and main_thread is not None:
        signal.pthread_kill(main_thread, signal.SIGINT)
    else:
        os._exit(1)


if __name__ == "__main__":
    main()
