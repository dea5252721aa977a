"""The transaction of an act on records, by the schema that its request began with or not at all."""

from __future__ import annotations

from types import TracebackType

from django.db import connections

from collections_app.schema import snapshot
from core_app.transactions import write


class writing:
    """``write()``; raise ``SchemaMoved`` if the schema changed while waiting for the turn."""

    __slots__ = ("_is_part", "_savepoint", "_write")

    def __init__(self, *, savepoint: bool = True) -> None:
        self._savepoint = savepoint

    def __enter__(self) -> None:
        self._is_part = connections["default"].in_atomic_block
        schema = None if self._is_part else snapshot.required_version()
        self._write = write(schema, savepoint=self._savepoint)
        self._write.__enter__()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._write.__exit__(kind, error, trace)
        if kind is None and not self._is_part:
            snapshot.settle()
