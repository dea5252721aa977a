"""A collection -> its components and the operations on its records.

Names and properties come from ``typegen.description``, so that types and schema agree. Who is no
superuser sees no hidden fields, no rules and no system collections: neither does their schema.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from collections_app.collection_types import registry
from collections_app.fields import json_schema
from collections_app.fields.base import FieldType
from collections_app.fields.value_types import Kind
from collections_app.schema import snapshot as snapshots
from collections_app.schema.definition import CollectionDef
from collections_app.typegen.description import Description, Expansion, Property
from dashboard_app.openapi.parts import (
    ANYONE,
    BINARY,
    FLAG,
    FORM,
    JSON,
    TEXT,
    Paths,
    Schema,
    answers,
    fields,
    items,
    named,
    operation,
    page_of,
    parameter,
    ref,
)

#: what follows the name of a collection's types
CREATE, CREATE_FORM, UPDATE, UPDATE_FORM, PAGE = (
    "Create",
    "CreateForm",
    "Update",
    "UpdateForm",
    "Page",
)
SUFFIXES = (CREATE, CREATE_FORM, UPDATE, UPDATE_FORM, PAGE, "Expand", "Auth")

_MODIFIERS = (
    "Numbers are changed in place by `total+` and `total-`, lists by `tags+`, `+tags` and `tags-`."
)
_WHO = {None: "Superusers only.", "": "Everyone."}


@dataclass(frozen=True, slots=True)
class Described:
    """A collection, what its types are called, and for whom it is described."""

    collection: CollectionDef
    types: Description
    for_superusers: bool
    #: names of types of collections that are described too
    others: frozenset[str]

    @property
    def type_name(self) -> str:
        return self.types.type_name

    @property
    def path(self) -> str:
        return f"/api/collections/{self.collection.name}"

    def sees(self, field: FieldType | None) -> bool:
        return field is None or self.for_superusers or not field.options.hidden

    def names(self, properties: Iterable[Property]) -> Iterator[tuple[Property, FieldType | None]]:
        """Yield the properties that are shown, each with its field; keys with modifiers are not."""
        by_name = self.collection.by_name
        for item in properties:
            field = by_name.get(item.name)
            is_own = field is not None or item.name in ("passwordConfirm", "oldPassword")
            if is_own and self.sees(field):
                yield item, field


# --- components ---------------------------------------------------------------------------------


def schemas(described: Described) -> dict[str, Schema]:
    """Return the components of a collection by name."""
    name = described.type_name
    found = {
        name: _record(described),
        name + PAGE: page_of(ref(name)),
    }
    expand = _expand(described)
    if expand:
        found[f"{name}Expand"] = expand
    if not described.types.stores_records:
        return found
    for suffix, form, properties in (
        (CREATE, CREATE_FORM, described.types.create),
        (UPDATE, UPDATE_FORM, described.types.update),
    ):
        if suffix == UPDATE or not _needs_files(described):
            found[name + suffix] = _body(described, properties, is_form=False)
        if _has_files(described):
            found[name + form] = _body(described, properties, is_form=True)
    return found


def _record(described: Described) -> Schema:
    collection, kind = described.collection, registry.of(described.collection.type_name)
    shown: Schema = {
        "collectionId": {**TEXT, "readOnly": True},
        "collectionName": {**TEXT, "const": collection.name, "readOnly": True},
    }
    optional = ["expand"]
    for item, field in described.names(described.types.record):
        shown[item.name] = _value(item, field)
        if field is not None:  # a number may be a whole one
            limits = field.json_limits()
            shown[item.name] |= {key: limits[key] for key in ("type",) if key in limits}
        if field is not None and (field.is_automatic or field.is_key):
            shown[item.name]["readOnly"] = True
        if item.is_optional or item.name in kind.concealed_fields:
            optional.append(item.name)
    if _expansions(described):
        shown["expand"] = ref(f"{described.type_name}Expand")
    return fields(shown, *optional)


def _expand(described: Described) -> Schema | None:
    shown = {item.name: _target(item) for item in _expansions(described)}
    if not shown:
        return None
    found = fields(shown, *shown)
    return {**found, "description": "What `expand` has brought along."}


def _expansions(described: Described) -> list[Expansion]:
    """Return the relations from and to a collection that are shown."""
    return [
        item
        for item in described.types.expand
        if item.target in described.others and described.sees(_relation(described, item))
    ]


def _relation(described: Described, expansion: Expansion) -> FieldType | None:
    """Return the field that an expansion goes by, here or in the collection that refers here."""
    other, is_back, name = expansion.name.partition("_via_")
    if not is_back:
        return described.collection.by_name[expansion.name]
    found = snapshots.current().find(other)
    return None if found is None else found.by_name[name]


def _target(expansion: Expansion) -> Schema:
    target = ref(expansion.target)
    return items(target) if expansion.is_list else target


def _body(described: Described, properties: Iterable[Property], *, is_form: bool) -> Schema:
    """Return the schema of a body. Files are sent in forms alone; JSON can keep and drop them."""
    shown: Schema = {}
    optional: list[str] = []
    for item, field in described.names(properties):
        is_file = item.value.kind is Kind.FILE
        if is_file and not is_form and properties is described.types.create:
            continue
        value = _value(item, field)
        if is_file and is_form:
            value = items(BINARY) if item.value.is_list else dict(BINARY)
        limits = field.json_limits() if field is not None else {}
        shown[item.name] = {**value, **limits}
        if item.is_optional:
            optional.append(item.name)
    found = fields(shown, *optional)
    if properties is described.types.update:
        found["description"] = f"What is left out stays. {_MODIFIERS}"
    return found


def _value(item: Property, field: FieldType | None) -> Schema:
    found = json_schema.of(item.value, may_be_empty=item.may_be_empty)
    if item.value.kind is Kind.DATE:
        found["description"] = "UTC; empty for none."
    help_text = field.options.help if field is not None else ""
    if help_text:
        found["description"] = help_text
    return found


def _has_files(described: Described) -> bool:
    shown = described.names(described.types.create)
    return any(item.value.kind is Kind.FILE for item, _field in shown)


def _needs_files(described: Described) -> bool:
    """Whether no record can be made without a file, and so none by JSON."""
    shown = described.names(described.types.create)
    return any(item.value.kind is Kind.FILE and not item.is_optional for item, _field in shown)


# --- operations ---------------------------------------------------------------------------------


def paths(described: Described) -> Paths:
    """Return the operations on a collection's records."""
    many: dict[str, Any] = {"get": _list(described)}
    one: dict[str, Any] = {"get": _view(described)}
    root = f"{described.path}/records"
    found: Paths = {root: many, f"{root}/{{id}}": one}
    if described.types.stores_records:
        many["post"] = _create(described)
        one["patch"] = _update(described)
        one["delete"] = _delete(described)
        if described.collection.has_trash:
            found[f"{root}/{{id}}/restore"] = {"post": _restore(described)}
    return found


