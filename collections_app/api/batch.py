"""``POST /api/batch``: several record writes as one. All are stored, or none.

Each item goes the way its own request would: same rules, same limits, same answer. It is asked as
the caller of the batch (an item's ``Authorization`` means nothing) with
``@request.context = "batch"``. What the outside sees (realtime, file removal) follows the commit.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.http import HttpRequest, HttpResponse

from collections_app import hooks
from collections_app.api import batch_form
from collections_app.api.batch_form import Item
from collections_app.api.records import deletion_for, find_collection, picked
from collections_app.api.request_hooks import before_write
from collections_app.records import access, present, rows, service, soft_delete
from collections_app.records.turn import writing
from collections_app.records.undo import undoing
from collections_app.records.values import with_own_files
from collections_app.schema import snapshot
from collections_app.schema.definition import CollectionDef
from core_app import bodies, headers, query_string, rate_limits
from core_app.errors import ApiError, BadRequest, Forbidden, InternalError
from core_app.exception_handler import is_bug, log_bug, to_api_error
from core_app.hooks import Answered
from core_app.request_info import RequestInfo
from core_app.responses import JsonResponse
from core_app.routes import endpoint
from core_app.settings_store import store

NOT_ALLOWED = "Batch requests are not allowed."
FAILED = "Batch transaction failed."
DEFAULT_TIMEOUT_S = 3

_URL = re.compile(
    r"/api/collections/(?P<collection>[^/?]+)/records(?:/(?P<id>[^/?]+)(?P<restore>/restore)?)?"
)


@endpoint("POST")
def batch(request: HttpRequest) -> HttpResponse:
    """Run the submitted writes in order, in one transaction."""
    settings = store.current().batch
    if not settings.enabled or settings.max_requests <= 0:
        raise Forbidden(NOT_ALLOWED)
    items = batch_form.read(request, settings)
    outer = RequestInfo.of(request).but(context="batch")
    timeout_s = settings.timeout if settings.timeout > 0 else DEFAULT_TIMEOUT_S
    deadline = time.monotonic() + timeout_s
    answers = snapshot.by_newest(lambda: _Batch(request, outer, deadline).run(items))
    return JsonResponse(orjson.dumps(answers))


@dataclass(slots=True)
class _Step:
    """One item on its way: what it addresses, and who asks."""

    item: Item
    collection: str
    record_id: str
    info: RequestInfo
    body: Mapping[str, Any] = field(default_factory=dict)


class _Batch:
    def __init__(self, request: HttpRequest, outer: RequestInfo, deadline: float) -> None:
        self.request = request
        self.outer = outer
        self.deadline = deadline

    def run(self, items: list[Item]) -> list[dict[str, Any]]:
        """Return ``[{"body", "status"}]``. Raise ``BadRequest`` naming the item that failed."""
        answers = []
        with undoing(), writing():
            for at, item in enumerate(items):
                if time.monotonic() > self.deadline:
                    raise BadRequest(FAILED, reason="batch timeout")
                try:
                    answers.append(self._answer(at, item))
                except Exception as error:
                    if is_bug(error):
                        log_bug(error, self.request)
                    raise _failure(at, to_api_error(error)) from error
        return answers

    def _answer(self, at: int, item: Item) -> dict[str, Any]:
        act, step = self._step(item)
        if act is None:
            # the reference has it so: only the first item's unknown act is the client's fault
            raise (InternalError if at else BadRequest)(reason=f"unknown {item.method} {item.url}")
        try:
            body = act(step)
        except Answered as answered:
            return _answered(answered)
        return {"body": body, "status": 200 if body is not None else 204}

    def _step(self, item: Item) -> tuple[Callable[[_Step], Any] | None, _Step]:
        path, _, query = item.url.partition("?")
        parts = _URL.fullmatch(path)
        info = self.outer.but(
            method=item.method,
            query=query_string.first_values(query),
            headers=_Overridden(self.outer.headers, item.headers),
            body=item.body,
        )
        if parts is None:
            return None, _Step(item, "", "", info)
        step = _Step(item, parts["collection"], parts["id"] or "", info, item.body or {})
        by_id = {"PATCH": self._update, "DELETE": self._delete}
        by_list = {"POST": self._create, "PUT": self._upsert}
        if parts["restore"]:
            by_id = {"POST": self._restore}
        return (by_id if step.record_id else by_list).get(item.method), step

    def _create(self, step: _Step) -> dict[str, Any]:
        found = find_collection(step.collection)
        access.require_writable(found)
        self._admit(step, found, "create")
        ahead = before_write(hooks.record_create_request, self.request, found, step.info)
        record = service.create(found, step.body, step.info, ahead=ahead, in_batch=True)
        return _shown(record, step.info)

    def _update(self, step: _Step) -> dict[str, Any]:
        found = find_collection(step.collection)
        access.require_writable(found)
        self._admit(step, found, "update")
        ahead = before_write(hooks.record_update_request, self.request, found, step.info)
        record = service.update(
            found, step.record_id, step.body, step.info, ahead=ahead, in_batch=True
        )
        return _shown(record, step.info)

    def _upsert(self, step: _Step) -> dict[str, Any]:
        """Update the record that the body's id names if there is one, else create it."""
        found = find_collection(step.collection)
        key = found.by_name.get("id")
        record_id = "" if key is None else str(key.prepare(step.body.get("id")))
        if record_id and rows.fetch_by_id(found, record_id):
            step.record_id = record_id
            step.info = step.info.but(method="PATCH")
            return self._update(step)
        step.info = step.info.but(method="POST")
        return self._create(step)

    def _delete(self, step: _Step) -> None:
        found = find_collection(step.collection)
        access.require_writable(found)
        self._admit(step, found, "delete")
        ahead = before_write(hooks.record_delete_request, self.request, found, step.info)
        deletion_for(found, step.info)(found, step.record_id, step.info, ahead=ahead, in_batch=True)

    def _restore(self, step: _Step) -> dict[str, Any]:
        found = find_collection(step.collection)
        self._admit(step, found, "create")
        ahead = before_write(hooks.record_restore_request, self.request, found, step.info)
        record = soft_delete.restore(found, step.record_id, step.info, ahead=ahead, in_batch=True)
        return _shown(record, step.info)

    def _admit(self, step: _Step, collection: CollectionDef, tag: str) -> None:
        """Count the item, and read its body: as in a form, the query's values are under it."""
        path, _, query = step.item.url.partition("?")
        rate_limits.check_collection(
            self.request, collection.name, tag, method=step.info.method, path=path
        )
        if query:
            step.body = bodies.over_query(step.body, query)
        if step.item.files:
            step.body = with_own_files(collection, step.body, step.item.files)
        if query or step.item.files:
            step.info = step.info.but(body=step.body)


