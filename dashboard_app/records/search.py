"""The search box of a list: a filter as the API's, or words looked for in every text."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import QuerySet
from django.db.models.expressions import RawSQL

from collections_app.query.errors import FilterError
from collections_app.query.select import select
from collections_app.records.rows import quoted
from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from core_app import sql

_OPERATOR = re.compile(r"\?{0,1}(!?=|!?~|[<>]=?)")
_SEARCHED_TYPES = ("text", "email", "url", "editor", "number", "select", "relation", "file")


class UnreadableFilter(Exception):
    """The text has operators but is no filter; the reason says why."""


def matching(queryset: QuerySet[Any], collection: CollectionDef, text: str) -> QuerySet[Any]:
    """Return the records of ``queryset`` that ``text`` finds. Raise ``UnreadableFilter``."""
    text = text.strip()
    if not text:
        return queryset
    filter_text = text if _OPERATOR.search(text) else any_field_contains(collection, text)
    try:
        selection = select(snapshot.current(), collection, None, filter=filter_text)
    except FilterError as error:
        raise UnreadableFilter(error.reason) from error
    table = quoted(collection.table)
    statement = (
        f"SELECT DISTINCT {table}.{quoted('id')} FROM {table} {selection.joins.text} "  # noqa: S608
        f"WHERE {selection.where.text or '1=1'}"
    )
    params = (*selection.joins.params, *selection.where.params)
    ids = RawSQL(sql.for_django(statement, queryset.db), params)  # noqa: S611 compiled, not sent
    return queryset.filter(pk__in=ids)


def any_field_contains(collection: CollectionDef, words: str) -> str:
    """Return the filter that looks for ``words`` in every field that holds text."""
    literal = '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'
    names = [field.name for field in collection.fields if field.type_name in _SEARCHED_TYPES]
    return " || ".join(f"{name} ~ {literal}" for name in names)
