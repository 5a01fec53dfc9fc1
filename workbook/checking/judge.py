"""A suite in a process of its own: `python -m workbook.checking.judge`.

It imports pytest, starts a host and waits for one line of JSON on standard input that
says what to judge. It answers with one line a result, and one at the end. When standard
input is closed, by whoever asked or by their death, it cleans up and leaves.
"""

import contextlib
import dataclasses
import json
import os
import threading
from pathlib import Path
from typing import Any

from workbook.checking.isolated import Host
from workbook.checking.suites import run
from workbook.ladder import find


def main() -> None:
    """Waits for its job, then does it."""
    orders = os.fdopen(os.dup(0), encoding="utf-8")
    replies = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    with contextlib.closing(Host()) as host:
        job = json.loads(orders.readline() or "null")
        if job is None:
            return
        leave = threading.Thread(target=_leave, args=(orders, host), daemon=True)
        leave.start()

        def say(**what: Any) -> None:
            with contextlib.suppress(BrokenPipeError):
                print(json.dumps(what), file=replies, flush=True)

        outcome = run(
            find(job["step"]),
            answers=Path(job["answers"]) if job["answers"] else None,
            url=job["url"],
            secret_key=job["secret_key"],
            host=host,
            on_result=lambda result: say(result=dataclasses.asdict(result)),
        )
        say(problem=outcome.problem, printed=outcome.printed)


def _leave(orders: Any, host: Host) -> None:
    orders.read()
    host.close()
    os._exit(1)


if __name__ == "__main__":
    main()
