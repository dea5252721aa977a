"""The transaction of an act on records, by the schema that its request began with or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from collections_app.schema import snapshot
from core_app import sql
from core_app.transactions import write


@contextmanager
def writing() -> Iterator[None]:
    """``write()``; raise ``SchemaMoved`` if the schema changed while waiting for the turn.

    Where others write meanwhile that is asked at the end: then the tables that were written to
    are locked, and whoever changes them waits.
    """
    is_part = connection.in_atomic_block
    asks_first = sql.dialect().has_one_writer
    with write():
        if not is_part and asks_first:
            snapshot.refuse_if_moved()
        yield
        if not is_part and not asks_first:
            snapshot.refuse_if_moved()
    if not is_part:
        snapshot.settle()
