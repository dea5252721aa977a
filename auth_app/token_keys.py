"""``tokenKey``: the part of every token's signing key that belongs to one record."""

from __future__ import annotations

from collections_app.schema.record_model import RecordModel
from core_app import ids

_LENGTH = 50


def refresh(record: RecordModel) -> None:
    """Give ``record`` a new token key, unsaved: all of its tokens die when it is saved."""
    field = record.collection.by_name["tokenKey"]
    fresh = field.modify(":autogenerate", record["tokenKey"], "")
    record.put("tokenKey", fresh or ids.random_string(_LENGTH))
