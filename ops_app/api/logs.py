"""``/api/logs``: the log of requests, for superusers."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

from auth_app.guards import require_superuser
from collections_app.api import paging
from collections_app.query.errors import FilterError
from core_app import field_picker, query_string
from core_app.errors import BadRequest, NotFound
from core_app.request_info import RequestInfo
from core_app.responses import json_response, no_content
from ops_app.logs import reading, retention


def show_list(request: HttpRequest) -> HttpResponse:
    """``GET``: one page of entries."""
    require_superuser(request)
    info = RequestInfo.of(request)
    query = info.query
    page = paging.read(query)
    filter, sort = query.get("filter", ""), query.get("sort", "")
    items = reading.find(info, filter, sort, page.per_page, page.offset)
    answer = page.answer(items, lambda: reading.count(info, filter))
    if query.get("fields"):
        answer["items"] = field_picker.pick(items, query["fields"])
    return json_response(answer)


def show_one(request: HttpRequest, log_id: str) -> HttpResponse:
    """``GET``: one entry."""
    require_superuser(request)
    found = reading.find_by_id(log_id)
    if found is None:
        raise NotFound
    return json_response(found, fields=query_string.value(request, "fields"))


def stats(request: HttpRequest) -> HttpResponse:
    """``GET``: how many entries each hour had."""
    require_superuser(request)
    info = RequestInfo.of(request)
    try:
        found = reading.per_hour(info, info.query.get("filter", ""))
    except FilterError as error:
        raise BadRequest("Invalid filter format.", reason=error.reason) from error
    return json_response(found, fields=info.query.get("fields", ""))


def delete_all(request: HttpRequest) -> HttpResponse:
    """``DELETE``: forget everything."""
    require_superuser(request)
    retention.delete_all()
    return no_content()
