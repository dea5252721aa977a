"""The small picture of a record, where its collection has one."""

from __future__ import annotations

import os

from django.http import HttpRequest

from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from dashboard_app.acting import file_token
from dashboard_app.records.file_control import IMAGES, names_in


class Thumbs:
    """The addresses of pictures of one collection's records, for one request."""

    def __init__(self, collection: CollectionDef, request: HttpRequest | None) -> None:
        files = [field for field in collection.fields if field.type_name == "file"]
        presentable = [field for field in files if field.options.presentable]
        self.field = next(iter(presentable or files), None)
        is_protected = getattr(getattr(self.field, "options", None), "protected", False)
        self.token = file_token(request) if is_protected and request is not None else ""
        self.is_hidden = is_protected and not self.token

    def of(self, record: RecordModel) -> str:
        """Return the address of the record's first picture, ``""`` if it has none."""
        if self.field is None or self.is_hidden:
            return ""
        for name in names_in(record[self.field.name]):
            if os.path.splitext(name)[1].lower() in IMAGES:
                url = f"/api/files/{record.collection_id}/{record.id}/{name}?thumb=100x100"
                return f"{url}&token={self.token}" if self.token else url
        return ""
