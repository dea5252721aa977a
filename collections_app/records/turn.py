"""The transaction of an act on records, by the schema that its request began with or not at all."""

from __future__ import annotations

from types import TracebackType

from collections_app.schema import snapshot
from core_app.transactions import write


class writing(write):
    """``write()``; raise ``SchemaMoved`` if the schema changed while waiting for the turn."""

    __slots__ = ()

    def __init__(self, *, savepoint: bool = True) -> None:
        super().__init__(snapshot.required_version(), savepoint=savepoint)

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        super().__exit__(kind, error, trace)
        if kind is None and self._turn is not None:  # all of a transaction, not a part of one
            snapshot.settle()
