"""The server that is attacked: `python -m workbook.attacks.victim`.

Plain uvicorn on a loopback port of the system's choice, where bcrypt costs what it
costs. It says on standard output that it is ready, is told on standard input which step
to serve, ours or a learner's, and answers with the port, and with what could be stolen
from the app: its user table, its key and its public keys; or with the problem, where
there is no app. A learner's app is loaded as it is for a check. Each order after that
says how many minutes the clock is to be ahead, and is answered. The end of input ends
the process.
"""

import os
import re
import socket
import sys
import threading
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import ModuleType
from typing import IO, Any

import time_machine
import uvicorn

from workbook import wire
from workbook.checking import NoApp, Surroundings, load
from workbook.ladder import find

PUBLIC_PEM = re.compile("-----BEGIN (?:(?:RSA )?PUBLIC KEY|CERTIFICATE)-----")


def main() -> None:
    orders, replies = wire.keep_stdin_and_stdout()
    wire.send(replies, ready=True)
    job = wire.receive(orders)
    if job is None:
        return
    # Also while the app is imported: whoever started us may be gone by then.
    threading.Thread(target=_obey, args=(orders, replies), daemon=True).start()
    try:
        app, stolen = _loaded(**job)
    except NoApp as problem:
        wire.send(replies, problem=str(problem))
        return
    # Named a TCP socket, so that asyncio turns Nagle's delay off: 40 ms a request.
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    # From here on it may be called: what comes early waits in the line.
    listener.listen(128)
    config = uvicorn.Config(app, log_level="warning", access_log=False)
    wire.send(replies, port=listener.getsockname()[1], **stolen)
    uvicorn.Server(config).run(sockets=[listener])


def _loaded(
    step: str, answers: str | None, shown: str, here: str
) -> tuple[Any, dict[str, Any]]:
    """The app, and what could be stolen from it. Raises `NoApp`."""
    ours = find(step)
    if answers is None:
        app = load(ours)
        package = f"steps.{ours.name}"
        modules = [
            module
            for name, module in sys.modules.items()
            if name.startswith(f"{package}.")
        ]
        return app, loot(modules, os.environ)
    # It stays there until the process ends, and the folder of its copy is removed by
    # whoever started us.
    around = Surroundings(ours, Path(answers), shown=shown, here=Path(here))
    app = load(ours, around)
    return app, loot(around.modules(), {**around.own_dotenv, **os.environ})


def loot(
    modules: Iterable[ModuleType], settings: Mapping[str, str | None]
) -> dict[str, Any]:
    """What a thief of the app's table, or whoever shares its key, would hold, and the
    public keys that it has in its source.

    The key is in the code of one of its modules, or else in its settings.
    """
    modules = list(modules)
    tables = [getattr(module, "fake_users_db", None) for module in modules]
    table = next((one for one in tables if isinstance(one, dict) and one), {})
    users = table.items()
    hashes = {
        str(username): record["hashed_password"]
        for username, record in users
        if isinstance(record, dict) and isinstance(record.get("hashed_password"), str)
    }
    keys = [getattr(module, "SECRET_KEY", None) for module in modules]
    keys.append(settings.get("SECRET_KEY"))
    return {
        "user_table": hashes or None,
        "secret_key": next((key for key in keys if isinstance(key, str) and key), None),
        "public_keys": public_keys(modules),
    }


def public_keys(modules: Iterable[ModuleType]) -> list[str]:
    """The public keys and certificates in PEM that the app has as constants, in any of
    its modules."""
    values = [value for one in modules for value in vars(one).values()]
    return sorted({v for v in values if isinstance(v, str) and PUBLIC_PEM.search(v)})


def _obey(orders: IO[str], replies: IO[str]) -> None:
    travel: Any = None
    while order := wire.receive(orders):
        if travel is not None:
            travel.stop()
        ahead = 60 * order["minutes"]
        travel = time_machine.travel(time.time() + ahead, tick=True)
        travel.start()
        wire.send(replies, done=True)
    os._exit(0)


if __name__ == "__main__":
    main()
