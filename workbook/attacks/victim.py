"""The server that is attacked: `python -m workbook.attacks.victim FOLDER MODULE`.

Plain uvicorn on a loopback port of the system's choice, where bcrypt costs what it
costs. One line of JSON on standard output tells the port, and what could be stolen from
the app: its user table and its key. Each line on standard input is how many minutes the
clock is to be ahead, and is answered by a line. The end of input ends the process.
"""

import importlib
import json
import os
import socket
import sys
import threading
import time
from typing import IO, Any

import time_machine
import uvicorn


def main() -> None:
    folder, name = sys.argv[1:]
    orders, replies = _keep_stdin_and_stdout()
    sys.path.insert(0, folder)
    module = importlib.import_module(name)
    # Named a TCP socket, so that asyncio turns Nagle's delay off: 40 ms a request.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    # From here on it may be called: what comes early waits in the line.
    listener.listen(128)
    config = uvicorn.Config(module.app, log_level="warning", access_log=False)
    told = {"port": listener.getsockname()[1], **loot(module)}
    print(json.dumps(told), file=replies, flush=True)
    threading.Thread(target=_obey, args=(orders, replies), daemon=True).start()
    uvicorn.Server(config).run(sockets=[listener])


def loot(module: Any) -> dict[str, Any]:
    """What a thief of the app's table, or whoever shares its key, would hold.

    The key is in the code, or else it is the one that we gave the app.
    """
    table = getattr(module, "fake_users_db", None)
    users = table.items() if isinstance(table, dict) else ()
    hashes = {
        str(username): record["hashed_password"]
        for username, record in users
        if isinstance(record, dict) and isinstance(record.get("hashed_password"), str)
    }
    key = getattr(module, "SECRET_KEY", None) or os.environ.get("SECRET_KEY")
    return {
        "user_table": hashes or None,
        "secret_key": key if isinstance(key, str) else None,
    }


def _keep_stdin_and_stdout() -> tuple[IO[str], IO[str]]:
    """Both for us alone. The app reads nothing, and prints to standard error."""
    orders, replies = os.fdopen(os.dup(0)), os.fdopen(os.dup(1), "w")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(2, 1)
    return orders, replies


def _obey(orders: IO[str], replies: IO[str]) -> None:
    travel: Any = None
    for minutes in orders:
        if travel is not None:
            travel.stop()
        travel = time_machine.travel(time.time() + 60 * int(minutes), tick=True)
        travel.start()
        print("so it is", file=replies, flush=True)
    os._exit(0)


if __name__ == "__main__":
    main()
