"""A step in a process of its own, as `uvicorn` starts it for a learner."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from queue import Empty, Queue
from threading import Thread
from typing import TextIO

import httpx
import pytest

from workbook import serving, timeouts
from workbook.ladder import ROOT, Step
from workbook.settings import settings


@dataclass(frozen=True)
class Running:
    """A server that answers. `printed` grows with it, and is whole once it stopped."""

    url: str
    printed: list[str]

    def client(self) -> httpx.Client:
        """A client for it that heeds no proxy of the environment."""
        return httpx.Client(
            base_url=self.url, timeout=timeouts.URL_REQUEST, trust_env=False
        )


@contextmanager
def serve(step: Step, *, as_run_does: bool = False) -> Iterator[Running]:
    """Run `uvicorn` on the step for as long as the block lasts; print what it printed.
    It serves the plain app, or what `workbook run` gives it.

    pytest shows that where a test fails. The port is the system's choice, read from
    uvicorn's own words: a port that we found free could be taken before it is used.
    """
    app = serving.SERVED if as_run_does else step.app
    command = [sys.executable, "-m", "uvicorn", app]
    command += ["--host", "127.0.0.1", "--port", "0", "--log-level", "info"]
    with subprocess.Popen(
        command,
        cwd=ROOT,
        env=os.environ | settings(step) | serving.environment(step.app, step.title),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
    ) as process:
        printed: list[str] = []
        address: Queue[str | None] = Queue()
        reader = Thread(target=_read, args=(process.stdout, printed, address))
        reader.start()
        try:
            yield Running(_wait_for(address, app), printed)
        finally:
            try:
                _stop(process)
            finally:
                reader.join()
                print("".join(printed))


def path_of_my_record(client: httpx.Client) -> str:
    """`/users/me` or `/users/me/`: the spelling that the app itself documents."""
    paths = client.get("/openapi.json").json()["paths"]
    [path] = {"/users/me", "/users/me/"} & paths.keys()
    return path


def _read(output: TextIO, printed: list[str], address: Queue[str | None]) -> None:
    # To the end, and not to the address only: a full pipe would stop the server.
    for line in output:
        printed.append(line)
        if found := re.search(r"running on (http://\S+)", line):
            address.put(found[1])
    address.put(None)


def _wait_for(address: Queue[str | None], app: str) -> str:
    try:
        url = address.get(timeout=timeouts.COMMAND)
    except Empty:
        pytest.fail(f"uvicorn {app} was not ready in {timeouts.COMMAND:.0f} seconds.")
    if url is None:
        pytest.fail(f"uvicorn {app} ended before it was ready: see what it printed.")
    return url


def _stop(process: subprocess.Popen[str]) -> None:
    process.terminate()
    try:
        process.wait(timeouts.COMMAND)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
