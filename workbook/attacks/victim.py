"""The server that is attacked: `python -m workbook.attacks.victim`.

Plain uvicorn on a loopback port of the system's choice, where bcrypt costs what it
costs. It says on standard output that it is ready, is told on standard input which step
to serve, ours or a learner's, and answers with the port, and with what could be stolen
from the app: its key and its public keys; or with the problem, where there is no app. A
learner's app is loaded as it is for a check. Each order after that says how many
minutes the clock is to be ahead, or which hashes to store in the app's table, which is
answered with all that are in it. The end of input ends the process.
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
from workbook.attacks.app_table import AppTable, TableInCode, TableInDatabase
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
    tables: list[AppTable] = []
    threading.Thread(target=_obey, args=(orders, replies, tables), daemon=True).start()
    try:
        app, table, stolen = _loaded(**job)
        tables.append(table)
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
) -> tuple[Any, AppTable, dict[str, Any]]:
    """The app, its table, and what else could be stolen from it. Raises `NoApp`."""
    ours = find(step)
    settings: Mapping[str, str | None] = os.environ
    if answers is None:
        app = load(ours)
        package = f"steps.{ours.name}"
        modules = [
            module
            for name, module in sys.modules.items()
            if name.startswith(f"{package}.")
        ]
    else:
        # It stays there until the process ends, and the folder of its copy is removed
        # by whoever started us.
        around = Surroundings(ours, Path(answers), shown=shown, here=Path(here))
        app = load(ours, around)
        modules = around.modules()
        settings = {**around.own_dotenv, **os.environ}
    table: AppTable = TableInCode(modules)
    if ours.needs_database:
        table = TableInDatabase(os.environ["DATABASE_URL"])
    loot = {
        "has_database": ours.needs_database,
        # The one in a database is perhaps made when the app starts.
        "has_table": ours.needs_database or bool(table.hashes()),
        "secret_key": secret_key(modules, settings),
        "public_keys": public_keys(modules),
    }
    return app, table, loot


def secret_key(
    modules: Iterable[ModuleType], settings: Mapping[str, str | None]
) -> str | None:
    """The key that whoever shares it holds: in the code of one of the app's modules, or
    else in its settings."""
    keys = [getattr(module, "SECRET_KEY", None) for module in modules]
    keys.append(settings.get("SECRET_KEY"))
    return next((key for key in keys if isinstance(key, str) and key), None)


def public_keys(modules: Iterable[ModuleType]) -> list[str]:
    """The public keys and certificates in PEM that the app has as constants, in any of
    its modules."""
    values = [value for one in modules for value in vars(one).values()]
    return sorted({v for v in values if isinstance(v, str) and PUBLIC_PEM.search(v)})


def _obey(orders: IO[str], replies: IO[str], tables: list[AppTable]) -> None:
    travel: Any = None
    while order := wire.receive(orders):
        if "store" in order:
            wire.send(replies, **_stored(tables[0], order["store"]))
            continue
        if travel is not None:
            travel.stop()
        ahead = 60 * order["minutes"]
        travel = time_machine.travel(time.time() + ahead, tick=True)
        travel.start()
        wire.send(replies, done=True)
    os._exit(0)


def _stored(table: AppTable, hashes: Mapping[str, str]) -> dict[str, Any]:
    """What the table has after these hashes were stored, or why they couldn't be."""
    try:
        for username, hashed_password in hashes.items():
            table.store(username, hashed_password)
        return {"hashes": table.hashes()}
    # Whatever it is, whoever asked waits for an answer.
    except Exception as error:
        return {"problem": f"{type(error).__name__}."}


if __name__ == "__main__":
    main()
