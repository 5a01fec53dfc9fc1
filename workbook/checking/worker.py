"""A check in processes of its own, so that whoever asks for it stays light and is never
hurt by an app: `python -m workbook.checking.worker`.

Such a process starts a sandbox, imports pytest meanwhile, and waits for one line that
says what to check. If it's told the step at its start, it collects the suite, too. It
answers with a line for each result and one at the end. When its standard input is
closed, by whoever asked or by their death, it cleans up and leaves.

A suite is shared by two of them, where there are two processors. The suite and the app
mostly wait for each other, so that one pair keeps one processor busy.
"""

import contextlib
import dataclasses
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import Any

from workbook import timeouts, wire
from workbook.checking.report import Outcome, Result, merged, outcome_of, result_of
from workbook.ladder import ROOT, Step, find


class CheckWorker:
    """Processes that have pytest and the stack imported, for one check.

    Start it early: what `check` then takes is the suite. It's two processes where it's
    told that the check will be of a `step`, and of no other, and one where several will
    be asked at the same time, as by `which`. `close` may be called from any thread, and
    ends a check that is under way. `hashes` are those that the app needed, as `check`
    takes them for the next one.
    """

    def __init__(self, step: Step | None = None) -> None:
        self.hashes: list[list[str]] = []
        self._step = step
        self._parts = [_Part(step) for _ in range(_shared_by(step))]
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
        result as soon as it and all before it are known.
        """
        assert self._step in (None, step), f"it was started for {self._step}"
        # A server at a URL is one, and so are those who ask it.
        parts = self._parts if url is None else self._parts[:1]
        # The net behind all other limits, and behind our own faults.
        net = timeouts.READY + 2 * timeouts.CHECK.wall
        watchdog = threading.Timer(net, self.close, [f"It took {net:.0f} seconds."])
        watchdog.daemon = True
        watchdog.start()
        results: list[tuple[int, Result]] = []
        outcomes: list[Outcome] = []
        try:
            for number, part in enumerate(parts):
                part.send(
                    step=step.name,
                    answers=str(answers) if answers else None,
                    url=url,
                    secret_key=secret_key,
                    first=list(first),
                    hashes=hashes or [],
                    part=[number, len(parts)],
                )
            for part, said in _in_turn(parts):
                if "result" in said:
                    result = result_of(said["result"])
                    results.append((said["place"], result))
                    on_result(result)
                    continue
                if "outcome" in said:
                    outcomes.append(outcome_of(said["outcome"]))
                    self.hashes += said["hashes"]
                else:
                    why = self._closed or part.what_went_wrong()
                    outcomes.append(Outcome(not_judged=why))
                if outcomes[-1].not_judged:
                    # What the others find would be half of it.
                    break
        finally:
            watchdog.cancel()
        return merged(results, outcomes)

    def close(self, reason: str = "The check was stopped.") -> None:
        """Ends the processes, and with them the app and all that it started."""
        self._closed = self._closed or reason
        for part in self._parts:
            part.hang_up()
        for part in self._parts:
            part.close()


class _Part:
    """One process, which runs its part of a suite."""

    def __init__(self, step: Step | None) -> None:
        # Closed with the worker: it outlives every block here.
        self._errors = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-W", "ignore", "-m", "workbook.checking.worker"),
                *([step.name] if step is not None else []),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            text=True,
            encoding="utf-8",
            env=os.environ | {"PYTHONPATH": str(ROOT)},
            start_new_session=True,
        )

    def send(self, **job: object) -> None:
        wire.send(self._process.stdin, **job)

    def receive(self) -> dict[str, Any]:
        """A result, or the outcome; nothing when the process has ended."""
        return wire.receive(self._process.stdout) or {}

    def what_went_wrong(self) -> str:
        self._process.wait()
        self._errors.seek(0)
        last = (self._errors.read().strip().splitlines() or ["it said nothing"])[-1]
        return f"The check itself broke off: {last}"

    def hang_up(self) -> None:
        """Has the process clean up and leave."""
        with contextlib.suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]

    def close(self) -> None:
        """Comes back when it has left."""
        try:
            self._process.wait(timeout=timeouts.STOP)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()
        self._errors.close()


def _shared_by(step: Step | None) -> int:
    """How many processes share a suite."""
    return 2 if step is not None and (os.cpu_count() or 1) > 1 else 1


def _in_turn(parts: list[_Part]) -> Iterator[tuple[_Part, dict[str, Any]]]:
    """What the parts say, one line of each in turn. So the results are in the order in
    which one process would run the tests."""
    waiting = list(parts)
    while waiting:
        for part in list(waiting):
            said = part.receive()
            if "result" not in said:
                waiting.remove(part)
            yield part, said


def main(steps: list[str]) -> None:
    """Waits for its job, then does it. It will be of this step, if one is given."""
    orders, replies = wire.keep_stdin_and_stdout()
    from workbook.checking.sandbox import Sandbox

    with contextlib.closing(Sandbox()) as sandbox:
        # What follows takes as long as the sandbox needs to get ready.
        from workbook.checking import client  # noqa: F401
        from workbook.checking.probes import pack, unpack
        from workbook.checking.suites import Job, run_when_told

        def receive() -> dict[str, Any]:
            said = wire.receive(orders)
            if said is None:
                # Nobody wants anything of us.
                sandbox.close()
                os._exit(0)
            threading.Thread(target=_leave, args=(orders, sandbox), daemon=True).start()
            return said

        early = None if steps else receive()

        def wait() -> Job:
            said = early or receive()
            number, parts = said["part"]
            return Job(
                answers=Path(said["answers"]).resolve() if said["answers"] else None,
                url=said["url"],
                secret_key=said["secret_key"],
                hashes=unpack(said["hashes"]),
                first=set(said["first"]),
                part=(number, parts),
            )

        outcome = run_when_told(
            find(early["step"] if early else steps[0]),
            wait,
            sandbox=sandbox,
            on_result=lambda result, place: wire.send(
                replies, result=dataclasses.asdict(result), place=place
            ),
        )
        # The results were sent, one by one.
        outcome = dataclasses.replace(outcome, results=[])
        wire.send(
            replies, outcome=dataclasses.asdict(outcome), hashes=pack(sandbox.hashes)
        )


def _leave(orders: Any, sandbox: Any) -> None:
    orders.read()
    sandbox.close()
    os._exit(1)


if __name__ == "__main__":
    main(sys.argv[1:])
