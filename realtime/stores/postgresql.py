"""``PostgresStream``: the stream in the app's PostgreSQL, which wakes its readers by ``NOTIFY``.

Two tables that survive no crash of the server, and need not: ``realtime_told`` and
``realtime_workers`` in the schema of the request log. Messages are appended one after the other,
behind a lock, so that their numbers follow the order in which they can be read.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import psycopg

from realtime.stores.base import Away, Entry, Place, Stream

_CONNECT_S = 3
_MAKE = """
    SELECT pg_advisory_xact_lock(7302811441);
    CREATE SCHEMA IF NOT EXISTS auxiliary;
    CREATE UNLOGGED TABLE IF NOT EXISTS auxiliary.realtime_told (
        id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
        prefix text NOT NULL, sender text NOT NULL, number bigint NOT NULL, body bytea NOT NULL,
        told_at timestamptz NOT NULL DEFAULT clock_timestamp()
    );
    CREATE UNLOGGED TABLE IF NOT EXISTS auxiliary.realtime_workers (
        prefix text, tag text, said bytea NOT NULL, until timestamptz NOT NULL,
        PRIMARY KEY (prefix, tag)
    );
    CREATE OR REPLACE FUNCTION auxiliary.realtime_tell(
        prefix text, sender text, number bigint, body bytea
    ) RETURNS void LANGUAGE plpgsql AS $$
    BEGIN
        PERFORM pg_advisory_xact_lock(7302811442);
        INSERT INTO auxiliary.realtime_told (prefix, sender, number, body)
        VALUES (prefix, sender, number, body);
        PERFORM pg_notify('holdall_realtime', '');
    END $$;
"""
_ANNOUNCE = """
    INSERT INTO auxiliary.realtime_workers (prefix, tag, said, until)
    VALUES (%s, %s, %s, clock_timestamp() + make_interval(secs => %s))
    ON CONFLICT (prefix, tag) DO UPDATE SET said = excluded.said, until = excluded.until
"""
_READ = """
    SELECT id, sender, number, body FROM auxiliary.realtime_told
    WHERE id > %s AND prefix = %s ORDER BY id LIMIT %s
"""


class PostgresStream(Stream):
    """``prefix`` keeps apart what shares a database."""

    name = "PostgreSQL"
    start = (0,)

    def __init__(self, url: str, prefix: str) -> None:
        self._url = url
        self._prefix = prefix
        self._writing = threading.Lock()
        self._writer: psycopg.Connection[Any] | None = None
        self._reader: psycopg.Connection[Any] | None = None
        self._most = 0

    def announce(self, tag: str, said: bytes, for_s: float) -> None:
        self._run(_ANNOUNCE, (self._prefix, tag, said, for_s))

    def withdraw(self, tag: str) -> None:
        where = "WHERE prefix = %s AND tag = %s"
        self._run(f"DELETE FROM auxiliary.realtime_workers {where}", (self._prefix, tag))  # noqa: S608

    def workers(self) -> dict[str, bytes]:
        found = self._run(
            "SELECT tag, said FROM auxiliary.realtime_workers"
            " WHERE prefix = %s AND until > clock_timestamp()",
            (self._prefix,),
        )
        return {tag: bytes(said) for tag, said in found}

    def add(self, entries: Sequence[Entry], most: int) -> None:
        self._most = most
        for entry in entries:
            self._run(
                "SELECT auxiliary.realtime_tell(%s, %s, %s::bigint, %s)", (self._prefix, *entry)
            )

    def newest(self) -> Place:
        found = self._run(
            "SELECT coalesce(max(id), 0) FROM auxiliary.realtime_told WHERE prefix = %s",
            (self._prefix,),
        )
        return (int(found[0][0]),)

    def read(self, after: Place, at_most: int, wait_s: float) -> list[tuple[Place, Entry]]:
        with self._told():
            if self._reader is None:
                self._reader = self._connect()
                self._reader.execute("LISTEN holdall_realtime")
            asked = (after[0], self._prefix, at_most)
            found = self._reader.execute(_READ, asked).fetchall()
            if not found:
                for _ in self._reader.notifies(timeout=wait_s, stop_after=1):
                    pass
                found = self._reader.execute(_READ, asked).fetchall()
        return [((at,), Entry(sender, number, bytes(body))) for at, sender, number, body in found]

    def trim(self, older_than_s: float) -> None:
        self._run(
            "DELETE FROM auxiliary.realtime_told WHERE prefix = %s AND ("
            " told_at < clock_timestamp() - make_interval(secs => %s)"
            " OR id <= (SELECT max(id) FROM auxiliary.realtime_told) - %s)",
            (self._prefix, older_than_s, self._most or 1_000_000),
        )
        self._run("DELETE FROM auxiliary.realtime_workers WHERE until < clock_timestamp()")

    def close(self) -> None:
        with self._writing:
            self._drop()

    def _run(self, text: str, params: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        with self._writing, self._told():
            if self._writer is None:
                self._writer = self._connect()
            cursor = self._writer.execute(text, params)
            return cursor.fetchall() if cursor.description else []

    def _connect(self) -> psycopg.Connection[Any]:
        made = psycopg.connect(
            self._url,
            autocommit=True,
            connect_timeout=_CONNECT_S,
            application_name="holdall realtime",
            options="-c synchronous_commit=off -c statement_timeout=10s",
        )
        try:
            made.execute(_MAKE)
        except psycopg.Error:
            made.close()
            raise
        return made

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except psycopg.Error as error:
            self._drop()
            raise Away(str(error)) from error

    def _drop(self) -> None:
        for connection in (self._writer, self._reader):
            if connection is not None:
                with suppress(psycopg.Error):
                    connection.close()
        self._writer = self._reader = None
