"""The signals around files, each beside the event it carries. ``sender`` is a collection's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from core_app.hooks import HookSignal
from core_app.request_info import RequestInfo

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from auth_app.signed_in import SignedIn
    from collections_app.schema.definition import CollectionDef
    from storage_app.field import FileField


@dataclass(slots=True)
class FileDownloadEvent:
    """A file is about to be sent; access has been granted.

    ``key`` (what is read) and ``name`` (what the client sees) may be changed. A ``response`` set
    by a receiver is sent instead. ``thumb_error`` says why a thumb could not be made.
    """

    collection: CollectionDef
    record_id: str
    field: FileField
    info: RequestInfo
    key: str
    name: str
    thumb_error: Exception | None = None
    response: HttpResponseBase | None = None


@dataclass(slots=True)
class FileTokenEvent:
    """A file token is about to be given to ``record``; ``token`` may be changed."""

    record: SignedIn
    token: str


before_file_download = HookSignal("before_file_download")
before_file_token = HookSignal("before_file_token")
