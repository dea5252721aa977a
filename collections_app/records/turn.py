"""The transaction of an act on records, by the schema that its request began with or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from collections_app.schema import snapshot
from core_app.transactions import write


@contextmanager
def writing(*, savepoint: bool = True) -> Iterator[None]:
    """``write()``; raise ``SchemaMoved`` if the schema changed while waiting for the turn."""
    if connection.in_atomic_block:
        with write(savepoint=savepoint):
            yield
        return
    with write(snapshot.required_version()):
        yield
    snapshot.settle()
