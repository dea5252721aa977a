"""Answers to what is raised outside of views: JSON for the API, pages for the dashboard."""

from __future__ import annotations

import sys

from django.http import HttpRequest, HttpResponse
from django.views import defaults

from core_app import exception_handler
from core_app.errors import InternalError

_DASHBOARD = "/_/"


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer a bug in a middleware."""
    error = sys.exc_info()[1] or InternalError()
    exception_handler.log_bug(error, request)
    if request.path_info.startswith(_DASHBOARD):
        return defaults.server_error(request)
    return exception_handler.to_response(error)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django finds suspicious."""
    if request.path_info.startswith(_DASHBOARD):
        return defaults.bad_request(request, exception)
    return exception_handler.to_response(exception)


def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that a middleware refuses."""
    if request.path_info.startswith(_DASHBOARD):
        return defaults.permission_denied(request, exception)
    return exception_handler.to_response(exception)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request for what is not there."""
    if request.path_info.startswith(_DASHBOARD):
        return defaults.page_not_found(request, exception)
    return exception_handler.to_response(exception)
