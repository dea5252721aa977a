"""``/api/files``: sending stored files, and the tokens that open protected ones."""

from __future__ import annotations

import logging

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase

from auth_app.guards import require_auth
from auth_app.tokens import sign
from auth_app.tokens.kinds import TokenKind
from collections_app.schema import snapshot
from core_app import query_string, rate_limits
from core_app.errors import NotFound
from core_app.request_info import RequestInfo
from core_app.responses import json_response
from core_app.routes import endpoint
from storage_app import blobs, protected, serve, thumbs
from storage_app.blobs import Blob, Missing, StorageFailed
from storage_app.hooks import (
    FileDownloadEvent,
    FileTokenEvent,
    before_file_download,
    before_file_token,
)
from storage_app.locate import locate
from storage_app.thumbs import NoThumb

logger = logging.getLogger("holdall.storage")

TRUE = frozenset({"1", "t", "T", "true", "True", "TRUE"})


@endpoint("GET")
def download(
    request: HttpRequest, collection: str, record_id: str, filename: str
) -> HttpResponseBase:
    """Send a record's file, or the thumb that ``?thumb=`` asks for."""
    held = snapshot.current()
    target = held.find(collection)
    if target is None:
        raise NotFound("Missing or invalid collection context.")
    rate_limits.check_collection(request, target.name, "file")
    found = locate(held, target, record_id, filename)
    if found is None:
        in_trash = protected.in_trash(held, target, request)
        found = in_trash and locate(held, target, record_id, filename, in_trash)
    elif found.field.options.protected and not protected.may_fetch(
        held, target, record_id, request
    ):
        raise NotFound(reason="the file is protected")
    if found is None:
        raise NotFound(reason="no field names this file")
    info = RequestInfo.of(request)
    event = FileDownloadEvent(target, record_id, found.field, info, found.key, filename)
    try:
        blob = _choose_thumb(event, query_string.value(request, "thumb"))
        before_file_download.send(target.name, event=event)
        if event.response is not None:
            return event.response
        if blob is None or blob.key != event.key:
            blob = blobs.find(event.key)
        as_attachment = query_string.value(request, "download") in TRUE
        return serve.respond(request, blob, event.name, as_attachment=as_attachment)
    except Missing as error:
        raise NotFound(reason=f"nothing is stored under {error}") from error
    except StorageFailed as error:
        logger.error("the storage failed: %s", error)
        raise NotFound(reason=str(error)) from error


@endpoint("POST")
def token(request: HttpRequest) -> HttpResponse:
    """Give whoever is signed in a short-lived token for protected files."""
    record = require_auth(request)
    event = FileTokenEvent(record, sign.issue(record, TokenKind.FILE))
    before_file_token.send(record.collection_name, event=event)
    return json_response({"token": event.token}, fields=query_string.value(request, "fields"))


def _choose_thumb(event: FileDownloadEvent, size: str) -> Blob | None:
    """Point ``event`` at the thumb if there can be one; return what was found on the way.

    Raise ``Missing`` if a thumb is asked for and the original is not there.
    """
    if not size or not thumbs.is_offered(size, event.field.options.thumbs):
        return None
    original = blobs.find(event.key)
    if original.content_type not in thumbs.FORMATS:
        return original
    try:
        made = thumbs.ensure(original, size)
    except NoThumb as error:
        logger.warning("no thumb, the original is sent: %s", error)
        event.thumb_error = error
        return original
    event.key = made.key
    event.name = f"{size}_{event.name}"
    return made
