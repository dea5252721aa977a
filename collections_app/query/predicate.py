"""A rule or filter as a Django expression: ``get_model("orders").objects.filter(rule(…))``.

The only module of ``query`` that knows the ORM. The condition is compiled for the alias that the
queryset gives the table, so it goes together with joins, ``Q``, ``exclude``, annotations and
subqueries.
"""

from __future__ import annotations

from typing import Any, Protocol, cast

from django.core.exceptions import FieldError
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import BooleanField, F, Func
from django.db.models.expressions import Col
from django.db.models.sql.compiler import SQLCompiler

from collections_app.query import dialects
from collections_app.query.bind import bind
from collections_app.query.select import where
from collections_app.schema import lookup
from collections_app.schema import snapshot as snapshots
from collections_app.schema.definition import CollectionDef
from collections_app.schema.snapshot import Snapshot
from core_app import sql
from core_app.request_info import RequestInfo


class _HasCollection(Protocol):
    collection: CollectionDef


def rule(
    collection: str | CollectionDef, text: str, *, info: RequestInfo | None = None, **params: Any
) -> Rule:
    """Return the expression that a record of ``collection`` passes ``text``.

    ``{:name}`` stands for ``params["name"]``. The text may read everything, as rules may;
    ``@request.*`` is what ``info`` says, null without it. ``""`` is true of every record. Raise
    ``UnknownCollection`` and ``FilterError``.
    """
    found = lookup.get(collection if isinstance(collection, str) else collection.id)
    made = Rule(snapshots.current(), found, bind(text, params) if params else text, info)
    if made.text:
        made.compiled(found.table)
    return made


class Rule(Func):
    """True, or false; never NULL. Its only argument is the key of the record it is about."""

    conditional = True
    output_field = BooleanField()

    def __init__(
        self, snapshot: Snapshot, collection: CollectionDef, text: str, info: RequestInfo | None
    ) -> None:
        super().__init__(F("pk"))
        self.snapshot = snapshot
        self.collection = collection
        self.text = text
        self.info = info

    def __repr__(self) -> str:
        return f"rule({self.collection.name!r}, {self.text!r})"

    def compiled(self, alias: str) -> tuple[str, tuple[Any, ...]]:
        """Return the condition about the row ``alias``, with the marks of Django's cursors."""
        joins, condition, *_ = where(self.snapshot, self.collection, self.info, self.text, alias)
        text, params = condition
        if joins.text:
            no_table = dialects.of(connection.vendor).no_table
            text = f"EXISTS (SELECT 1 FROM {no_table} {joins.text} WHERE {text})"  # noqa: S608
            params = (*joins.params, *params)
        else:
            # what is NULL is not true; the condition itself stays in front for the indexes
            text, params = f"({text} AND ({text}) IS TRUE)", (*params, *params)
        return sql.for_django(text), params

    @property
    def identity(self) -> tuple[Any, ...]:
        """Return what two equal expressions have in common."""
        return Rule, self.snapshot.version, self.collection.id, self.text, id(self.info)

    def as_sql(  # type: ignore[override]
        self, compiler: SQLCompiler, connection: BaseDatabaseWrapper, **_: Any
    ) -> tuple[str, tuple[Any, ...]]:
        """Return the condition for the alias that the record's table has in this statement."""
        key = cast("Col", self.source_expressions[0])
        model = cast("_HasCollection", key.target.model)
        if model.collection.id != self.collection.id:
            raise FieldError(f"{self!r} is not about records of {model.collection.name}")
        if not self.text:
            return "1 = 1", ()
        return self.compiled(key.alias or self.collection.table)
