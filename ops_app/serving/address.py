"""Where to listen: ``host:port`` as people write it, and whether the port is free."""

from __future__ import annotations

import errno
import socket
from typing import NamedTuple

DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 8090


class BadAddress(ValueError):
    """The text is not an address to listen on."""


class AddressInUse(OSError):
    """Nobody can listen there: taken, not ours, or not of this machine."""


class Address(NamedTuple):
    host: str
    port: int

    @property
    def url(self) -> str:
        """The address as a browser on this machine reaches it."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.host, self.host)  # noqa: S104
        if ":" in host and not host.startswith("["):
            host = f"[{host}]"
        return f"http://{host}" if self.port == 80 else f"http://{host}:{self.port}"


def parse(text: str) -> Address:
    """Return the address in ``host:port``, ``:port``, ``port``, ``host`` or ``[ipv6]:port``.

    Raise ``BadAddress``.
    """
    host, mark, port = text.rpartition(":")
    if text.endswith("]") or not mark:
        host, port = ("", text) if text.isdigit() else (text, str(DEFAULT_PORT))
    if not port.isdigit() or not 0 < int(port) < 65536:
        raise BadAddress(f"{text!r} is not an address; write host:port, for example 127.0.0.1:8090")
    return Address(host.strip("[]") or DEFAULT_HOST, int(port))


def require_free(address: Address) -> None:
    """Raise ``AddressInUse`` unless one can listen on ``address``."""
    try:
        family, kind, *_, where = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(where)
    except OSError as error:
        reason = error.strerror or str(error)
        what = f"cannot listen on {address.host}:{address.port}: {reason}"
        raise AddressInUse(f"{what}{_way_out(error, address)}") from error


def _way_out(error: OSError, address: Address) -> str:
    if error.errno == errno.EADDRINUSE:
        other = address.port + 1 if address.port < 65535 else DEFAULT_PORT
        return f"; end the server that runs there, or take another port, {other} for example"
    if error.errno == errno.EADDRNOTAVAIL:
        return "; it is no address of this machine: 0.0.0.0 stands for all it has"
    if error.errno == errno.EACCES:
        return "; ports below 1024 are root's: take another, with a proxy in front of it"
    return ""
