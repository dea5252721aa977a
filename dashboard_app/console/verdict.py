"""A request as it would be sent -> which rule decides about it, in words and as data."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from collections_app.collection_types import registry
from collections_app.records.explain import Judged, Outcome, Verdict, explain
from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from core_app import query_string
from core_app.errors import BadRequest
from core_app.request_info import RequestInfo
from core_app.responses import json_response
from dashboard_app.console.callers import auth_of

_RECORDS = re.compile(
    r"/api/collections/(?P<collection>[^/]+)/records(?:/(?P<id>[^/]+)(?P<restore>/restore)?)?"
)
_SIGN_IN = re.compile(r"/api/collections/(?P<collection>[^/]+)/(?:auth-|request-|confirm-).+")
_OF_LIST = {"GET": "list", "POST": "create"}
_OF_ONE = {"GET": "view", "PATCH": "update", "DELETE": "delete"}
_ELSEWHERE = {
    "/api/batch": "Each write of a batch goes by its own rule: try them one by one.",
    "/api/realtime": "A topic goes by the list rule of its collection, or for one record by its "
    "view rule.",
    "/api/files/": "Files are open to whoever knows their name; protected ones go by the view "
    "rule of their record.",
}


@require_POST
def show(request: HttpRequest) -> HttpResponse:
    """Answer ``{"says", "notes", …}`` for ``{"as", "method", "url"[, "headers", "body"]}``."""
    asked = _read(request)
    path, _, query = asked["url"].partition("?")
    parts = _RECORDS.fullmatch(path)
    collection = snapshot.current().find(parts["collection"]) if parts else None
    act = _act(asked["method"], parts) if parts else ""
    if parts is None or collection is None or not act:
        return json_response({"outcome": "none", "says": _no_rule(path), "notes": [], "parts": []})
    if not registry.of(collection.type_name).stores_records and act not in ("list", "view"):
        says = "The records of a view cannot be written, by anybody."
        return json_response({"outcome": "none", "says": says, "notes": [], "parts": []})
    body = asked["body"]
    info = RequestInfo(
        method=asked["method"],
        query=query_string.first_values(query),
        headers={name.lower().replace("-", "_"): value for name, value in asked["headers"].items()},
        body=body,
        auth=auth_of(request, asked["as"]),
        ip=getattr(request, "real_ip", ""),
    )
    verdict = explain(collection, act, info, parts["id"] or "", body)
    shown = {**asdict(verdict), "collection": collection.name, "says": in_words(verdict)}
    return json_response({**shown, "notes": _notes(collection, verdict, info)})


def _read(request: HttpRequest) -> dict[str, Any]:
    """Return the request that is asked about. Raise ``BadRequest`` for anything else."""
    try:
        asked = orjson.loads(request.body)
    except orjson.JSONDecodeError as error:
        raise BadRequest(reason=str(error)) from error
    if not isinstance(asked, dict):
        raise BadRequest(reason="no object")
    found: dict[str, Any] = {"headers": {}, "body": None, **asked}
    texts = all(isinstance(found.get(name), str) for name in ("as", "method", "url"))
    headers, body = found["headers"], found["body"]
    if not texts or not isinstance(headers, dict) or not isinstance(body, dict | None):
        raise BadRequest(reason="something is missing or of another type")
    if not all(isinstance(value, str) for value in headers.values()):
        raise BadRequest(reason="a header is no text")
    return found


def _act(method: str, parts: re.Match[str]) -> str:
    if parts["restore"]:
        return "restore" if method == "POST" else ""
    return (_OF_ONE if parts["id"] else _OF_LIST).get(method, "")


def _no_rule(path: str) -> str:
    found = _SIGN_IN.fullmatch(path)
    if found:
        collection = snapshot.current().find(found["collection"])
        rule = collection.options.get("authRule") if collection and collection.is_auth else None
        asked = f"The auth rule is asked about the account that signs in: {rule}" if rule else ""
        return asked or "No rule is asked: whoever proves who they are may sign in."
    for start, says in _ELSEWHERE.items():
        if path.startswith(start):
            return says
    return "No collection's rule decides about this request."


# --- words ----------------------------------------------------------------------------------------


def in_words(verdict: Verdict) -> str:
    """Return the verdict as a sentence."""
    name = "trash rule" if verdict.act == "restore" else f"{verdict.act} rule"
    match verdict.outcome:
        case Outcome.SUPERUSER:
            return f"Superusers pass every rule. For others it is the {name}."
        case Outcome.LOCKED:
            return f"Refused: there is no {name}, so this is for superusers only."
        case Outcome.OPEN:
            return f"The {name} is empty: everyone may."
        case Outcome.PASSES:
            return f"The {name} is satisfied."
        case Outcome.REFUSES:
            return f"Refused by the {name}: {_failing(verdict.parts)}"
        case Outcome.FILTERS:
            if verdict.matching is None:
                return f"The {name} filters more records than are counted here."
            return f"The {name} shows {verdict.matching} of {verdict.total} records."
        case Outcome.MISSING:
            return "There is no such record, so no rule is asked."
        case Outcome.BROKEN:
            return f"Refused: the {name} cannot be asked: {verdict.why}"


def _failing(parts: Sequence[Judged]) -> str:
    """Return what to blame: what is false of the parts that had to be true."""
    if any(part.joiner == "||" for part in parts):
        return "none of the ways joined by || holds."
    failing = [part.text for part in parts if part.passes is False]
    if failing:
        return f"{', '.join(failing)} {'is' if len(failing) == 1 else 'are'} false."
    unknown = [part for part in parts if part.passes is None]
    if unknown:
        return "a part of it cannot be asked by itself."
    return "each part is true by itself, but not of the same related record."


def _notes(collection: CollectionDef, verdict: Verdict, info: RequestInfo) -> list[str]:
    """Return what else has a say."""
    found = []
    query: Mapping[str, str] = info.query
    trash = collection.soft_delete
    if trash is not None and not info.is_superuser and ("trash" in query or "purge" in query):
        rule = trash.trash_rule
        shown = "superusers only" if rule is None else rule or "everyone"
        found.append(f"Records in the trash go by the trash rule: {shown}.")
    if verdict.act == "list" and query.get("filter"):
        found.append("The filter of the request comes on top: it is not counted here.")
    is_write = verdict.act in ("create", "update", "delete", "restore")
    if is_write and verdict.outcome in (Outcome.PASSES, Outcome.OPEN, Outcome.SUPERUSER):
        found.append("The fields' own checks and hooks come after the rule.")
    return found
