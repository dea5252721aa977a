"""The form of one record. It saves while it validates: the service's word is the validation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest

from collections_app.collection_types import registry
from collections_app.fields.base import Shape
from collections_app.records import service
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app.errors import ApiError
from dashboard_app import refusals
from dashboard_app.acting import file_token, info_of
from dashboard_app.records.controls import Password, control
from dashboard_app.records.file_control import FileInput
from dashboard_app.records.relation_control import RecordChoices


class RecordForm(forms.ModelForm):  # type: ignore[type-arg]
    """Made for one collection and one request by ``form_class``."""

    request: HttpRequest
    collection: CollectionDef

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        record: RecordModel = self.instance
        self.is_new = record._state.adding
        if self.is_new:
            self.initial = {**_zeros(self.collection), **self.initial}
            for field in self.fields.values():
                if isinstance(field, Password):
                    field.help_text = ""  # there is nothing to keep
        else:
            self.initial = {**record.values(), **self.initial}
            self.fields.pop("id", None)
        self._show_files()
        for field in self.fields.values():
            if isinstance(field.widget, RecordChoices):
                field.widget.offer_new(self.request)
            if "data-rich" in field.widget.attrs:
                field.widget.attrs["data-collection"] = self.collection.id

    def _post_clean(self) -> None:
        if not self.errors:
            try:
                self.instance = self._stored()
            except ApiError as refusal:
                refusals.show_in(self, refusal)

    def _stored(self) -> RecordModel:
        info = info_of(self.request)
        if self.is_new:
            return service.create(self.collection, self._body(list(self.fields)), info)
        return service.update(
            self.collection, str(self.instance.pk), self._body(self.changed_data), info
        )

    def _body(self, names: list[str]) -> dict[str, Any]:
        """Return what the API would be sent."""
        body = {name: self.cleaned_data[name] for name in names}
        if "password" in body and "passwordConfirm" not in self.fields:
            body["passwordConfirm"] = body["password"]  # it is typed once here
        return body

    def save(self, commit: bool = True) -> RecordModel:
        """Return the record, stored already."""
        record: RecordModel = self.instance
        return record

    def save_m2m(self) -> None:
        """Several relations are values of the record like any other."""

    def _show_files(self) -> None:
        """Tell the file inputs where the record's files are."""
        inputs = [
            field.widget for field in self.fields.values() if isinstance(field.widget, FileInput)
        ]
        if not inputs or self.is_new:
            return
        for widget in inputs:
            widget.folder_url = f"/api/files/{self.collection.id}/{self.instance.pk}/"
            if widget.is_protected:
                widget.token = file_token(self.request)


def form_class(request: HttpRequest, model: type[RecordModel]) -> type[RecordForm]:
    """Return the class of the form for records of ``model``."""
    collection = model.collection
    meta = type("Meta", (), {"model": model, "fields": ()})
    body: dict[str, Any] = {"Meta": meta, "request": request, "collection": collection}
    made: type[RecordForm] = type("RecordForm", (RecordForm,), body)
    made.base_fields = dict(editable_fields(collection))
    return made


def editable_fields(collection: CollectionDef) -> list[tuple[str, forms.Field]]:
    """Return the form fields of a collection by name, in its order."""
    secret = registry.of(collection.type_name).secret_fields
    found = []
    for field in collection.fields:
        if field.name in secret and field.shape is not Shape.BLANK:
            continue  # keys are the server's; a password can be set though never read
        made = control(field)
        if made is not None:
            found.append((field.name, made))
    return found


def copied(record: RecordModel) -> dict[str, Any]:
    """Return what a copy of ``record`` begins with: no id, no file, nobody's address."""
    values = record.values()
    left_out = {"id", "email"} if record.collection.is_auth else {"id"}
    return {
        name: values[name]
        for name, control in editable_fields(record.collection)
        if name in values and name not in left_out and not isinstance(control.widget, FileInput)
    }


def _zeros(collection: CollectionDef) -> dict[str, Any]:
    return {field.name: field.zero() for field in collection.fields}
