"""``/api/collections/{collection}/records``: list, view, create, update, delete, restore.

The functions say what each route does; ``RecordViewSet`` is their face for HTTP. Clients are
answered directly: no content negotiation, no serializer, rows shaped once and encoded. Pages for
browsers are made of these answers, elsewhere (``dashboard_app/browsable``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import update_wrapper
from typing import Any

import orjson
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.viewsets import ViewSet

from collections_app import hooks
from collections_app.api import body_limit, paging
from collections_app.api.paging import TRUE
from collections_app.api.request_hooks import before_answer, before_write
from collections_app.fields.value_types import Kind
from collections_app.query.select import check_client_text, select
from collections_app.query.trash import Trash
from collections_app.records import access, present, rows, service, soft_delete
from collections_app.records.service import Ahead
from collections_app.records.values import with_own_files
from collections_app.schema import snapshot as snapshots
from collections_app.schema.definition import CollectionDef
from core_app import bodies, field_picker, rate_limits, replica, routes
from core_app.bodies import Body
from core_app.dialects import late_commits
from core_app.errors import BadRequest, NotFound
from core_app.hooks import Answered
from core_app.request_info import RequestInfo
from core_app.responses import JsonResponse, no_content

MISSING_COLLECTION = "Missing collection context."
MISSING_OR_INVALID_COLLECTION = "Missing or invalid collection context."
UNREADABLE = "Failed to read the submitted data."


def list_records(request: HttpRequest, collection: str) -> dict[str, Any]:
    """Return one page of the records that the caller may list."""
    snapshot = snapshots.current()
    found = find_collection(collection)
    rate_limits.check_collection(request, found.name, "list")
    info = read_info(request)
    trash = soft_delete.asked(found, info)
    rule = _rule_for(found, "list", info, trash)
    query = info.query
    filter, sort = query.get("filter", ""), query.get("sort", "")
    if (filter or sort) and not info.is_superuser:
        check_client_text(filter, sort)
    page = paging.read(query)
    selection = None
    if rule or filter or sort or trash:
        selection = select(
            snapshot, found, info, rule=rule, filter=filter, sort=sort, trash=trash, is_list=True
        )
    listed = rows.fetch(found, selection, page.per_page, page.offset)
    expand = query.get("expand", "")
    answer = page.answer(
        present.shown(snapshot, found, listed, info, expand, with_mark=trash is not None),
        lambda: rows.count(found, selection),
    )
    before_answer(hooks.records_list_request, request, found, info, answer)
    if not listed and rule and filter:
        access.throttle.wait(info.ip, found.id)
    fields = query.get("fields")
    if fields:
        answer["items"] = field_picker.pick(answer["items"], fields)
    return answer


def view_record(request: HttpRequest, collection: str, record_id: str) -> dict[str, Any]:
    """Return one record that the caller may view."""
    snapshot = snapshots.current()
    found = find_collection(collection)
    rate_limits.check_collection(request, found.name, "view")
    info = read_info(request)
    trash = soft_delete.asked(found, info)
    rule = _rule_for(found, "view", info, trash)
    selection = None
    with access.missing_if_broken(found, "view"):
        if rule or trash:
            selection = select(snapshot, found, info, rule=rule, trash=trash)
        row = rows.fetch_by_id(found, record_id, selection)
    if row is None:
        raise NotFound
    query = info.query
    expand = query.get("expand", "")
    [shown] = present.shown(snapshot, found, (row,), info, expand, with_mark=trash is not None)
    before_answer(hooks.record_view_request, request, found, info, shown)
    return picked(shown, query)


def create_record(request: HttpRequest, collection: str) -> dict[str, Any]:
    """Create a record and return it; whether the caller may view it is not asked."""
    found = find_collection(collection, MISSING_OR_INVALID_COLLECTION)
    access.require_writable(found)
    rate_limits.check_collection(request, found.name, "create")
    body = bodies.read(request, limit=body_limit.of_collection(found))
    values = with_own_files(found, body.values, body.files)
    info = RequestInfo.of(request, values if body.sent else None)
    if not body.sent:
        _require_parts(request, found, "create", info)
    ahead = before_write(hooks.record_create_request, request, found, info)
    _offer_to_wait(ahead, body)
    record = service.create(found, values, info, ahead=ahead)
    return picked(present.shown_record(record, info, info.query.get("expand", "")), info.query)


def _offer_to_wait(ahead: Ahead | None, body: Body) -> None:
    """Let the commit come with others', where nothing is done that could not be done twice."""
    if ahead is None and not body.files:
        late_commits.offer()


def update_record(request: HttpRequest, collection: str, record_id: str) -> dict[str, Any]:
    """Change a record and return it; whether the caller may view it is not asked."""
    found = find_collection(collection, MISSING_OR_INVALID_COLLECTION)
    access.require_writable(found)
    rate_limits.check_collection(request, found.name, "update")
    body = bodies.read(request, limit=body_limit.of_collection(found))
    values = with_own_files(found, body.values, body.files)
    info = RequestInfo.of(request, values if body.sent else None)
    if not body.sent:
        _require_parts(request, found, "update", info, record_id)
    ahead = before_write(hooks.record_update_request, request, found, info)
    _offer_to_wait(ahead, body)
    record = service.update(found, record_id, values, info, ahead=ahead)
    return picked(present.shown_record(record, info, info.query.get("expand", "")), info.query)


