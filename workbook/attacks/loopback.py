"""These are lessons, not weapons: only this machine's own loopback is ever attacked."""

import ipaddress
import socket

import httpx

from workbook import timeouts

LOOPBACK_4 = ipaddress.ip_network("127.0.0.0/8")
LOOPBACK_6 = ipaddress.ip_address("::1")


class NoTarget(Exception):
    """There is nothing to attack; the message says why and what to do."""


class NotLoopback(NoTarget):
    """The target is another machine, or may be. There is no switch for it."""


def pin(url: str) -> httpx.URL:
    """The URL with an address of this machine's loopback in the place of its host.

    Who connects to what this returns asks no name server again, so that a name cannot
    change its meaning in between. Raises `NotLoopback` for every host but localhost,
    127.0.0.0/8 and ::1, and `NoTarget` when nobody listens.
    """
    try:
        asked = httpx.URL(url)
    except httpx.InvalidURL:
        raise NoTarget(_not_a_url(url)) from None
    if asked.scheme != "http" or not asked.host:
        raise NoTarget(_not_a_url(url))
    if asked.host != "localhost" and not is_loopback(asked.host):
        raise NotLoopback(_refusal(asked.host))
    port = asked.port or 80
    addresses = _resolve(asked.host, port)
    if not addresses or not all(is_loopback(address) for address in addresses):
        raise NotLoopback(_refusal(asked.host))
    for address in addresses:
        if _listens(address, port):
            return httpx.URL(
                scheme="http", host=address, port=port, path=asked.path.rstrip("/")
            )
    raise NoTarget(f"Nobody answers at {url}: start the server, or check the port.")


def is_loopback(address: str) -> bool:
    """Whether it is an IP address in 127.0.0.0/8, or ::1, in its usual spelling."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return False
    return ip in LOOPBACK_4 or ip == LOOPBACK_6


def _resolve(host: str, port: int) -> list[str]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError:
        return []
    return [str(address[0]) for *_, address in found]


def _listens(address: str, port: int) -> bool:
    try:
        socket.create_connection((address, port), timeout=timeouts.CONNECT).close()
    except OSError:
        return False
    return True


def _refusal(host: str) -> str:
    return (
        f"{host} is not this machine's loopback, and these attacks are lessons, not "
        "weapons: give a URL such as http://127.0.0.1:8000."
    )


def _not_a_url(url: str) -> str:
    return f"'{url}' is no URL to attack: write it as http://127.0.0.1:8000."
