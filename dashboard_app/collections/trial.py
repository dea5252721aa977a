"""The editor's questions before anything is saved: is this rule right, what would change?"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import orjson
from django.db import transaction
from django.http import HttpRequest, JsonResponse

from collections_app.fields.base import WrongShape
from collections_app.migrations_auto.preview import table_effects
from collections_app.schema import present, snapshot
from collections_app.schema.definition import RULE_NAMES, CollectionDef
from collections_app.schema.view_query import InvalidQuery
from collections_app.schema_edit import complete, draft, journal, validate
from core_app.errors import ApiError
from core_app.transactions import write
from dashboard_app.collections.form import RULE_LABELS, form_class

_UNTOLD = frozenset({*RULE_NAMES, "fields", "indexes", "updated", "created", "name", "viewQuery"})


def rule_answer(request: HttpRequest) -> JsonResponse:
    """Answer ``{"error": ""}``, or what is wrong with a rule of the collection as it is edited."""
    held = snapshot.current()
    try:
        made = _draft(request.POST)
    except (WrongShape, InvalidQuery, ApiError, orjson.JSONDecodeError):
        return JsonResponse({"error": ""})  # other parts are not right yet; they say so themselves
    errors = [error.message for error in validate.rule_errors(made, request.POST["rule"], held)]
    text = errors[0] if errors else ""
    return JsonResponse({"error": text.removeprefix("Invalid rule. Raw error: ")})


def changes_answer(request: HttpRequest) -> JsonResponse:
    """Answer ``{"changes": [line, …]}`` for the form as it is, or ``{"errors": true}``."""
    stored = snapshot.current().by_id.get(request.GET.get("id", ""))
    made = _tried(request, stored)
    if made is None:
        return JsonResponse({"errors": True})
    return JsonResponse({"changes": list(lines(stored, made))})


def lines(old: CollectionDef | None, new: CollectionDef) -> Iterator[str]:
    """Yield what saving ``new`` changes: tables and rows first, then who may do what."""
    if old is None:
        kind = "view" if new.is_view else "table"
        yield f'makes {kind} "{new.name}" with {len(new.fields)} columns'
        return
    if old.is_view:
        if (old.name, old.options) != (new.name, new.options):
            yield f'makes view "{new.name}" anew'
    else:
        yield from table_effects(old, new)
    before, after = present.collection_json(old), present.collection_json(new)
    for key in RULE_NAMES:
        if before[key] != after[key]:
            yield f"{RULE_LABELS[key]}: {_rule(before[key])} → {_rule(after[key])}"
    yield from _field_options(old, new)
    told = {key for key in {*before, *after} if key not in _UNTOLD}
    changed = sorted(key for key in told if before.get(key) != after.get(key))
    if changed:
        yield f"changes {', '.join(changed)}"


def _field_options(old: CollectionDef, new: CollectionDef) -> Iterator[str]:
    for field in new.fields:
        was = old.by_id.get(field.id)
        if was is None:
            continue
        before, after = was.to_json(), field.to_json()
        changed = [key for key in after if key != "name" and before.get(key) != after[key]]
        if changed:
            yield f'field "{field.name}": changes {", ".join(changed)}'
    kept = [field.id for field in old.fields if field.id in new.by_id]
    if kept != [field.id for field in new.fields if field.id in old.by_id]:
        yield "changes the order of fields"


def _rule(rule: str | None) -> str:
    if rule is None:
        return "superusers only"
    return rule or "everyone"


def _tried(request: HttpRequest, stored: CollectionDef | None) -> CollectionDef | None:
    """Return the collection as it would be saved, ``None`` if it would be refused."""
    with journal.paused(), write(), transaction.atomic():
        form = form_class(request, stored)(request.POST, request.FILES)
        made = form.made if form.is_valid() else None
        transaction.set_rollback(True)
    return made


def _draft(data: Mapping[str, Any]) -> CollectionDef:
    held = snapshot.current()
    stored = held.by_id.get(data.get("id", ""))
    sent: dict[str, Any] = {}
    if data.get("fields"):
        sent["fields"] = orjson.loads(data["fields"])
    if stored is not None:
        return complete.completed(draft.changed(stored, sent), stored, held)
    type_name = data.get("type") or "base"
    sent |= {"name": data.get("name") or "new", "type": type_name}
    if data.get("viewQuery"):
        sent["viewQuery"] = data["viewQuery"]
    return complete.completed(draft.new(sent, held), None, held)
