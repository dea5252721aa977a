"""One page of records, with the labels of what they point at."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from unfold.views import ChangeList

from collections_app.schema.definition import CollectionDef
from dashboard_app.acting import file_token
from dashboard_app.records import labels
from dashboard_app.records.file_control import names_in


class RecordChangeList(ChangeList):  # type: ignore[misc]
    """Labels cost one query for each relation, whatever the number of records."""

    result_list: list[Any]

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request, *args, **kwargs)
        self.opts = self.model_admin.opts

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        if not self.query:
            self.full_result_count = self.result_count  # known without another COUNT
        # where one page holds all, Django would search once more
        self.result_list = list(self.result_list if self.multi_page else self._all())
        collection: CollectionDef = self.model_admin.collection
        self._label_relations(collection)
        if any(getattr(field.options, "protected", False) for field in collection.fields):
            token = file_token(request)
            for record in self.result_list:
                record.file_token = token

    def _all(self) -> Sequence[Any]:
        found: Sequence[Any] = self.paginator.page(1).object_list
        return found

    def _label_relations(self, collection: CollectionDef) -> None:
        for record in self.result_list:
            record.related_labels = {}
        for field in collection.fields:
            if field.relation_target is None:
                continue
            ids = {item for record in self.result_list for item in names_in(record[field.name])}
            found = labels.labels_of(field.relation_target, ids)
            for record in self.result_list:
                record.related_labels[field.name] = found
