"""Exceptions -> JSON answers. The only place where an error becomes a body.

``ApiError`` says what a client may read. What Django raises for missing or refused things becomes
the bare answer of its status. Anything else is a bug: logged with its traceback, a bare 500.
"""

from __future__ import annotations

import logging
from typing import Any

from django.core.exceptions import (
    BadRequest,
    ObjectDoesNotExist,
    PermissionDenied,
    SuspiciousOperation,
)
from django.db import DatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.multipartparser import MultiPartParserError

from core_app import dialects, errors
from core_app.responses import JsonResponse, encode

_BY_STATUS: dict[int, type[errors.ApiError]] = {
    kind.status: kind
    for kind in (
        *(errors.BadRequest, errors.Unauthorized, errors.Forbidden, errors.NotFound),
        *(errors.PayloadTooLarge, errors.TooManyRequests, errors.InternalError),
    )
}

AWAY = "The database cannot be reached. Try again."

logger = logging.getLogger("holdall.errors")


def to_response(error: BaseException) -> HttpResponse:
    """Return the JSON answer for ``error``; it keeps the cause as ``.error`` for the log."""
    api_error = to_api_error(error)
    response = JsonResponse(encode(api_error.body()), api_error.status)
    response.error = error  # type: ignore[attr-defined]
    return response


def to_api_error(error: BaseException) -> errors.ApiError:
    """Return what a client may read of ``error``."""
    match error:
        case errors.ApiError():
            return error
        case errors.FieldErrors():
            return errors.BadRequest(data=error.errors)
        case errors.FieldError():
            return errors.BadRequest(error.message)
        case Http404() | ObjectDoesNotExist() | FileNotFoundError():
            return errors.NotFound(reason=str(error))
        case PermissionDenied():
            return errors.Forbidden(reason=str(error))
        case SuspiciousOperation() | BadRequest() | MultiPartParserError():
            return errors.BadRequest(reason=str(error))
        case DatabaseError() if dialects.is_away(error):
            return errors.ServiceUnavailable(AWAY, reason=str(error))
        case _:
            return _from_drf(error) or errors.InternalError(reason=repr(error))


def log_bug(error: BaseException, request: HttpRequest) -> None:
    """Write the traceback of an error that nobody meant to raise."""
    logger.error("%s %s failed", request.method, request.path, exc_info=error)


def is_bug(error: BaseException) -> bool:
    """Nobody meant to raise this: it ends in a 500 that is not an ``ApiError``."""
    return not isinstance(error, errors.ApiError) and to_api_error(error).status == 500


def drf_handler(error: Exception, context: dict[str, Any]) -> HttpResponse:
    """Django REST framework's ``EXCEPTION_HANDLER``."""
    if is_bug(error):
        log_bug(error, context["request"])
    return to_response(error)


def _from_drf(error: BaseException) -> errors.ApiError | None:
    """Return the error of the same status for one that REST framework raised itself."""
    status = getattr(error, "status_code", None)
    if status is None or not hasattr(error, "get_full_details"):
        return None
    return _BY_STATUS.get(status, errors.BadRequest)(reason=str(error))
