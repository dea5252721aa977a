"""Routes: views that answer some methods, and functions of hook files as views.

A path's other methods are not "not allowed" but unknown, as in PocketBase: ``unmatched`` answers.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from functools import wraps
from typing import Any, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import URLPattern, path

from core_app import query_string
from core_app.errors import BadRequest, NotFound
from core_app.exception_handler import is_bug
from core_app.responses import json_response, no_content

View = Callable[..., HttpResponseBase]
HookFunction = TypeVar("HookFunction", bound=Callable[..., Any])

_unmatched_view: list[View] = []

logger = logging.getLogger("holdall.hooks")

#: path -> method -> view, from hook files
_hooks: dict[str, dict[str, View]] = {}


def route(method: str, url: str) -> Callable[[HookFunction], HookFunction]:
    """Make a function of a hook file answer ``method`` at ``url`` (``/api/stats/<str:year>``).

    It gets Django's request and the parts of the path by name; what it returns is sent as JSON
    (``?fields=`` applies), ``None`` as 204, a response as it is. What it raises and is not an
    ``ApiError`` is a 404 for what does not exist, else a 400; the cause is logged.
    """

    def register(function: HookFunction) -> HookFunction:
        _hooks.setdefault(url, {})[method.upper()] = _view_of(function)
        return function

    return register


def endpoint(*methods: str) -> Callable[[View], View]:
    """Make a view answer ``methods`` alone (``GET`` brings ``HEAD``)."""

    def decorate(view: View) -> View:
        answered = _with_head(methods)

        @wraps(view)
        def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in answered:
                return unmatched(request)
            return view(request, *args, **kwargs)

        answering.csrf_exempt = True  # type: ignore[attr-defined]
        return answering

    return decorate


def by_method(**views: View) -> View:
    """Return one view for a path: ``by_method(GET=list_records, POST=create_record)``."""
    table = dict(views)
    if "GET" in table:
        table.setdefault("HEAD", table["GET"])

    def answering(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        view = table.get(request.method or "")
        return unmatched(request) if view is None else view(request, *args, **kwargs)

    answering.csrf_exempt = True  # type: ignore[attr-defined]
    return answering


def unmatched(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
    """Answer a request that no route knows: with what ``answer_unmatched`` was given, or 404."""
    if request.method in ("GET", "HEAD") and _unmatched_view:
        return _unmatched_view[-1](request)
    raise NotFound


def answer_unmatched(view: View) -> View:
    """Let ``view`` answer ``GET`` and ``HEAD`` of all paths that no route knows."""
    _unmatched_view.append(view)
    return view


unmatched.csrf_exempt = True  # type: ignore[attr-defined]


def hook_routes() -> Mapping[str, Mapping[str, View]]:
    """Return path -> method -> view of the functions that ``route`` has registered."""
    return _hooks


def hook_patterns() -> list[URLPattern]:
    """Return the URL patterns of the functions that ``route`` has registered."""
    return [
        path(route_path.lstrip("/"), by_method(**views)) for route_path, views in _hooks.items()
    ]


def _view_of(function: Callable[..., Any]) -> View:
    @wraps(function)
    def view(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            answer = function(request, *args, **kwargs)
        except Exception as error:
            if not is_bug(error):
                raise
            logger.exception("%s %s failed", request.method, request.path)
            raise BadRequest(reason=repr(error)) from error
        if isinstance(answer, HttpResponseBase):
            return answer
        if answer is None:
            return no_content()
        return json_response(answer, fields=query_string.value(request, "fields"))

    return view


def _with_head(methods: tuple[str, ...]) -> frozenset[str]:
    return frozenset(methods) | ({"HEAD"} if "GET" in methods else set())
