"""A request as it would be sent -> which rules decide about it, in words and as data.

Most requests go by one rule. Deleting for good goes by two, a list with the trash by one for each
half, and a batch by those of its items.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_POST

from collections_app.api.paging import TRUE
from collections_app.collection_types import registry
from collections_app.records import rows
from collections_app.records.explain import Judged, Outcome, Verdict, explain
from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from core_app import query_string
from core_app.errors import ApiError, BadRequest
from core_app.request_info import RequestInfo
from core_app.responses import json_response
from dashboard_app.console.callers import auth_of

_BATCH = "/api/batch"
_RECORDS = re.compile(
    r"/api/collections/(?P<collection>[^/]+)/records(?:/(?P<id>[^/]+)(?P<restore>/restore)?)?"
)
_SIGN_IN = re.compile(r"/api/collections/(?P<collection>[^/]+)/(?:auth-|request-|confirm-).+")
_OF_LIST = {"GET": "list", "POST": "create"}
_OF_ONE = {"GET": "view", "PATCH": "update", "DELETE": "delete"}
_ELSEWHERE = {
    "/api/realtime": "A topic goes by the list rule of its collection, or for one record by its "
    "view rule.",
    "/api/files/": "Files are open to whoever knows their name; protected ones go by the view "
    "rule of their record.",
}
Shown = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, or an item of a batch."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: Mapping[str, Any] | None

    @property
    def path(self) -> str:
        return self.url.partition("?")[0]


@require_POST
def show(request: HttpRequest) -> HttpResponse:
    """Answer ``{"verdicts": [{"title", "says", "rule", "parts", "notes", …}]}``.

    Asked with ``{"as", "method", "url"[, "headers", "body"]}``.
    """
    given = _object(request.body)
    asked = _read(given)
    caller = given.get("as")
    if not isinstance(caller, str):
        raise BadRequest(reason="nobody asks")
    asking = RequestInfo(auth=auth_of(request, caller), ip=getattr(request, "real_ip", ""))
    if asked.path == _BATCH and asked.method == "POST":
        found = [item for at, of in _items(asked) for item in _of_item(at, of, asking)]
        if not found:
            found = [_plain("This batch has no requests.")]
    else:
        found = list(_verdicts(asked, asking))
    return json_response({"verdicts": found})


def _of_item(at: int, asked: Asked, asking: RequestInfo) -> list[Shown]:
    """Return the verdicts of one item of a batch, each as things are now."""
    parts = _RECORDS.fullmatch(asked.path)
    try:
        if parts is None or asked.method == "GET":
            found = [_plain("A batch only writes records.")]
        else:
            found = list(_verdicts(asked, asking))
    except ApiError as error:
        found = [_plain(f"This request cannot be explained: {error.reason or error.message}")]
    return [{**item, "title": f"{at}. {asked.method} {asked.url}"} for item in found]


def _verdicts(asked: Asked, asking: RequestInfo) -> Iterator[Shown]:
    """Yield one for each rule that the request goes by."""
    parts = _RECORDS.fullmatch(asked.path)
    collection = snapshot.current().find(parts["collection"]) if parts else None
    if parts is None or collection is None:
        yield _plain(_no_rule(asked.path))
        return
    info = asking.but(
        method=asked.method,
        query=query_string.first_values(asked.url.partition("?")[2]),
        headers={name.lower().replace("-", "_"): value for name, value in asked.headers.items()},
        body=asked.body,
    )
    record_id = parts["id"] or ""
    if asked.method == "PUT" and not record_id:  # of a batch
        record_id, info = _upserted(collection, asked, info)
    acts = _acts(info, collection, record_id, is_restore=bool(parts["restore"]))
    if not acts:
        yield _plain(_no_rule(asked.path))
    elif not registry.of(collection.type_name).stores_records and acts[0] not in ("list", "view"):
        yield _plain("The records of a view cannot be written, by anybody.")
    else:
        for act in acts:
            verdict = explain(collection, act, info, record_id, asked.body)
            shown = {**asdict(verdict), "collection": collection.name, "says": in_words(verdict)}
            yield {"title": "", **shown, "notes": _notes(act, verdict, info)}


def _acts(
    info: RequestInfo, collection: CollectionDef, record_id: str, *, is_restore: bool
) -> list[str]:
    """Return what ``explain`` shall be asked, nothing for a method that there is not."""
    if is_restore:
        return ["restore"] if info.method == "POST" else []
    act = (_OF_ONE if record_id else _OF_LIST).get(info.method, "")
    if not act or not collection.has_trash:
        return [act] if act else []
    if act == "delete" and info.query.get("purge") in TRUE:
        return ["purge", "purge-trash"]
    match info.query.get("trash") if act in ("list", "view") else None:
        case "only":
            return [f"{act}-trash"]
        case "with":
            return [act, f"{act}-trash"]
    return [act]


def _upserted(
    collection: CollectionDef, asked: Asked, info: RequestInfo
) -> tuple[str, RequestInfo]:
    """Return the record that a ``PUT`` changes, ``""`` if it makes one, and it as that request."""
    record_id = (asked.body or {}).get("id")
    exists = (
        isinstance(record_id, str)
        and bool(record_id)
        and rows.fetch_by_id(collection, record_id) is not None
    )
    if not exists:
        return "", info.but(method="POST")
    return str(record_id), info.but(method="PATCH")


def _object(text: bytes) -> dict[str, Any]:
    """Return an object. Raise ``BadRequest`` for anything else."""
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError as error:
        raise BadRequest(reason=str(error)) from error
    if not isinstance(found, dict):
        raise BadRequest(reason="no object")
    return found


def _read(given: Mapping[str, Any]) -> Asked:
    """Return the request that is asked about. Raise ``BadRequest`` for anything else."""
    headers, body = given.get("headers") or {}, given.get("body")
    texts = all(isinstance(given.get(name), str) for name in ("method", "url"))
    if not texts or not isinstance(headers, dict) or not isinstance(body, dict | None):
        raise BadRequest(reason="something is missing or of another type")
    if not all(isinstance(value, str) for value in headers.values()):
        raise BadRequest(reason="a header is no text")
    return Asked(given["method"], given["url"], headers, body)


def _items(asked: Asked) -> Iterator[tuple[int, Asked]]:
    """Yield the number, from 1, and the request of each item of a batch. Raise ``BadRequest``."""
    items = (asked.body or {}).get("requests")
    for at, item in enumerate(items if isinstance(items, list) else (), 1):
        if not isinstance(item, dict):
            raise BadRequest(reason="an item is no object")
        made = _read(item)
        yield at, replace(made, headers={**asked.headers, **made.headers})


def _plain(says: str) -> Shown:
    return {"title": "", "outcome": "none", "says": says, "rule": None, "notes": [], "parts": []}


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
    name = f"{verdict.rule_name} rule"
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


def _notes(act: str, verdict: Verdict, info: RequestInfo) -> list[str]:
    """Return what else has a say."""
    found = []
    if act in ("purge", "purge-trash"):
        found.append("Deleting for good has to pass the delete rule and the trash rule.")
    if act in ("list-trash", "view-trash"):
        found.append("This is about records in the trash.")
    if act.startswith("list") and info.query.get("filter"):
        found.append("The filter of the request comes on top: it is not counted here.")
    is_write = not act.startswith(("list", "view"))
    if is_write and verdict.outcome in (Outcome.PASSES, Outcome.OPEN, Outcome.SUPERUSER):
        found.append("The fields' own checks and hooks come after the rule.")
    return found
