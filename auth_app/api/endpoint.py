"""What every sign-in endpoint does first: find its collection, count the request, read the body."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from auth_app import hooks
from collections_app.schema import lookup
from collections_app.schema.definition import CollectionDef
from core_app import bodies, query_string, rate_limits
from core_app.errors import BadRequest, NotFound
from core_app.request_info import RequestInfo, UnreadableBody
from core_app.responses import json_response
from core_app.routes import View, endpoint

NOT_AUTH = "Missing or invalid auth collection context."
#: (request, collection) -> nothing, or an error raised
Guard = Callable[[HttpRequest, CollectionDef], object]


def auth_endpoint(
    *tags: str, method: str = "POST", guard: Guard | None = None
) -> Callable[[View], View]:
    """Make a view of ``(request, collection)`` the endpoint of one auth collection.

    ``tags`` name it for rate limits; ``guard`` is asked before the collection's type.
    """

    def decorate(view: View) -> View:
        @endpoint(method)
        @wraps(view)
        def answering(request: HttpRequest, collection: str, **kwargs: Any) -> HttpResponseBase:
            found = lookup.find(collection)
            if found is None:
                raise NotFound("Missing or invalid collection context.")
            rate_limits.check_collection(request, found.name, *tags)
            if guard is not None:
                guard(request, found)
            if not found.is_auth:
                raise NotFound(NOT_AUTH)
            try:
                return view(request, found, **kwargs)
            except hooks.Answered as answered:
                return answered.response

        return answering

    return decorate


def form_of(
    request: HttpRequest,
    *names: str,
    types: Mapping[str, type] | None = None,
    unsupported: str = bodies.UNSUPPORTED_MESSAGE,
) -> tuple[dict[str, Any], RequestInfo]:
    """Return the values of a form's keys, and the request with its whole body for rules.

    A JSON body may have numbers too large beside the keys; rules that ask for it then are refused.
    """
    if request.content_type == "multipart/form-data":
        _ = request.body  # read once, so that it can be parsed twice
    form = bodies.read_form(request, names, types, unsupported=unsupported)
    try:
        return form, info_of(request)
    except BadRequest as error:
        if bodies.overflowing_object(request) is None:
            raise
        return form, RequestInfo.of(request, UnreadableBody(error.reason))


def info_of(request: HttpRequest) -> RequestInfo:
    """Return the request with its whole body for rules. Raise ``BadRequest``."""
    body = bodies.read(request)
    return RequestInfo.of(request, body.values if body.sent else None)


def answer(request: HttpRequest, data: Any) -> HttpResponse:
    """Return ``data`` as JSON, as far as ``?fields=`` asks for it."""
    return json_response(data, fields=query_string.value(request, "fields"))
