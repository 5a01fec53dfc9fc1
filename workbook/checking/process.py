"""Asking a judge, from a process that stays light and is never hurt by an app."""

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path

from workbook.checking import patience
from workbook.checking.outcome import Outcome, Result, Story
from workbook.ladder import ROOT, Step


class Judge:
    """A process that has pytest and the stack imported, for one check.

    Start it early: what `check` then takes is the suite. `close` may be called from any
    thread, and ends a check that is under way.
    """

    def __init__(self) -> None:
        # Closed with the judge: it outlives every block here.
        self._errors = tempfile.TemporaryFile("w+", errors="replace")  # noqa: SIM115
        self._process = subprocess.Popen(
            [sys.executable, "-W", "ignore", "-m", "workbook.checking.judge"],
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
        on_result: Callable[[Result], None] = lambda result: None,
    ) -> Outcome:
        """The suite of `step` against our step, an answers folder, or a URL."""
        job = {
            "step": step.name,
            "answers": str(answers) if answers else None,
            "url": url,
            "secret_key": secret_key,
        }
        limit = patience.CHECK_AT_A_URL if url else patience.CHECK
        too_late = f"The check was stopped after {limit:.0f} seconds."
        watchdog = threading.Timer(limit, self.close, [too_late])
        watchdog.daemon = True
        watchdog.start()
        results: list[Result] = []
        try:
            with contextlib.suppress(OSError):
                self._process.stdin.write(json.dumps(job) + "\n")  # type: ignore[union-attr]
                self._process.stdin.flush()  # type: ignore[union-attr]
            for line in self._process.stdout or ():
                said = json.loads(line)
                if "result" not in said:
                    return Outcome(results, said["problem"], said["printed"])
                results.append(_result(said["result"]))
                on_result(results[-1])
        finally:
            watchdog.cancel()
        return Outcome(results, self._what_went_wrong())

    def close(self, reason: str = "The check was stopped.") -> None:
        """Ends the process, and with it the app and all that it started."""
        self._closed = self._closed or reason
        with contextlib.suppress(OSError):
            self._process.stdin.close()  # type: ignore[union-attr]
        try:
            self._process.wait(timeout=5)
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


def _result(said: dict[str, object]) -> Result:
    story = said.pop("story")
    return Result(**said, story=Story(**story) if isinstance(story, dict) else None)  # type: ignore[arg-type]
