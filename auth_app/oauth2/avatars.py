"""A picture at an address that a provider gave -> a file, if the address is a public one."""

from __future__ import annotations

import ipaddress
import socket
import time
from collections.abc import Iterable
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpcore
from django.core.files.base import ContentFile

LIMIT_BYTES = 32 << 20
TIME_S = 10.0
_MOST_REDIRECTS = 5


class NoPicture(Exception):
    """There is none, it is too large, or its address is not one we ask."""


def download(url: str) -> ContentFile[bytes]:
    """Return the file at ``url``. Raise ``NoPicture``.

    Whoever sends the address must not make us talk to our own network: each host is looked up
    once, and what is connected to is the address that was checked.
    """
    until = time.monotonic() + TIME_S
    with httpcore.ConnectionPool(network_backend=_PublicNetwork()) as pool:
        for _ in range(_MOST_REDIRECTS + 1):
            try:
                content, url_of_next = _fetch(pool, url, until)
            except (OSError, ValueError, *_NETWORK_ERRORS) as error:
                raise NoPicture(f"{url}: {error!r}") from error
            if url_of_next is None:
                name = urlsplit(url).path.rpartition("/")[2] or "avatar"
                return ContentFile(content, name=name)
            url = url_of_next
    raise NoPicture(f"{url}: too many redirects")


_NETWORK_ERRORS = (
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.TimeoutException,
    httpcore.UnsupportedProtocol,
)


class _PublicNetwork(httpcore.SyncBackend):
    """Connects to public addresses alone."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = [str(item[4][0]) for item in found]
        if not addresses or not all(is_public(address) for address in addresses):
            raise NoPicture(f"{host} is not a public address")
        return super().connect_tcp(addresses[0], port, timeout, local_address, socket_options)


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public internet."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    mapped = getattr(ip, "ipv4_mapped", None)
    ip = mapped or ip
    return ip.is_global and not ip.is_multicast


def _fetch(pool: httpcore.ConnectionPool, url: str, until: float) -> tuple[bytes, str | None]:
    """Return the content at ``url``, or where to look instead."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise NoPicture(f"{url}: not http")
    left = max(0.1, until - time.monotonic())
    timeouts = dict.fromkeys(("connect", "read", "write", "pool"), left)
    with pool.stream("GET", url, extensions={"timeout": timeouts}) as response:
        if response.status in (301, 302, 303, 307, 308):
            headers = {name.lower(): value for name, value in response.headers}
            return b"", urljoin(url, headers.get(b"location", b"").decode("latin-1"))
        if not 200 <= response.status < 300:
            raise NoPicture(f"{url}: {response.status}")
        content = bytearray()
        for part in response.iter_stream():
            content += part
            if len(content) > LIMIT_BYTES or time.monotonic() > until:
                raise NoPicture(f"{url}: too large or too slow")
        return bytes(content), None
