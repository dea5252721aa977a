"""The search box of a list: a filter as the API's, or words looked for in every text."""

from __future__ import annotations

import re
from typing import Any

from django.db.models import QuerySet

from collections_app.query.errors import FilterError
from collections_app.query.predicate import rule
from collections_app.schema.definition import CollectionDef

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
        return queryset.filter(rule(collection, filter_text))
    except FilterError as error:
        raise UnreadableFilter(error.reason) from error


def any_field_contains(collection: CollectionDef, words: str) -> str:
    """Return the filter that looks for ``words`` in every field that holds text."""
    literal = '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'
    names = [field.name for field in collection.fields if field.type_name in _SEARCHED_TYPES]
    return " || ".join(f"{name} ~ {literal}" for name in names)