def delete_record(request: HttpRequest, collection: str, record_id: str) -> None:
    """Delete a record; with ``?purge=true`` for good, where others go to the trash."""
    found = find_collection(collection)
    access.require_writable(found)
    rate_limits.check_collection(request, found.name, "delete")
    info = read_info(request)
    ahead = before_write(hooks.record_delete_request, request, found, info)
    deletion_for(found, info)(found, record_id, info, ahead=ahead)


def restore_record(request: HttpRequest, collection: str, record_id: str) -> dict[str, Any]:
    """Bring a record back from the trash and return it."""
    found = find_collection(collection)
    rate_limits.check_collection(request, found.name, "create")
    info = read_info(request)
    ahead = before_write(hooks.record_restore_request, request, found, info)
    record = soft_delete.restore(found, record_id, info, ahead=ahead)
    return picked(present.shown_record(record, info, info.query.get("expand", "")), info.query)


def deletion_for(collection: CollectionDef, info: RequestInfo) -> Callable[..., None]:
    """Return the act that a request to delete asks for."""
    is_for_good = collection.has_trash and info.query.get("purge") in TRUE
    return soft_delete.purge if is_for_good else service.delete


def find_collection(name_or_id: str, message: str = MISSING_COLLECTION) -> CollectionDef:
    """Return the collection. Raise ``NotFound`` with ``message``."""
    found = snapshots.current().find(name_or_id)
    if found is None:
        raise NotFound(message)
    return found


def read_info(request: HttpRequest) -> RequestInfo:
    """Return what rules may ask of a request that needs no body; one that was sent is read."""
    if not bodies.is_announced(request):
        return RequestInfo.of(request)
    body = bodies.read(request)
    return RequestInfo.of(request, body.values if body.sent else None)


def _require_parts(
    request: HttpRequest,
    collection: CollectionDef,
    act: str,
    info: RequestInfo,
    record_id: str | None = None,
) -> None:
    """Raise ``BadRequest`` where files could come, a form was announced and no part of it came."""
    if not request.META.get("CONTENT_TYPE", "").startswith("multipart/form-data"):
        return
    if any(field.value_type.kind is Kind.FILE for field in collection.fields):
        access.rule_for(collection, act, info)  # who may not ask at all is told that
        if record_id is not None and rows.fetch_by_id(collection, record_id) is None:
            raise NotFound
        raise BadRequest(UNREADABLE)


def _rule_for(collection: CollectionDef, act: str, info: RequestInfo, trash: Trash | None) -> str:
    """Return the rule for the living records that are asked for; ``""`` if there are none."""
    if trash is not None and trash.only:
        return ""
    return access.rule_for(collection, act, info)


def picked(shown: dict[str, Any], query: Mapping[str, str]) -> dict[str, Any]:
    """Return what ``?fields=`` asks for of a record."""
    fields = query.get("fields")
    if not fields:
        return shown
    out: dict[str, Any] = field_picker.pick(shown, fields)
    return out


class RecordViewSet(ViewSet):
    """Records of one collection; it keeps nothing of a request, so one answers all of a path."""

    @classmethod
    def as_view(cls, actions: Any = None, **initkwargs: Any) -> Any:
        """Return a view that answers straight away, without what REST framework would do first."""
        frameworks = super().as_view(actions, **initkwargs)
        one = cls(**initkwargs)
        answers: dict[str, Callable[..., HttpResponseBase]] = {
            method.upper(): getattr(one, action) for method, action in actions.items()
        }
        if "GET" in answers:
            answers["HEAD"] = answers["GET"]

        def view(request: HttpRequest, **kwargs: Any) -> HttpResponseBase:
            answer = answers.get(request.method or "")
            if answer is None:
                return routes.unmatched(request)
            try:
                return snapshots.by_newest(answer, request, **kwargs)
            except Answered as answered:
                return answered.response

        return update_wrapper(view, frameworks)

    def list(self, request: HttpRequest, collection: str) -> HttpResponseBase:
        with replica.reading(request, snapshots.current().version):
            return _answer(list_records(request, collection))

    def retrieve(self, request: HttpRequest, collection: str, record_id: str) -> HttpResponseBase:
        with replica.reading(request, snapshots.current().version):
            return _answer(view_record(request, collection, record_id))

    def create(self, request: HttpRequest, collection: str) -> HttpResponseBase:
        return _answer(create_record(request, collection))

    def partial_update(
        self, request: HttpRequest, collection: str, record_id: str
    ) -> HttpResponseBase:
        return _answer(update_record(request, collection, record_id))

    def restore(self, request: HttpRequest, collection: str, record_id: str) -> HttpResponseBase:
        return _answer(restore_record(request, collection, record_id))

    def destroy(self, request: HttpRequest, collection: str, record_id: str) -> HttpResponseBase:
        delete_record(request, collection, record_id)
        return no_content()


def _answer(data: dict[str, Any]) -> HttpResponseBase:
    return JsonResponse(orjson.dumps(data))
