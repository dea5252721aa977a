"""The records of a list as a file: JSON as the API shows them, or CSV with a line for each."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import Any

import orjson
from django.db.models import QuerySet
from django.http import StreamingHttpResponse

from collections_app.fields.base import FieldType
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from dashboard_app.records import cells
from dashboard_app.records.columns import visible_fields

AT_ONCE = 500


class _Line:
    """A file for ``csv.writer`` that hands back what is written."""

    def write(self, text: str) -> str:
        return text


def answer(queryset: QuerySet[Any], collection: CollectionDef, kind: str) -> StreamingHttpResponse:
    """Return ``queryset`` as a download; ``kind`` is ``csv`` or ``json``."""
    found = queryset.iterator(chunk_size=AT_ONCE)
    fields = visible_fields(collection)
    if kind == "csv":
        lines, content_type = _csv(found, fields), "text/csv; charset=utf-8"
    else:
        lines, content_type = _json(found, fields), "application/json"
    headers = {"Content-Disposition": f'attachment; filename="{collection.name}.{kind}"'}
    return StreamingHttpResponse(lines, content_type=content_type, headers=headers)


def one(record: RecordModel) -> bytes:
    """Return a record as indented JSON."""
    return orjson.dumps(
        _shown(record, visible_fields(record.collection)), None, orjson.OPT_INDENT_2
    )


def _csv(found: Iterable[Any], fields: list[FieldType]) -> Iterator[bytes]:
    writer = csv.writer(_Line())
    yield str(writer.writerow([field.name for field in fields])).encode()
    for record in found:
        row = [cells.written(field.to_public(record[field.name])) for field in fields]
        yield str(writer.writerow(row)).encode()


def _json(found: Iterable[Any], fields: list[FieldType]) -> Iterator[bytes]:
    before = b"[\n"
    for record in found:
        yield before + orjson.dumps(_shown(record, fields))
        before = b",\n"
    yield b"[]\n" if before == b"[\n" else b"\n]\n"


def _shown(record: RecordModel, fields: list[FieldType]) -> dict[str, Any]:
    return {field.name: field.to_public(record[field.name]) for field in fields}
