"""A check in a process of its own, so that whoever asks for it stays light and is never
hurt by an app: `python -m workbook.checking.worker`.

That process starts a sandbox, imports pytest meanwhile, and waits for one line that
says what to check. It answers with a line for each result and one at the end. When its
standard input is closed, by whoever asked or by their death, it cleans up and leaves.
"""

import contextlib
import dataclasses
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from workbook import timeouts, wire
from workbook.checking.report import Outcome, Result, outcome_of, result_of
from workbook.ladder import ROOT, Step, find


class CheckWorker:
    """A process that has pytest and the stack imported, for one check.

    Start it early: what `check` then takes is the suite. `close` may be called from any
    thread, and ends a check that is under way. `hashes` are those that the app needed,
    as `check` takes them for the next one.
    """

    def __init__(self) -> None:
        self.hashes: list[list[str]] = []
        # Closed with the worker: it outlives every block here.
        self._errors = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "workbook.checking.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )
        self._closed = ""

    def check(
        self,
        step: Step,
        *,
        answers: Path | None = None,
        url: str | None = None,
        secret_key: str | None = None,
        first: Collection[str] = (),
        hashes: list[list[str]] | None = None,
        on_result: Callable[[Result], None] = lambda result: None,
    ) -> Outcome:
        """The suite of `step` against our step, an answers folder, or a URL.

        Tests named in `first` run before the others. `on_result` is called with each
        result as soon as it is known.
        """
        # The net behind all other limits, and behind our own faults.
        net = timeouts.READY + 2 * timeouts.CHECK.wall
        watchdog = threading.Timer(net, self.close, [f"It took {net:.0f} seconds."])
        watchdog.daemon = True
        watchdog.start()
        results: list[Result] = []
        try:
            wire.send(
                self._process.stdin,
                step=step.name,
                answers=str(answers) if answers else None,
                url=url,
                secret_key=secret_key,
                first=list(first),
                hashes=hashes or [],
            )
            while (said := wire.receive(self._process.stdout)) is not None:
                if "outcome" in said:
                    self.hashes = said["hashes"]
                    return outcome_of(said["outcome"])
                results.append(result_of(said["result"]))
                on_result(results[-1])
        finally:
            watchdog.cancel()
        return Outcome(results, not_judged=self._what_went_wrong())

    def close(self, reason: str = "The check was stopped.") -> None:
        """Ends the process, and with it the app and all that it started."""
        self._closed = self._closed or reason
        with contextlib.suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]
        try:
            self._process.wait(timeout=timeouts.STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._errors.close()

    def _what_went_wrong(self) -> str:
        if self._closed:
            return self._closed
        self._process.wait()
        self._errors.seek(0)
        last = (self._errors.read().strip().splitlines() or ["it said nothing"])[-1]
        return f"The check itself broke off: {last}"


def main() -> None:
    """Waits for its job, then does it."""
    orders, replies = wire.keep_stdin_and_stdout()
    from workbook.checking.sandbox import Sandbox

    with contextlib.closing(Sandbox()) as sandbox:
        # What follows takes as long as the sandbox needs to get ready.
        from workbook.checking.probes import pack, unpack
        from workbook.checking.suites import run

        job = wire.receive(orders)
        if job is None:
            return
        leave = threading.Thread(target=_leave, args=(orders, sandbox), daemon=True)
        leave.start()
        outcome = run(
            find(job["step"]),
            answers=Path(job["answers"]) if job["answers"] else None,
            url=job["url"],
            secret_key=job["secret_key"],
            sandbox=sandbox,
            hashes=unpack(job["hashes"]),
            first=set(job["first"]),
            on_result=lambda result: wire.send(
                replies, result=dataclasses.asdict(result)
            ),
        )
        wire.send(
            replies, outcome=dataclasses.asdict(outcome), hashes=pack(sandbox.hashes)
        )


def _leave(orders: Any, sandbox: Any) -> None:
    orders.read()
    sandbox.close()
    os._exit(1)


if __name__ == "__main__":
    main()
