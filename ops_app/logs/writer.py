"""Entries -> ``_logs``, in batches, by a thread of its own: requests never wait for it."""

from __future__ import annotations

import atexit
import logging
import secrets
import sqlite3
import threading
import time
from collections import deque
from typing import Any

import orjson
from django.conf import settings
from django.db import DatabaseError, connections

from core_app.lifecycle import server_stopped
from ops_app.logs.entry import Noted, Row, row_of

logger = logging.getLogger("holdall.logs")

BATCH = 200  # entries that are written without waiting for more
WAIT_S = 3.0  # how long an entry waits for others
MOST_KEPT = 20_000  # entries in memory; if the disk cannot keep up, the oldest are dropped
PAUSE_S = 0.25  # between two batches, so that they are large when there is much to write

#: one step of the driver for a whole batch: it lets go of the interpreter's lock once, where
#: ``executemany`` would fight the requests for it at every row
_INSERT = (
    'INSERT INTO "_logs" ("level", "message", "data", "created") '
    "SELECT json_extract(value, '$[0]'), json_extract(value, '$[1]'), "
    "json_extract(value, '$[2]'), json_extract(value, '$[3]') FROM json_each(%s)"
)
#: PostgreSQL's way for many rows costs it a third of an INSERT
_COPY = 'COPY "_logs" ("id", "level", "message", "data", "created") FROM STDIN'


class LogWriter:
    """Keeps entries in memory until there are enough of them, or the oldest is old enough."""

    def __init__(self) -> None:
        self._entries: deque[Noted] = deque(maxlen=MOST_KEPT)
        self._dropped = 0  # since the last flush
        self._wake = threading.Event()
        self._starting = threading.Lock()
        self._writing = threading.Lock()
        self._thread: threading.Thread | None = None

    def add(self, entry: Noted) -> None:
        """Take an entry; it is in the database within a few seconds."""
        entries = self._entries
        if len(entries) == MOST_KEPT:
            self._dropped += 1
        entries.append(entry)
        waiting = len(entries)
        if waiting == 1 or waiting == BATCH:
            if self._thread is None and settings.HOLDALL_LOG_THREAD:
                self._start()
            self._wake.set()

    def clear(self) -> None:
        """Forget what was not written yet."""
        self._entries.clear()

    def flush(self, **_: Any) -> None:
        """Write what there is now, in the calling thread."""
        with self._writing:
            entries = self._entries
            noted = [entries.popleft() for _ in range(len(entries))]
            if self._dropped:
                logger.error("%s log entries were lost: the disk cannot keep up", self._dropped)
                self._dropped = 0
            if not noted:
                return
            rows = [row_of(entry) for entry in noted]
            try:
                connection = connections["auxiliary"]
                with connection.cursor() as cursor:
                    if connection.vendor == "postgresql":
                        _copy(cursor, rows)
                    else:
                        cursor.execute(_INSERT, [orjson.dumps(rows).decode()])
            except (DatabaseError, sqlite3.Error):
                logger.exception("%s log entries were lost", len(rows))
                connections["auxiliary"].close_if_unusable_or_obsolete()

    def _start(self) -> None:
        with self._starting:
            if self._thread is None:
                server_stopped.connect(self.flush, dispatch_uid="logs")
                atexit.register(self.flush)
                self._thread = threading.Thread(target=self._run, name="logs", daemon=True)
                self._thread.start()

    def _run(self) -> None:
        while True:
            self._wake.wait()
            self._wake.clear()
            if len(self._entries) < BATCH:
                self._wake.wait(WAIT_S)
                self._wake.clear()
            self.flush()
            time.sleep(PAUSE_S)
            if self._entries:
                self._wake.set()


def _copy(cursor: Any, rows: list[Row]) -> None:
    """Write rows to PostgreSQL, which has no place for NUL."""
    with cursor.copy(_COPY) as copy:
        for level, message, data, created in rows:
            shown, text = message.replace("\0", "\ufffd"), data.replace(r"\u0000", r"\ufffd")
            copy.write_row((f"r{secrets.token_hex(7)}", level, shown, text, created))


writer = LogWriter()
