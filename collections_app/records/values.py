"""A request's body -> the new Python values of a record. Knows keys and modifiers, no database.

A field ``tags`` is set by the key ``tags`` and, where its type allows, changed by ``tags+``,
``+tags``, ``tags-`` or ``tags:autogenerate``; shorter keys come first, and all keys with text ahead
of those with uploads. Other keys are ignored.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from typing import Any, NamedTuple

from collections_app.fields.base import FieldType
from collections_app.schema.definition import CollectionDef
from collections_app.schema.record_model import RecordModel
from core_app import bodies


class _Plan(NamedTuple):
    #: what each key of a body does: the field, and the modifier ("" sets it)
    keys: Mapping[str, tuple[FieldType, str]]
    #: the fields whose values rules see in another form, and what makes that
    seen: tuple[tuple[str, Callable[[Any], Any]], ...]


def apply_body(
    collection: CollectionDef,
    current: Mapping[str, Any] | RecordModel,
    body: Mapping[str, Any],
    closed: Container[str] = (),
) -> dict[str, Any]:
    """Return the new Python value of every field that ``body`` names, but of those in ``closed``.

    ``current`` holds Python values by field name; what is absent there counts as empty. A field
    that the server alone sets keeps its current value.
    """
    keys = _plan(collection).keys
    values: dict[str, Any] = {}
    changes: list[str] = []
    for key, raw in body.items():
        if key not in keys:
            continue
        field, modifier = keys[key]
        if modifier:
            changes.append(key)
        elif key not in closed:
            values[key] = current.get(key, "") if field.is_automatic else field.prepare(raw)
    if changes:
        texts = [key for key in changes if not keys[key][0].brings_uploads(body[key])]
        uploads = [key for key in changes if key not in texts]
        for key in (*sorted(texts, key=len), *sorted(uploads, key=len)):
            field, modifier = keys[key]
            name = field.name
            if name in closed or (key in texts and field.brings_uploads(body.get(name))):
                continue  # uploads under the plain name replace what a text would have changed
            now = values[name] if name in values else current.get(name, field.zero())
            values[name] = field.modify(modifier, now, body[key])
    return values


def with_own_files(
    collection: CollectionDef, values: Mapping[str, Any], files: Mapping[str, list[Any]]
) -> dict[str, Any]:
    """Return a body of ``values`` and those of a form's ``files`` that are for a field of files."""
    if not files:
        return dict(values)
    keys = _plan(collection).keys
    own = {key: file for key, file in files.items() if key in keys and keys[key][0].takes_files}
    return bodies.with_files(values, own)


def normalised_body(
    collection: CollectionDef, body: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, Any]:
    """Return what rules see as ``@request.body.*``: new values by field, unknown keys as sent.

    ``values`` is what ``apply_body`` made of ``body``; fields that it left out are not seen.
    """
    plan = _plan(collection)
    seen = {key: raw for key, raw in body.items() if key not in plan.keys}
    seen.update(values)
    for name, to_request in plan.seen:
        if name in values:
            seen[name] = to_request(values[name])
    return seen


def _plan(collection: CollectionDef) -> _Plan:
    plan: _Plan = collection.cached("body", lambda: _make_plan(collection))
    return plan


def _make_plan(collection: CollectionDef) -> _Plan:
    keys = {}
    for field in collection.fields:
        keys[field.name] = field, ""
        for modifier in field.modifiers:
            before = modifier.startswith("^")
            mark = modifier.removeprefix("^")
            keys[mark + field.name if before else field.name + mark] = field, modifier
    seen = tuple(
        (field.name, field.to_request)
        for field in collection.fields
        if type(field).to_request is not FieldType.to_request
    )
    return _Plan(keys, seen)
