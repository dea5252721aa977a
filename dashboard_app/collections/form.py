"""The form of one collection. It saves while it validates: the service's word is the validation."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest
from unfold import widgets

from collections_app.collection_types import registry
from collections_app.models import Collection
from collections_app.schema import present, snapshot, soft_delete
from collections_app.schema.definition import CollectionDef
from collections_app.schema_edit import scaffolds, service
from core_app.errors import ApiError
from dashboard_app import refusals
from dashboard_app.acting import info_of
from dashboard_app.collections import copying, editor_data
from dashboard_app.collections.controls import CODE, JsonValue, Lines, Rule
from dashboard_app.collections.short_json import short_json

RULE_LABELS = {
    "listRule": "List and search",
    "viewRule": "View",
    "createRule": "Create",
    "updateRule": "Update",
    "deleteRule": "Delete",
}
READ_RULES = ("listRule", "viewRule")
#: what a new collection begins with, beside what its type brings
NEW_FIELDS = [
    {"name": "created", "type": "autodate", "onCreate": True},
    {"name": "updated", "type": "autodate", "onCreate": True, "onUpdate": True},
]


class CollectionForm(forms.ModelForm):  # type: ignore[type-arg]
    """Made for one request by ``form_class``; its fields are named as in the collection's JSON."""

    request: HttpRequest
    type_name: str
    #: ``None`` for a new collection
    collection: CollectionDef | None

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        #: what was stored, once it is
        self.made: CollectionDef | None = None
        stored = self.collection
        begin = _initial(stored) if stored else _blank(self.type_name, self.request)
        self.initial = {**begin, **self.initial}

    @property
    def editor_data(self) -> dict[str, Any]:
        """Return what the editor's script needs to know."""
        return editor_data.of(self.type_name, self.collection)

    def _post_clean(self) -> None:
        if not self.errors:
            try:
                self.made = self._stored()
            except ApiError as refusal:
                refusals.show_in(self, refusal, otherwise="options")
            else:
                self.instance = Collection.objects.get(pk=self.made.id)

    def _stored(self) -> CollectionDef:
        info = info_of(self.request)
        if self.collection is None:
            return service.create(self._body(list(self.fields)), info)
        return service.update(self.collection, self._body(self.changed_data), info)

    def _body(self, names: list[str]) -> dict[str, Any]:
        """Return what the API would be sent."""
        body = {name: self.cleaned_data[name] for name in names}
        return {**body.pop("options", {}), **body}

    def save(self, commit: bool = True) -> Collection:
        """Return the row, stored already."""
        row: Collection = self.instance
        return row

    def save_m2m(self) -> None:
        """There is nothing else to save."""


def form_class(request: HttpRequest, collection: CollectionDef | None) -> type[CollectionForm]:
    """Return the class of the form that edits ``collection``, or makes a new one."""
    type_name = collection.type_name if collection else new_type(request)
    meta = type("Meta", (), {"model": Collection, "fields": ()})
    body: dict[str, Any] = {
        "Meta": meta,
        "request": request,
        "type_name": type_name,
        "collection": collection,
    }
    made: type[CollectionForm] = type("CollectionForm", (CollectionForm,), body)
    made.base_fields = controls(type_name, collection)
    return made


def new_type(request: HttpRequest) -> str:
    """Return the type of the collection that is being made."""
    asked = request.POST.get("type") or request.GET.get("type") or ""
    return asked if asked in registry.registered() else "base"


def controls(type_name: str, collection: CollectionDef | None) -> dict[str, forms.Field]:
    """Return the form fields for a collection of this type, in the order they are shown."""
    stores_records = registry.of(type_name).stores_records
    found: dict[str, forms.Field] = {
        "name": forms.CharField(
            widget=widgets.UnfoldAdminTextInputWidget({"autocomplete": "off"}),
            required=False,
            disabled=collection is not None and collection.system,
        ),
    }
    if collection is None:
        found["type"] = _type_choice()
    if stores_records:
        found["fields"] = JsonValue(list, rows=12)
        found["indexes"] = Lines(help_text="One CREATE INDEX on each line.")
    else:
        found["viewQuery"] = _query()
    for key in RULE_LABELS if stores_records else READ_RULES:
        found[key] = Rule(label=RULE_LABELS[key])
    if stores_records and (collection is None or _own_options(collection)):
        found["options"] = JsonValue(dict, rows=16)
    return found


def _type_choice() -> forms.Field:
    choices = [(name, name.capitalize()) for name in registry.registered()]
    widget = widgets.UnfoldAdminSelectWidget({"data-type-choice": ""})
    return forms.ChoiceField(choices=choices, widget=widget, required=False)


def _query() -> forms.Field:
    return forms.CharField(
        label="Query",
        widget=widgets.UnfoldAdminTextareaWidget({"rows": 6, "class": CODE, "spellcheck": "false"}),
        required=False,
        help_text="A SELECT whose columns become the fields; one of them must be called id. "
        "Collections, fields and keywords are offered while you type (arrow keys, Tab).",
    )


def _initial(collection: CollectionDef) -> dict[str, Any]:
    own = _own_options(collection)
    return {
        **present.collection_json(collection),
        "fields": [short_json(field) for field in collection.fields],
        "options": own,
    }


def _blank(type_name: str, request: HttpRequest) -> dict[str, Any]:
    """Return what a new collection begins with: what its type brings, or a copy of another."""
    original = snapshot.current().by_id.get(request.GET.get("from", ""))
    if original is not None and original.type_name == type_name:
        return {**_initial(original), **copying.differences(original)}
    whole = scaffolds.scaffolds(snapshot.current())[type_name]
    return {
        "type": type_name,
        "fields": NEW_FIELDS,
        "options": {**_without_trash(), **_only_options(type_name, whole)},
    }


def _own_options(collection: CollectionDef) -> dict[str, Any]:
    own = registry.of(collection.type_name).public_options(collection)
    if collection.is_view or collection.system:
        return own
    return {**own, **(soft_delete.as_options(collection.soft_delete) or _without_trash())}


def _without_trash() -> dict[str, Any]:
    return {**soft_delete.as_options(soft_delete.SoftDelete()), soft_delete.ON: False}


def _only_options(type_name: str, whole: dict[str, Any]) -> dict[str, Any]:
    return {key: whole[key] for key in registry.of(type_name).default_options() if key in whole}
