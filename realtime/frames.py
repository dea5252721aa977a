"""Messages as bytes on the wire: three lines and a blank one, no space after the colon.

``id:<client id>`` is each client's own; the two lines after it are made once and shared by all who
get the message. Source: PocketBase apis/realtime.go.
"""

from __future__ import annotations

from typing import Any

import orjson

CONNECT = "PB_CONNECT"


def prefix(client_id: str) -> bytes:
    """Return the line that begins every message to this client."""
    return f"id:{client_id}\n".encode()


def frame(name: str, data: bytes) -> bytes:
    """Return what follows the id: the event's name and its JSON."""
    return b"event:%b\ndata:%b\n\n" % (name.encode("utf-8", "surrogatepass"), data)


def connect_data(client_id: str) -> bytes:
    """Return the JSON of the first message of a connection."""
    return b'{"clientId":"%b"}' % client_id.encode()


def encode(data: Any) -> bytes:
    """Return ``data`` as compact JSON."""
    return orjson.dumps(data)