_ID = parameter("id", "The id of a record.", place="path")
_SHOWN = ("expand", "fields")


def _list(described: Described) -> Schema:
    trash = ("trash",) if described.collection.has_trash else ()
    wanted = named("page", "perPage", "sort", "filter", *_SHOWN, "skipTotal", *trash)
    page = ref(described.type_name + PAGE)
    return _operation(described, "list", "List and search", answers(page, 400, 403), wanted)


def _view(described: Described) -> Schema:
    trash = ("trash",) if described.collection.has_trash else ()
    shown = answers(ref(described.type_name), 403, 404)
    return _operation(described, "view", "View", shown, [_ID, *named(*_SHOWN, *trash)])


def _create(described: Described) -> Schema:
    made = answers(ref(described.type_name), 400, 403)
    body = _bodies(described, CREATE, CREATE_FORM)
    return _operation(described, "create", "Create", made, named(*_SHOWN), body)


def _update(described: Described) -> Schema:
    changed = answers(ref(described.type_name), 400, 403, 404)
    body = _bodies(described, UPDATE, UPDATE_FORM)
    return _operation(described, "update", "Update", changed, [_ID, *named(*_SHOWN)], body)


def _delete(described: Described) -> Schema:
    wanted = [_ID]
    if described.collection.has_trash:
        wanted = [_ID, parameter("purge", "Delete it for good, trash or not.", FLAG)]
    return _operation(described, "delete", "Delete", answers(None, 400, 403, 404), wanted)


def _restore(described: Described) -> Schema:
    restored = answers(ref(described.type_name), 400, 403, 404)
    found = _operation(described, "restore", "Restore", restored, [_ID, *named(*_SHOWN)])
    if described.for_superusers and described.collection.soft_delete is not None:
        found["description"] = _who(described.collection.soft_delete.trash_rule)
    return found


def _operation(
    described: Described,
    act: str,
    summary: str,
    responses: Schema,
    parameters: list[Schema],
    body: Schema | None = None,
) -> Schema:
    rule = described.collection.rule(act) if act != "restore" else None
    return operation(
        f"{act}{described.type_name}",
        described.collection.name,
        summary,
        responses,
        security=ANYONE,
        parameters=parameters,
        body=body,
        description=_who(rule) if described.for_superusers else "",
    )


def _who(rule: str | None) -> str:
    return _WHO.get(rule, f"Whoever passes: `{rule}`")


def _bodies(described: Described, suffix: str, form: str) -> Schema:
    """Return what a create or update may be sent as."""
    name = described.type_name
    content: Schema = {}
    if suffix == UPDATE or not _needs_files(described):
        content[JSON] = {"schema": ref(name + suffix)}
    has_files = _has_files(described)
    content[FORM] = {"schema": ref(name + (form if has_files else suffix))}
    return {"required": True, "content": content}
