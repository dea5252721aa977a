"""Ports for the servers that tests start."""

from __future__ import annotations

import random
import socket

#: below the ports that systems hand out by themselves, to clients and to servers on port 0
_PORTS = range(23_000, 32_000)
_reserved: list[socket.socket] = []


def free_port() -> int:
    """Return a port of 127.0.0.1 that is nobody else's, in any process of tests, until this ends.

    A server takes seconds to start, and may start again: its port is kept for it by a UDP socket.
    """
    for port in random.sample(_PORTS, len(_PORTS)):
        mark = socket.socket(type=socket.SOCK_DGRAM)
        try:
            mark.bind(("127.0.0.1", port))
            with socket.socket() as probe:
                probe.bind(("127.0.0.1", port))
        except OSError:
            mark.close()
            continue
        _reserved.append(mark)
        return port
    raise RuntimeError("every port is taken")
