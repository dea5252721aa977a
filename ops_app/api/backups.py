"""``/api/backups``: making, listing, sending, taking in, deleting and restoring backups."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import http_date

from auth_app import forms
from auth_app.authentication import authenticate
from auth_app.guards import NO_TOKEN, NOT_ALLOWED, require_superuser
from core_app import bodies, body_limits, query_string
from core_app.dates import to_wire
from core_app.errors import BadRequest, FieldError, Forbidden, NotFound, Unauthorized, required
from core_app.responses import json_response, no_content, prepare_headers, put_headers
from ops_app.backups import busy, restore, shelf, shelves
from ops_app.backups.create import check_name, create, working_folder
from ops_app.backups.errors import BackupError, Busy
from ops_app.backups.shelves import ZIP
from storage_app.protected import token_holder
from storage_app.sending import Source, send
from storage_app.uploads import Upload

INVALID = "An error occurred while validating the submitted data."
UPLOAD_PATH = "/api/backups/upload"
_HEADERS = prepare_headers(
    {
        "Content-Security-Policy": (
            "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
        ),
        "Cache-Control": "max-age=2592000, stale-while-revalidate=86400",
    }
)


def show_list(request: HttpRequest) -> HttpResponse:
    """``GET``: every backup."""
    require_superuser(request)
    shown = [
        {"modified": to_wire(backup.modified), "key": backup.key, "size": backup.size}
        for backup in shelf.all_backups()
    ]
    return json_response(shown, fields=query_string.value(request, "fields"))


def make(request: HttpRequest) -> HttpResponse:
    """``POST``: make a backup, and answer when it is there."""
    require_superuser(request)
    _require_idle()
    form = bodies.read_form(request, ("name",), unsupported=bodies.LOAD_MESSAGE)
    name = str(form["name"])
    wrong = check_name(name) if name else None
    if wrong is not None:
        raise BadRequest(INVALID, {"name": wrong})
    try:
        create(name)
    except Busy as error:
        raise BadRequest(str(error)) from error
    except (BackupError, OSError) as error:
        raise BadRequest("Failed to create backup.", reason=str(error)) from error
    return no_content()


def take_in(request: HttpRequest) -> HttpResponse:
    """``POST``: store a zip file, of any size and under its own name."""
    require_superuser(request)
    try:
        files = bodies.read(request, limit=1 << 62).files.get("file", [])
    except BadRequest as error:
        raise BadRequest(INVALID, {"file": required()}, reason=error.reason) from error
    if not files:
        raise BadRequest(INVALID, {"file": required()})
    file = files[0]
    wrong = _check_upload(file)
    if wrong is not None:
        raise BadRequest(INVALID, {"file": wrong})
    try:
        _store(str(file.name), file)
    except OSError as error:
        raise BadRequest("Failed to store the backup.", reason=str(error)) from error
    return no_content()


def download(request: HttpRequest, key: str) -> HttpResponseBase:
    """``GET``: send a backup to a superuser's file token; the header does not count."""
    holder = token_holder(request)
    if holder is None or not holder.is_superuser:
        raise Forbidden("Insufficient permissions to access the resource.")
    try:
        backup = shelf.find(key)
    except shelf.Missing as error:
        raise NotFound from error
    seconds = int(backup.modified.timestamp())
    response = send(
        request, Source(backup.size, seconds, partial(shelf.part, key), backup.path), ZIP
    )
    name = key.encode().decode("latin-1")  # headers carry bytes: those of UTF-8
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    put_headers(response, _HEADERS)
    if response.status_code == 416:
        del response.headers["Cache-Control"]
    else:
        response.headers["Last-Modified"] = http_date(seconds)
    return response


def delete(request: HttpRequest, key: str) -> HttpResponse:
    """``DELETE``: remove a backup that is not in use."""
    require_superuser(request)
    doing = busy.current()
    if doing is not None and doing.key == key:
        raise BadRequest("The backup is currently being used and cannot be deleted.")
    try:
        shelf.delete(key)
    except (shelf.Missing, OSError) as error:
        why = f"[key: {key}] resource not found" if isinstance(error, shelf.Missing) else str(error)
        raise BadRequest(f"Invalid or already deleted backup file. Raw error: \n{why}") from error
    return no_content()


def start_restore(request: HttpRequest, key: str) -> HttpResponse:
    """``POST``: answer at once; the server is away for some seconds, then has the backup's data."""
    require_superuser(request)
    _require_idle()
    if not shelf.exists(key):
        raise BadRequest("Missing or invalid backup file.")
    restore.in_background(key)
    return no_content()


@body_limits.register
def upload_limit(path: str, authorization: str) -> int | None:
    """Let superusers send backups of any size; refuse others before their body is read."""
    if path != UPLOAD_PATH:
        return None
    record = authenticate(authorization) if authorization else None
    if record is None:
        raise Unauthorized(NO_TOKEN)
    if not record.is_superuser:
        raise Forbidden(NOT_ALLOWED)
    return 0


def _require_idle() -> None:
    if busy.current() is not None:
        raise BadRequest(str(Busy()))


def _check_upload(file: UploadedFile[Any]) -> FieldError | None:
    upload = Upload.of(file)
    if upload.content_type != ZIP:
        return FieldError(
            "validation_invalid_mime_type", f'"{upload}" mime type must be one of: {ZIP}.'
        )
    too_long = forms.text(str(file.name), 1, shelves.LONGEST_KEY)
    if too_long is not None:
        return too_long
    if shelf.exists(str(file.name)):
        return FieldError(
            "validation_backup_name_exists",
            "Backup file with the specified name already exists.",
        )
    return None


def _store(key: str, file: UploadedFile[Any]) -> None:
    with working_folder() as folder:
        path = folder / "upload.zip"
        with path.open("wb") as into:
            for chunk in file.chunks():
                into.write(chunk)
        try:
            shelf.put(key, path)
        except shelf.Missing as error:
            raise BadRequest(INVALID, {"file": required()}, reason="a name of dots") from error
