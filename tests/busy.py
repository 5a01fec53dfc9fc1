"""Runs a command on a busy machine: `python tests/busy.py 8 make test`.

So many endless loops compute beside it, and end with it. The exit status is that of the
command.
"""

import contextlib
import subprocess
import sys
from collections.abc import Iterator

# It ends with its input too: whoever started it may have been killed.
LOOP = """
import os, sys, threading

def end_with_the_input():
    sys.stdin.read()
    os._exit(0)

threading.Thread(target=end_with_the_input, daemon=True).start()
while True:
    pass
"""


def main(arguments: list[str]) -> int:
    number, *command = arguments or [""]
    if not number.isdecimal() or not command:
        print("Usage: python tests/busy.py LOOPS COMMAND...", file=sys.stderr)
        return 2
    with loops(int(number)):
        status = subprocess.run(command, check=False).returncode
    # As a shell says it of a command that a signal ended.
    return status if status >= 0 else 128 - status


@contextlib.contextmanager
def loops(number: int) -> Iterator[None]:
    """So many processes that do nothing but compute, until the block ends."""
    with contextlib.ExitStack() as started:
        for _ in range(number):
            process = started.enter_context(
                subprocess.Popen(
                    [sys.executable, "-c", LOOP],
                    stdin=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            )
            started.callback(process.kill)
        yield


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
