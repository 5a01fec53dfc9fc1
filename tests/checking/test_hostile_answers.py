"""Answers without an end, and bombs: they are named, and read no further. What died
leaves nothing behind."""

import contextlib
import os
import re
import resource
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.checking.apps import RIGHT, STEP, edited, must_work, written
from workbook import timeouts
from workbook.checking import ContractError, Sandbox, Server
from workbook.ladder import ROOT
from workbook.timeouts import Limits

HOSTILE = (
    RIGHT
    + """
import gzip, io, json, zlib
from fastapi import Response
from fastapi.responses import StreamingResponse

@app.get("/endless")
def endless():
    def body():
        while True:
            yield b"x" * 65536
    return StreamingResponse(body())

@app.get("/bomb")
def bomb():
    # Three gigabytes of blanks in three megabytes: a gzip header, and the same again.
    pack = zlib.compressobj(wbits=-15)
    block = pack.compress(b" " * 2**20) + pack.flush(zlib.Z_FULL_FLUSH)
    body = b"\\x1f\\x8b\\x08\\0\\0\\0\\0\\0\\0\\xff" + block * 3000
    return Response(body, headers={"content-encoding": "gzip"})

@app.get("/value")
def value():
    return {"username": "x" * 20_000_000}

@app.get("/no-gzip")
def no_gzip():
    return Response(b"{}", headers={"content-encoding": "gzip"})

@app.get("/packed")
def packed():
    headers = {"content-encoding": "gzip", "content-type": "application/json"}
    return Response(gzip.compress(b'{"a": 1}'), headers=headers)

@app.get("/charset")
def charset():
    return Response(b'{"a": 1}', headers={"content-type": "text/x; charset=zlib_codec"})

@app.get("/drip")
async def drip():
    import asyncio
    async def body():
        while True:
            yield b"x"
            await asyncio.sleep(0.1)
    return StreamingResponse(body())
"""
)
BROKEN = (
    RIGHT
    + """
from fastapi import Response

@app.get("/flood")
def flood():
    response = Response("{}")
    response.raw_headers += [(b"x-%d" % n, b"y" * 1000) for n in range(20000)]
    return response

@app.get("/header")
def header():
    response = Response("{}")
    response.raw_headers.append((b"x-\\x1b[2J", b"y"))
    return response

@app.get("/continue")
def continued():
    return Response(status_code=100)

@app.get("/half")
def half():
    from fastapi.responses import StreamingResponse
    def body():
        yield b"x"
        raise ValueError
    return StreamingResponse(body())
"""
)
# Of this process, which judges. A request is read in pieces of 64 kB.
MOST_MEMORY = 60 * 1000**2


def peak() -> int:
    """The most memory that this process ever had, in bytes."""
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return most if sys.platform == "darwin" else most * 1024


@contextlib.contextmanager
def sandboxed(answers: Path, main: str) -> Iterator[Server]:
    written(answers, {"main.py": main})
    with (
        contextlib.closing(Sandbox()) as sandbox,
        sandbox.serve(STEP, answers, {}, secret_key=None) as server,
    ):
        yield server


def test_an_answer_without_an_end_is_named_and_read_no_further(tmp_path: Path):
    with sandboxed(tmp_path, HOSTILE) as server:
        before = peak()
        for path in ("/endless", "/bomb", "/value"):
            with pytest.raises(ContractError) as caught:
                server.get(path)
            told = "the answer is longer than 2,000,000 bytes: reading stopped there"
            assert caught.value.difference == [told], path
            assert caught.value.actual.startswith("200 ")
            assert len(caught.value.actual) < 1000
        assert peak() - before < MOST_MEMORY
        with pytest.raises(ContractError, match="the body is no gzip"):
            server.get("/no-gzip")
        assert server.get("/packed").json() == {"a": 1}
        assert server.get("/charset").text == '{"a": 1}'
        # It goes on as before.
        must_work(server)


@pytest.mark.parametrize("path", ["/flood", "/header", "/continue", "/half"])
def test_an_answer_that_is_broken_is_one_failure_and_the_app_goes_on(
    tmp_path: Path, path: str
):
    with sandboxed(tmp_path, BROKEN) as server:
        before = peak()
        with pytest.raises(ContractError) as caught:
            server.get(path)
        assert caught.value.actual == "no answer"
        assert re.match(
            "the app closed the connection|the answer can't be read as HTTP",
            caught.value.difference[0],
        )
        assert len(caught.value.difference[0]) < 300
        assert peak() - before < MOST_MEMORY
        must_work(server)


