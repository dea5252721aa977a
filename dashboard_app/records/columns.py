"""The columns of a list of records: which there are, and what a cell shows."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import orjson
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from collections_app.collection_types import registry
from collections_app.fields.base import FieldType, Shape
from collections_app.fields.json_text import VerbatimJson
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from dashboard_app.records.file_control import IMAGES, names_in

Column = Callable[[RecordModel], Any]

#: how many fields a list shows beside the id and the dates
MAX_COLUMNS = 7
MAX_TEXT = 60
#: too long to be worth a column
_LONG_TYPES = ("editor", "json")
EMPTY = "-"


def list_fields(collection: CollectionDef) -> list[FieldType]:
    """Return the fields that a list shows: the id, the first ones, then the dates."""
    shown = [field for field in visible_fields(collection) if field.name != "id"]
    dates = [field for field in shown if field.is_automatic]
    long_types = () if collection.is_view else _LONG_TYPES  # of a view they are figures
    others = [
        field for field in shown if not field.is_automatic and field.type_name not in long_types
    ][:MAX_COLUMNS]
    return [collection.by_name["id"], *others, *dates]


def visible_fields(collection: CollectionDef) -> list[FieldType]:
    """Return the fields that anybody may read: no passwords, no keys."""
    secret = registry.of(collection.type_name).secret_fields
    return [
        field
        for field in collection.fields
        if field.shape is not Shape.BLANK and field.name not in secret
    ]


def column(field: FieldType, attribute: str) -> Column:
    """Return the function that shows ``field``, with what Django's list wants to know of it.

    ``attribute`` is what the model calls the field.
    """
    name = field.name

    def show(record: RecordModel) -> Any:
        return cell(field, record)

    show.__name__ = f"show_{name}"
    show.short_description = name  # type: ignore[attr-defined]
    show.admin_order_field = attribute  # type: ignore[attr-defined]
    return show


def cell(field: FieldType, record: RecordModel) -> Any:
    """Return what a list shows of a field: short, safe, never empty."""
    value = record[field.name]
    if field.is_zero(value) and field.type_name != "number" and field.type_name != "bool":
        return EMPTY
    show = _CELLS.get(field.type_name, _text)
    return show(field, record, value)


def short(text: str) -> str:
    """Return one line of at most ``MAX_TEXT`` characters."""
    line = " ".join(text.split())
    return line if len(line) <= MAX_TEXT else f"{line[:MAX_TEXT]}…"


def _text(field: FieldType, record: RecordModel, value: Any) -> Any:
    return format_html('<span class="t-cell">{}</span>', short(str(value)))


def _bool(field: FieldType, record: RecordModel, value: Any) -> SafeString:
    icon, color = ("check", "text-green-600") if value else ("close", "text-base-400")
    return format_html(
        '<span class="material-symbols-outlined md-18 {}" title="{}">{}</span>',
        color,
        "true" if value else "false",
        icon,
    )


def _date(field: FieldType, record: RecordModel, value: Any) -> SafeString:
    return format_html('<span class="whitespace-nowrap" title="{}">{}</span>', value, value[:19])


def _badges(field: FieldType, record: RecordModel, value: Any) -> SafeString:
    return format_html_join(
        " ",
        '<span class="bg-base-100 inline-block px-2 py-0.5 rounded-default whitespace-nowrap '
        'dark:bg-base-800">'
        "{}</span>",
        ((item,) for item in names_in(value)),
    )


def _relation(field: FieldType, record: RecordModel, value: Any) -> SafeString:
    known = getattr(record, "related_labels", {}).get(field.name, {})
    return format_html_join(", ", "{}", ((known.get(item, item),) for item in names_in(value)))


def _file(field: FieldType, record: RecordModel, value: Any) -> SafeString:
    token = getattr(record, "file_token", "")
    query = f"&token={token}" if token and getattr(field.options, "protected", False) else ""
    return format_html_join(
        " ", "{}", ((_one_file(record, name, query),) for name in names_in(value))
    )


def _one_file(record: RecordModel, name: str, query: str) -> SafeString:
    url = f"/api/files/{record.collection_id}/{record.id}/{name}"
    if os.path.splitext(name)[1].lower() not in IMAGES:
        return format_html("{}", short(name))
    return format_html(
        '<img src="{}?thumb=100x100{}" alt="{}" title="{}" loading="lazy" '
        'class="border border-base-200 h-8 inline-block object-cover rounded-default w-8 '
        'dark:border-base-700">',
        url,
        query,
        name,
        name,
    )


def _json(field: FieldType, record: RecordModel, value: Any) -> SafeString:
    plain = value.value if isinstance(value, VerbatimJson) else value
    text = orjson.dumps(plain, option=orjson.OPT_NON_STR_KEYS).decode()
    return format_html('<code class="text-xs">{}</code>', short(text))


def _point(field: FieldType, record: RecordModel, value: Any) -> SafeString:
    return format_html('<span class="whitespace-nowrap">{}, {}</span>', value["lat"], value["lon"])


_CELLS: dict[str, Callable[[FieldType, RecordModel, Any], Any]] = {
    "bool": _bool,
    "date": _date,
    "autodate": _date,
    "select": _badges,
    "relation": _relation,
    "file": _file,
    "json": _json,
    "geoPoint": _point,
}
