"""A collection -> a form with an input for each field, as REST framework draws them.

What the form sends is a multipart body as any client's. Serializers are used for their look alone:
values are the API's to check.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, TypeAlias

from rest_framework import serializers
from rest_framework.renderers import HTMLFormRenderer

from collections_app.collection_types import registry
from collections_app.fields.base import FieldType
from collections_app.fields.date import MARK_ID
from collections_app.fields.value_types import Kind
from collections_app.schema.definition import CollectionDef

_Input: TypeAlias = "serializers.Field[Any, Any, Any, Any]"

_LOOK = {"style": {"template_pack": "rest_framework/horizontal"}}
_LONG = {"base_template": "textarea.html", "rows": 4}


def form(collection: CollectionDef, values: Mapping[str, Any] | None) -> str:
    """Return the inputs as HTML; ``values`` are those of a record that is changed."""
    inputs = {
        item.name: _input(item, is_new=values is None)
        for item in collection.fields
        if _is_written(collection, item, is_new=values is None)
    }
    if collection.is_auth:
        inputs["passwordConfirm"] = _password("passwordConfirm")
    form_class = type("RecordForm", (serializers.Serializer,), dict(inputs))
    if values is None:
        made = form_class()
    else:
        shown = {name: _shown(item, values.get(name)) for name, item in inputs.items()}
        made = form_class(instance=shown)
    html: str = HTMLFormRenderer().render(made.data, None, {**_LOOK})
    return html


def several_files(collection: CollectionDef) -> str:
    """Return the names of the fields that take several files, with spaces between."""
    return " ".join(
        item.name
        for item in collection.fields
        if item.is_multiple and item.value_type.kind is Kind.FILE
    )


def _is_written(collection: CollectionDef, item: FieldType, *, is_new: bool) -> bool:
    if item.is_automatic or item.id == MARK_ID or (item.is_key and not is_new):
        return False
    secret = registry.of(collection.type_name).secret_fields
    return item.name not in secret or item.value_type.kind is Kind.UNSEEN


def _input(item: FieldType, *, is_new: bool) -> _Input:
    value, options = item.value_type, item.options
    given: dict[str, Any] = {
        "label": item.name,
        "help_text": options.help,
        "required": options.required and is_new and not item.is_key,
    }
    match value.kind:
        case Kind.BOOL:
            return serializers.ChoiceField([("false", "no"), ("true", "yes")], **given)
        case Kind.CHOICE if value.is_list:
            return serializers.MultipleChoiceField(choices=list(value.choices), **given)
        case Kind.CHOICE:
            return serializers.ChoiceField(["", *value.choices], allow_blank=True, **given)
        case Kind.FILE:
            return serializers.FileField(**given)
        case Kind.NUMBER:
            return serializers.CharField(style={"input_type": "number", "step": "any"}, **given)
        case Kind.JSON | Kind.POINT:
            return serializers.CharField(style=_LONG, **given)
        case Kind.UNSEEN:
            return _password(item.name)
    if value.is_list:
        given["help_text"] = f"{options.help} A JSON list of ids.".strip()
    is_long = item.json_limits().get("contentMediaType") == "text/html"
    return serializers.CharField(style=_LONG if is_long else {}, **given)


def _password(name: str) -> _Input:
    return serializers.CharField(label=name, required=False, style={"input_type": "password"})


def _shown(item: _Input, value: Any) -> Any:
    """Return a value as an input has it."""
    if isinstance(item, serializers.MultipleChoiceField):
        return value or []
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
