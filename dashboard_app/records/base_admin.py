"""What the list and the form of a collection's records share: the collection, columns, rights."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from unfold.admin import ModelAdmin

from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from dashboard_app.records import columns
from dashboard_app.records.options import RecordOptions


class BaseRecordAdmin(ModelAdmin):  # type: ignore[misc]
    """The admin of one collection at one version of the schema."""

    def __init__(self, model: type[RecordModel], site: AdminSite) -> None:
        super().__init__(model, site)
        self.collection: CollectionDef = model.collection
        self.opts = RecordOptions(model._meta, self.collection.name)
        self.columns = {
            field.name: columns.column(field, self._attribute(field.name))
            for field in columns.visible_fields(self.collection)
        }

    def _attribute(self, name: str) -> str:
        return str(self.model.attributes[name])

    def has_add_permission(self, request: HttpRequest) -> bool:
        return not self.collection.is_view and super().has_add_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.collection.is_view and super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return not self.collection.is_view and super().has_delete_permission(request, obj)
