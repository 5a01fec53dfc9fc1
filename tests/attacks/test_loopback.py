"""Lessons, not weapons: nothing but this machine's loopback is ever attacked."""

import inspect
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from workbook.attacks import (
    ATTACKS,
    CLASSICS,
    NoTarget,
    NotLoopback,
    Target,
    reach,
    run,
    serving,
)

pytestmark = pytest.mark.group("attacks at a URL")


def resolve_to(*addresses: str) -> Any:
    """A name server for `monkeypatch` that answers every name with these addresses."""

    def getaddrinfo(host: str, port: int, *_: Any, **__: Any) -> Any:
        return [
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", (a, port)) for a in addresses
        ]

    return getaddrinfo


def known_addresses_only(host: str, port: int, *_: Any, **__: Any) -> Any:
    assert host == "127.0.0.1", f"{host} was looked up"
    return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (host, port))]


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "http://10.0.0.1",
        "http://10.0.0.1:8000",
        "http://192.168.1.1/",
        "http://0.0.0.0:8000",
        "http://[::]:8000",
        "http://[::ffff:10.0.0.1]",
        "http://[::ffff:127.0.0.1]",
        "http://[fe80::1]",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://localhost@example.com",
        "http://127.0.0.1@example.com",
        "http://127.0.0.1:8000@example.com",
        "http://127.0.0.1%2f@example.com",
        "http://example.com#@127.0.0.1",
        "http://example.com?@127.0.0.1",
        "http://2130706433",
        "http://134744072",
        "http://0x7f.0.0.1",
        "http://127.1",
    ],
)
def test_another_machine_is_refused_before_anything_is_sent(
    monkeypatch: pytest.MonkeyPatch, url: str
):
    def refuse(*_: Any, **__: Any) -> None:
        pytest.fail("it was asked for, or connected to")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket.socket, "connect", refuse)
    with pytest.raises(NotLoopback, match=r"lessons, not weapons: [^.]+http://127"):
        reach(url).__enter__()


@pytest.mark.parametrize(
    "addresses",
    [["10.0.0.1"], ["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"], ["::1%2"], []],
)
def test_a_localhost_that_leads_elsewhere_is_refused(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str]
):
    monkeypatch.setattr(socket, "getaddrinfo", resolve_to(*addresses))
    with pytest.raises(NotLoopback):
        reach("http://localhost:8000").__enter__()


def test_a_name_that_leads_here_today_is_refused(monkeypatch: pytest.MonkeyPatch):
    """It may lead elsewhere tomorrow."""
    monkeypatch.setattr(socket, "getaddrinfo", resolve_to("127.0.0.1"))
    with pytest.raises(NotLoopback):
        reach("http://rebind.example.com:8000").__enter__()


@pytest.mark.parametrize(
    "url",
    ["", "localhost", "127.0.0.1:8000", "https://127.0.0.1", "http://0177.0.0.1"],
)
def test_what_is_no_http_url_is_told_how_one_is_written(url: str):
    with pytest.raises(NoTarget, match="is no URL to attack: write it as http://127"):
        reach(url).__enter__()


def test_a_port_where_nobody_listens_is_told_so():
    with pytest.raises(NoTarget, match=r"Nobody answers at http://127\.0\.0\.1:9:"):
        reach("http://127.0.0.1:9").__enter__()


def test_there_is_no_switch_for_it():
    """An `Api` has paths, and no host."""
    assert list(inspect.signature(reach).parameters) == ["url", "api"]
    assert list(inspect.signature(serving).parameters) == ["step", "answers"]


@contextmanager
def answering(status: int, headers: dict[str, str], body: str) -> Iterator[Any]:
    """A server on the loopback that answers all with the same; it counts in `asked`.
    Where `answers` is cleared, it answers nothing any more."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            server.asked.append(self.path)
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            if not server.answers.is_set():
                server.answers.wait()
                return
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body.encode())

        do_POST = do_GET

        def log_message(self, *_: Any) -> None:
            """Nothing: pytest's output is for the tests."""

    server: Any = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.asked = []
    server.answers = threading.Event()
    server.answers.set()
    server.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.answers.set()
        server.shutdown()
        thread.join()
        server.server_close()


def test_no_attack_follows_a_redirect():
    with answering(200, {}, "{}") as elsewhere:
        lure = {"Location": f"{elsewhere.url}/users/me"}
        with answering(307, lure, "") as server, reach(server.url) as target:
            attempts = [run(attack, target) for attack in (*ATTACKS, *CLASSICS)]
    assert len(server.asked) > len(attempts)
    assert elsewhere.asked == []


def test_a_path_that_is_another_servers_address_is_not_asked():
    with answering(200, {}, "{}") as elsewhere:
        documented = f'{{"paths": {{"{elsewhere.url}/users/me": {{}}}}}}'
        with answering(200, {}, documented) as server, reach(server.url) as target:
            target.show("johndoe")
            with pytest.raises(NotLoopback):
                target.client.get(f"{elsewhere.url}/users/me")
    assert elsewhere.asked == []


def test_a_name_is_not_looked_up_again_once_it_is_known(
    monkeypatch: pytest.MonkeyPatch, step01_at_a_url: Target
):
    with reach(step01_at_a_url.url.replace("127.0.0.1", "localhost")) as target:
        monkeypatch.setattr(socket, "getaddrinfo", known_addresses_only)
        assert target.show("johndoe").status_code == 200


def test_a_proxy_of_the_environment_is_not_heeded(
    monkeypatch: pytest.MonkeyPatch, step01_at_a_url: Target
):
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    with reach(step01_at_a_url.url) as target:
        assert target.show("johndoe").status_code == 200


def test_a_server_that_falls_silent_is_not_waited_for_by_each_attack():
    with answering(200, {}, "{}") as server, reach(server.url) as target:
        server.answers.clear()
        target.client.timeout = 0.1
        first, second, *_ = [run(attack, target) for attack in ATTACKS]
    assert (first.got_through, first.requests) == (None, 1)
    assert "gave no answer within" in first.evidence
    assert (second.got_through, second.requests) == (None, 0)
    assert "gave no answer to an attack before" in second.evidence
