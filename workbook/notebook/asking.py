"""A step that can be asked with httpx: in this process, or under a real uvicorn."""

import asyncio
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import httpx
import uvicorn
from fastapi import FastAPI

from workbook import timeouts
from workbook.notebook.names import explain_unknown_names


def bench(app: FastAPI) -> httpx.Client:
    """Begins a notebook: a client for the app, and help with names not yet known."""
    explain_unknown_names()
    print("The app is on the bench. `client` is an httpx.Client that asks it.")
    return in_process(app)


def in_process(app: FastAPI) -> httpx.Client:
    """A client for the app in this process: no port, and nothing to stop."""
    # No proxy of the environment is asked in between.
    return httpx.Client(
        transport=_InProcess(app), base_url="http://step", trust_env=False
    )


@contextmanager
def serve(app: FastAPI) -> Iterator[httpx.Client]:
    """A client for the app under a real uvicorn, which stops when the block ends.

    It runs in a thread, on a port of this machine that the system chooses.
    """
    config = uvicorn.Config(
        app, host="127.0.0.1", port=0, log_level="warning", ws="none"
    )
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="uvicorn")
    thread.start()
    try:
        while not server.started:
            if not thread.is_alive():
                raise RuntimeError("uvicorn ended before it was ready: see above why.")
            time.sleep(0.01)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(
            base_url=f"http://127.0.0.1:{port}",
            trust_env=False,
            timeout=timeouts.URL_REQUEST,
        ) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


def bearer(token: str) -> dict[str, str]:
    """The header that shows a token."""
    return {"Authorization": f"Bearer {token}"}


class _InProcess(httpx.BaseTransport):
    def __init__(self, app: FastAPI) -> None:
        # Over a network a crash arrives as a 500, so here too.
        self._asgi = httpx.ASGITransport(app, raise_app_exceptions=False)

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        # The notebook's own event loop runs in this thread; a second one needs another.
        with ThreadPoolExecutor(1) as other:
            return other.submit(asyncio.run, self._answer(request)).result()

    async def _answer(self, request: httpx.Request) -> httpx.Response:
        answer = await self._asgi.handle_async_request(request)
        body = await answer.aread()
        return httpx.Response(answer.status_code, headers=answer.headers, content=body)