class _Overridden(Mapping[str, str]):
    """The outer request's headers with an item's own over them, names as rules know them."""

    def __init__(self, outer: Mapping[str, str], own: Mapping[str, str]) -> None:
        self._outer = outer
        self._own = {headers.name_of(name): value for name, value in own.items()}

    def __getitem__(self, name: str) -> str:
        return self._own[name] if name in self._own else self._outer[name]

    def __iter__(self) -> Any:
        return iter(dict.fromkeys([*self._outer, *self._own]))

    def __len__(self) -> int:
        return len({*self._outer, *self._own})


def _shown(record: Any, info: RequestInfo) -> dict[str, Any]:
    shown = present.shown_record(record, info, info.query.get("expand", ""))
    return picked(shown, info.query)


def _answered(answered: Answered) -> dict[str, Any]:
    """Return an item's answer that a receiver gave by itself: JSON as JSON, the rest as text."""
    content: bytes = getattr(answered.response, "content", b"")
    try:
        body = orjson.loads(content) if content else None
    except orjson.JSONDecodeError:
        body = content.decode("utf-8", "replace")
    return {"body": body, "status": answered.response.status_code}


def _failure(at: int, error: ApiError) -> BadRequest:
    """Return the batch's error: nothing was stored because item ``at`` failed."""
    failure = {
        "code": "batch_request_failed",
        "message": "Batch request failed.",
        "response": error.body(),
    }
    return BadRequest(FAILED, {"requests": {str(at): failure}}, reason=error.reason)
