"""A client of ``GET /api/realtime`` over a real socket, for ours and for PocketBase."""

from __future__ import annotations

import json
import queue
import socket
import threading
from contextlib import suppress

WAIT_S = 60.0


class Sse:
    """One connection, read by a thread. ``next()`` is the next event as ``(id, name, data)``."""

    def __init__(self, server, **headers):
        self.server = server
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=WAIT_S)
        lines = ["GET /api/realtime HTTP/1.1", "Host: test", *_lines(headers), "", ""]
        self.socket.sendall("\r\n".join(lines).encode())
        self._file = self.socket.makefile("rb")
        self.status = self._file.readline().decode().strip()
        self.headers = {}
        while line := self._file.readline().decode().strip():
            name, _, value = line.partition(":")
            self.headers[name.lower()] = value.strip()
        self.socket.settimeout(None)  # silence does not end it
        self._events = queue.Queue()
        #: the answer came to its end, rather than the connection
        self.ended_well = False
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()
        self.id, self.first_name, self.first_data = self.next()

    def next(self):
        """Return the next event; ``None`` at the end of the stream."""
        return self._events.get(timeout=WAIT_S)

    def records(self, count):
        """Return ``(name, action, record)`` of the next events."""
        out = []
        for _ in range(count):
            event = self.next()
            assert event is not None, "the stream has ended"
            data = json.loads(event[2])
            out.append((event[1], data["action"], data["record"]))
        return out

    def until(self, name):
        """Return the names of the events before the one called ``name``."""
        names = []
        while (event := self.next())[1] != name:
            names.append(event[1])
        return names

    def subscribe(self, http, *topics, **headers):
        """Post the topics through ``http``; return the answer."""
        body = {"clientId": self.id, "subscriptions": list(topics)}
        return http.post("/api/realtime", json=body, headers=_dashed(headers))

    def close(self):
        with suppress(OSError):
            self.socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(WAIT_S)
        self._file.close()
        self.socket.close()

    def _read(self):
        with suppress(OSError, ValueError):
            rest = b""
            while size := int(self._file.readline().strip() or b"0", 16):
                rest += self._file.read(size)
                self._file.readline()
                *events, rest = rest.split(b"\n\n")
                for event in events:
                    lines = event.decode().split("\n")
                    self._events.put(tuple(line.split(":", 1)[1] for line in lines))
            self.ended_well = True
        self._events.put(None)


def _dashed(headers):
    return {name.replace("_", "-"): value for name, value in headers.items()}


def _lines(headers):
    return [f"{name}: {value}" for name, value in _dashed(headers).items()]
