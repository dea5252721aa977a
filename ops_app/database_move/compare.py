"""Are two databases the same? Counts and checksums of every table of records."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from typing import Any, NamedTuple

import orjson

from collections_app.fields.base import Shape
from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from ops_app.database_move.copy import TARGET, own_models, rows_of


class Sum(NamedTuple):
    """How many rows there are, and what they come to: in their order, whatever holds them."""

    rows: int
    digest: str


def differences() -> Iterator[str]:
    """Yield what is not the same in the target, in words."""
    for collection in snapshot.current().collections:
        if collection.is_view:
            continue
        here, there = of(collection, "default"), of(collection, TARGET)
        if here.rows != there.rows:
            yield f"{collection.name}: {here.rows:,} records here, {there.rows:,} there"
        elif here != there:
            yield f"{collection.name}: the records are not the same"
    for model in own_models():
        manager = model._base_manager
        counts = [manager.using(using).count() for using in ("default", TARGET)]
        if counts[0] != counts[1]:
            yield f"{model._meta.db_table}: {counts[0]:,} rows here, {counts[1]:,} there"


def of(collection: CollectionDef, using: str) -> Sum:
    """Return count and checksum of a collection's table."""
    count, hashed = 0, blake2b(digest_size=16)
    forms = [
        _json if field.shape is Shape.JSON or field.is_multiple else _plain
        for field in collection.fields
    ]
    for rows in rows_of(collection, using):
        count += len(rows)
        for row in rows:
            hashed.update(
                repr([form(value) for form, value in zip(forms, row, strict=True)]).encode()
            )
    return Sum(count, hashed.hexdigest())


def _plain(value: Any) -> Any:
    """Return a value that is the same for 5, 5.0 and for true and 1."""
    return float(value) if isinstance(value, (int, float)) else value


def _json(value: Any) -> Any:
    """Return JSON by what it says, whatever the order of its keys and the form of its numbers."""
    if value is None or isinstance(value, (int, float)):
        return None if value is None else float(value)
    try:
        return orjson.dumps(_numbers(orjson.loads(value)), option=orjson.OPT_SORT_KEYS)
    except orjson.JSONDecodeError:
        return value


def _numbers(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _numbers(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_numbers(item) for item in value]
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return float(value) if is_number else value
