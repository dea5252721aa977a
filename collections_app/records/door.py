"""What ``record.set()``, ``record.save()`` and ``record.delete()`` do: the service's acts."""

from __future__ import annotations

from typing import Any

from collections_app.records import service
from collections_app.records.values import apply_body
from collections_app.schema.record_model import RecordModel


class ServiceDoor:
    """``RecordModel.door``, plugged in when Django is ready."""

    def set(self, record: RecordModel, key: str, value: Any) -> None:
        """Set a field by a body's key, modifiers included (``tags+``)."""
        for name, new in apply_body(record.collection, record, {key: value}).items():
            record.put(name, new)

    def save(self, record: RecordModel) -> None:
        service.save(record)

    def delete(self, record: RecordModel) -> None:
        service.delete(record.collection, record.id)
