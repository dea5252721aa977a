"""``@request.*``: what the request says, and paths that begin at the records it names."""

from __future__ import annotations

from collections_app.fields.base import FieldType
from collections_app.query import inputs
from collections_app.query.errors import FilterError, UnknownName, quoted
from collections_app.query.paths import modifiers, own
from collections_app.query.paths.follow import follow
from collections_app.query.plan import (
    Caller,
    Changed,
    Count,
    Flag,
    Item,
    Json,
    Null,
    Operand,
    Stored,
    SubmittedItems,
    SubmittedTargets,
    Value,
)
from collections_app.query.scope import Scope

#: read from the record at hand; any other field of it is a look at its row
_AUTH_VALUES = frozenset(
    ("id", "collectionId", "collectionName", "email", "emailVisibility", "verified")
)


def resolve(scope: Scope, text: str) -> Operand:
    """Return what the identifier ``text`` stands for; what the request does not have is NULL."""
    _, part, *names = text.split(".")
    if part == "auth":
        return _auth(scope, names)
    if not names:
        return _scalar(scope, inputs.Attribute(part))
    if part == "body":
        name, modifier = modifiers.split(names[0])
        field = scope.base.by_name.get(name)
        if field is not None:
            if len(names) > 1 and field.relation_target is not None:
                return _submitted_targets(scope, field, names[1:])
            if len(names) == 1 and modifier in _OF_BODY_FIELDS:
                return _OF_BODY_FIELDS[modifier](scope, field)
    return _sent(scope, part, names)


def _scalar(scope: Scope, question: inputs.Input, *, lower: bool = False) -> Operand:
    source, state = scope.questions.ask(question)
    if state == inputs.NULL:
        return Null()
    is_number = state == inputs.NUMBER and not lower
    return Value(source, is_empty=state == inputs.EMPTY, lower=lower, is_number=is_number)


def _auth(scope: Scope, names: list[str]) -> Operand:
    if len(names) == 1 and names[0] in _AUTH_VALUES:
        return _scalar(scope, inputs.AuthValue(names[0]))
    source, collection_id = scope.questions.ask(inputs.AuthRow())
    collection = scope.find(collection_id) if isinstance(collection_id, str) else None
    if collection is None:
        return Null()
    caller = Caller(collection.table, source, has_trash=collection.has_trash)
    scope.enter(collection, (caller,))
    try:
        return follow(scope, collection, (caller,), names)
    except UnknownName:
        return Null()


def _sent(scope: Scope, part: str, names: list[str]) -> Operand:
    """Return a value that was sent as it is: query, headers, unknown or nested body keys."""
    name, modifier = modifiers.split(names[-1])
    keys = (*names[:-1], name)
    if modifier == modifiers.IS_SET:
        _, is_set = scope.questions.ask(inputs.IsSent(part, keys))
        return Flag(is_set is True, is_answer=True)
    if modifier not in ("", modifiers.LOWER):
        raise FilterError(f"invalid modifier sequence {name}:{modifier}")
    field = scope.base.by_name.get(name)
    numeric = field is not None and field.is_numeric
    question = inputs.Sent(part, keys, numeric)
    return _scalar(scope, question, lower=modifier == modifiers.LOWER)


def _submitted_targets(scope: Scope, field: FieldType, names: list[str]) -> Operand:
    collection = scope.find_collection(field.relation_target or "")
    if collection is None:
        raise FilterError(
            f"failed to load collection {quoted(field.relation_target or '')}"
            f" from data field {quoted(field.name)}"
        )
    source, are_none = scope.questions.ask(inputs.SentIds(field.name))
    if are_none:
        return Null()
    hop = SubmittedTargets(
        field.name, collection.table, source, field.is_multiple, collection.has_trash
    )
    scope.enter(collection, (hop,))
    try:
        return follow(scope, collection, (hop,), names)
    except UnknownName:
        return Null()


def _each(scope: Scope, field: FieldType) -> Operand:
    _require_items(field)
    source, _ = scope.questions.ask(inputs.SentItems(field.name))
    return Stored((SubmittedItems(field.name, source, field.is_multiple),), Item())


def _length(scope: Scope, field: FieldType) -> Operand:
    _require_items(field)
    source, is_flag = scope.questions.ask(inputs.SentCount(field.name))
    return Count(source, is_flag is True)


def _lower(scope: Scope, field: FieldType) -> Operand:
    if field.has_json_paths:
        return _scalar(scope, inputs.SentJson(field.name, field.is_any_json), lower=True)
    return _scalar(scope, inputs.SentText(field.name), lower=True)


def _whole(scope: Scope, field: FieldType) -> Operand:
    if field.has_json_paths:
        return _scalar(scope, inputs.SentJson(field.name, field.is_any_json))
    return _scalar(scope, inputs.Sent("body", (field.name,), field.is_numeric))


def _changed(scope: Scope, field: FieldType) -> Operand:
    _, is_sent = scope.questions.ask(inputs.IsSent("body", (field.name,)))
    sent = _whole(scope, field)
    leaf = Json(field.name, "") if field.is_any_json else own.column(field)
    return Changed(is_sent is True, sent, Stored((), leaf))


def _require_items(field: FieldType) -> None:
    if not field.has_items:
        raise FilterError(f"field {quoted(field.name)} doesn't support multivalue operations")


_OF_BODY_FIELDS = {
    "": _whole,
    modifiers.EACH: _each,
    modifiers.LENGTH: _length,
    modifiers.LOWER: _lower,
    modifiers.CHANGED: _changed,
}