@pytest.mark.long
def test_an_answer_that_drips_is_ended_and_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(timeouts, "REQUEST", Limits(cpu=1.0, idle=1.0, wall=180))
    with (
        sandboxed(tmp_path, HOSTILE) as server,
        pytest.raises(ContractError) as caught,
    ):
        server.get("/drip")
    assert "its answer begins and has no end: " in str(caught.value)


NOT_AWAITED = edited(
    ("def verify_password(", "async def verify_password("),
)


def test_a_coroutine_that_is_not_awaited_is_shown_with_the_failure(tmp_path: Path):
    """Every password is right then, and this line says why. What libraries warn of
    their own is left out."""
    warns = "import warnings\nwarnings.warn('old', DeprecationWarning)\n"
    source = NOT_AWAITED.replace(
        "    user = authenticate_user(",
        "    import warnings\n    warnings.warn('old', DeprecationWarning)\n"
        "    warnings.warn('odd', UserWarning)\n    user = authenticate_user(",
        1,
    )
    written(tmp_path, {"main.py": warns + source})
    shown = f"{tmp_path / STEP.name / 'main.py'}:"
    with (
        contextlib.closing(Sandbox()) as sandbox,
        sandbox.serve(STEP, tmp_path, {}, secret_key=None) as server,
    ):
        for _ in range(2):
            with pytest.raises(ContractError) as caught:
                server.login("johndoe", "wrong").must_have_status(400)
            raised = caught.value.raised
            assert "coroutine 'verify_password' was never awaited" in raised
            assert raised.startswith(shown)
        # Only with what it explains.
        with pytest.raises(ContractError) as caught:
            server.get("/users/me/").must_have_status(200)
        assert caught.value.raised == ""
    # Once.
    assert sandbox.printed.count("was never awaited") == 1
    assert sandbox.printed.count("UserWarning: odd") == 1
    assert "old" not in sandbox.printed


MARK = "WORKBOOK_TEST_DIED"
FORKS = """
import os, signal
if os.fork() == 0:
    os.setsid()
    signal.pause()
"""


def marked(mark: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if process.environ().get(MARK) == mark:
                found.append(process)
    return found


@pytest.mark.long
@pytest.mark.skipif(not Path("/proc").is_dir(), reason="needs /proc")
@pytest.mark.parametrize("who", ["worker", "app", "both"])
def test_nothing_is_left_whoever_dies(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, who: str
):
    """A check that is killed in the middle of it, its app, or both."""
    temporary = tmp_path / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    monkeypatch.setenv(MARK, who)
    monkeypatch.setattr(tempfile, "tempdir", None)
    waits = FORKS + "signal.pause()\n" + RIGHT
    answers = written(tmp_path / "answers", {"main.py": waits})
    with subprocess.Popen(
        [sys.executable, "-m", "workbook.checking.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        text=True,
    ) as worker:
        assert worker.stdin is not None
        worker.stdin.write(
            f'{{"step": "5", "answers": "{answers}", "url": null, "secret_key": null, '
            '"first": [], "hashes": []}\n'
        )
        worker.stdin.flush()
        hosts = wait_for(lambda: [p for p in marked(who) if is_a_fork(p)])
        assert len(hosts) == 1
        assert list(temporary.iterdir())
        # Found before: once the worker is dead, the host is ended too.
        host = next(p for p in marked(who) if "workbook.checking.host" in p.cmdline())
        if who in ("worker", "both"):
            worker.kill()
        if who in ("app", "both"):
            with contextlib.suppress(psutil.Error):
                host.send_signal(signal.SIGKILL)
        worker.stdin.close()
    wait_for(lambda: not marked(who))
    wait_for(lambda: not list(temporary.iterdir()))


def is_a_fork(process: psutil.Process) -> bool:
    with contextlib.suppress(psutil.Error):
        return process.pid == os.getsid(process.pid) and bool(
            "workbook.checking.host" in process.cmdline()
            and process.environ().get("WORKBOOK_HOST")
            and process.ppid() not in (os.getpid(),)
            and process.num_threads() == 1
        )
    return False


def wait_for(what):
    """What it gives, as soon as that is something."""
    end = time.monotonic() + timeouts.COMMAND
    while not (found := what()):
        assert time.monotonic() < end
        time.sleep(0.05)
    return found
