"""``/api/collections``: what superusers do with collections. Each act is one call downwards."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from rest_framework.viewsets import ViewSet

from collections_app.api import collection_list
from collections_app.records import soft_delete
from collections_app.schema import snapshot as snapshots
from collections_app.schema.definition import CollectionDef
from collections_app.schema.present import collection_json
from collections_app.schema_edit import bulk_import, dry_run, scaffolds, service, truncate
from core_app import bodies, field_picker, query_string, routes, strict_json
from core_app.errors import BadRequest, NotFound, required
from core_app.permissions import require_superuser
from core_app.request_info import RequestInfo
from core_app.responses import json_response, no_content

INVALID = "An error occurred while validating the submitted data."


class CollectionViewSet(ViewSet):
    """Collections, for superusers."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer straight away, without what REST framework would do first."""
        method = request.method or ""
        action = self.action_map.get(method.lower()) if method.isupper() else None
        if action is None:
            return routes.unmatched(request)
        require_superuser(request)
        answer: HttpResponseBase = getattr(self, action)(request, *args, **kwargs)
        return answer

    def list(self, request: HttpRequest) -> HttpResponseBase:
        return _answer(request, collection_list.page(RequestInfo.of(request)), picks="items")

    def retrieve(self, request: HttpRequest, collection: str) -> HttpResponseBase:
        return _answer(request, collection_json(_find(collection)))

    def create(self, request: HttpRequest) -> HttpResponseBase:
        data = _read(request, service.UNREADABLE_TYPE)
        made = service.create(data, RequestInfo.of(request, data))
        return _answer(request, collection_json(made))

    def partial_update(self, request: HttpRequest, collection: str) -> HttpResponseBase:
        found = _find(collection)
        data = _read(request, service.UNREADABLE)
        made = service.update(found, data, RequestInfo.of(request, data))
        return _answer(request, collection_json(made))

    def destroy(self, request: HttpRequest, collection: str) -> HttpResponseBase:
        service.delete(_find(collection), RequestInfo.of(request))
        return no_content()

    def truncate(self, request: HttpRequest, collection: str) -> HttpResponseBase:
        found, info = _find(collection), RequestInfo.of(request)
        truncate.run(found, info, soft_delete.asked(found, info))
        return no_content()

    def take_in(self, request: HttpRequest) -> HttpResponseBase:
        types = {"collections": list, "deleteMissing": bool}
        form = bodies.read_form(request, tuple(types), types)
        collections = [{} if item is None else item for item in form["collections"]]
        are_objects = all(isinstance(item, dict) for item in collections)
        if not are_objects or strict_json.has_overflow(collections):
            raise BadRequest(bodies.LOAD_MESSAGE)
        if not collections:
            raise BadRequest(INVALID, {"collections": required()})
        bulk_import.run(collections, form["deleteMissing"], RequestInfo.of(request, form))
        return no_content()

    def scaffolds(self, request: HttpRequest) -> HttpResponseBase:
        return _answer(request, scaffolds.scaffolds(snapshots.current()))

    def dry_run(self, request: HttpRequest) -> HttpResponseBase:
        return _answer(request, dry_run.run(bodies.read_form(request, ("query",))["query"]))


def _find(name_or_id: str) -> CollectionDef:
    found = snapshots.current().find(name_or_id)
    if found is None:
        raise NotFound
    return found


def _read(request: HttpRequest, message: str) -> dict[str, Any]:
    """Return the submitted JSON or form. Raise ``BadRequest`` with ``message`` if it is broken."""
    try:
        return bodies.read(request).values
    except BadRequest as error:
        values = bodies.overflowing_object(request)
        if values is None:
            raise BadRequest(message, reason=error.reason) from error
        return values


def _answer(request: HttpRequest, data: dict[str, Any], picks: str = "") -> HttpResponseBase:
    """Return ``data``; what ``?fields=`` names is picked from it or from its part ``picks``."""
    fields = query_string.value(request, "fields")
    if fields and picks:
        data[picks] = field_picker.pick(data[picks], fields)
        fields = ""
    return json_response(data, fields=fields)
