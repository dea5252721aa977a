"""A stored file -> the response that sends it, with the headers files have. Asks no rule."""

from __future__ import annotations

import os
from functools import lru_cache, partial

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import http_date

from core_app.responses import prepare_headers, put_headers
from storage_app import blobs
from storage_app.blobs import Blob
from storage_app.sending import Source, send

#: types that a browser may show in place; everything else is offered for download
INLINE_TYPES = frozenset(
    f"{family}/{name}"
    for family, names in {
        "image": ("png", "jpg", "jpeg", "gif", "webp", "x-icon", "bmp"),
        "video": ("webm", "mp4", "3gpp", "quicktime", "x-ms-wmv"),
        "audio": (
            *("basic", "aiff", "mpeg", "midi", "mp3", "wave", "wav", "x-wav"),
            *("x-mpeg", "x-m4a", "aac"),
        ),
        "application": ("pdf", "x-pdf"),
    }.items()
    for name in names
)
#: types by extension where the content alone tells too little
_OOXML = "application/vnd.openxmlformats-officedocument."
EXTENSION_TYPES = {
    ".svg": "image/svg+xml",
    ".css": "text/css",
    ".js": "text/javascript",
    ".mjs": "text/javascript",
    ".xlsx": f"{_OOXML}spreadsheetml.sheet",
    ".docx": f"{_OOXML}wordprocessingml.document",
    ".pptx": f"{_OOXML}presentationml.presentation",
}
_CACHE_CONTROL = "Cache-Control"
_HEADERS = prepare_headers(
    {
        "Content-Security-Policy": (
            "default-src 'none'; media-src 'self'; style-src 'unsafe-inline'; sandbox"
        ),
        _CACHE_CONTROL: "max-age=2592000, stale-while-revalidate=86400",
    }
)


def respond(
    request: HttpRequest, blob: Blob, name: str, *, as_attachment: bool = False
) -> HttpResponseBase:
    """Return the response that sends ``blob`` to the client under ``name``.

    Raise ``blobs.Missing`` if it has gone meanwhile.
    """
    inline = not as_attachment and blob.content_type in INLINE_TYPES
    disposition = f'{"inline" if inline else "attachment"}; filename="{name}"'
    extension = os.path.splitext(name)[1]
    content_type = EXTENSION_TYPES.get(extension, blob.content_type)
    modified_s = int(blob.modified.timestamp())
    source = Source(blob.size, modified_s, partial(blobs.part, blob.key), blob.path)
    response = send(request, source, content_type)
    response.headers["Content-Disposition"] = disposition
    put_headers(response, _HEADERS)
    if response.status_code == 416:
        del response.headers[_CACHE_CONTROL]
    else:
        response.headers["Last-Modified"] = _http_date(modified_s)
    response.embeddable = True  # type: ignore[attr-defined]  # other sites may show files in frames
    return response


@lru_cache(maxsize=10_000)
def _http_date(seconds: int) -> str:
    return http_date(seconds)
