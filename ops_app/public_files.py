"""The public folder, served at ``/``: an app's own pages next to its API."""

from __future__ import annotations

import mimetypes
import os
from functools import partial
from pathlib import Path
from typing import IO
from urllib.parse import quote

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.http import http_date

from core_app.errors import NotFound
from core_app.responses import no_content
from core_app.routes import answer_unmatched
from storage_app.sending import Source, send

_TEXT = "text/plain; charset=utf-8"
_HTML = "text/html; charset=utf-8"
_SNIFFED = 512  # bytes that tell the type of a file whose name does not


@answer_unmatched
def serve(request: HttpRequest) -> HttpResponseBase:
    """Answer with a file of the public folder, else its ``index.html``, else 404."""
    root = Path(settings.HOLDALL_PUBLIC_DIR)
    found = _find(root, request.path_info)
    if isinstance(found, str):
        return _moved(found)
    if found is None and settings.HOLDALL_INDEX_FALLBACK:
        index = root / "index.html"
        found = index if _is_readable(index) else None
    if found is None:
        raise NotFound("File not found.")
    return _file(found, request)


def _find(root: Path, url_path: str) -> Path | str | None:
    """Return the file for ``url_path``, the path to redirect to, or ``None``."""
    inner = url_path.strip("/")
    if "\0" in inner or not _is_inside(root, root / inner):
        return None
    path = root / inner
    if url_path.endswith("/index.html") and _is_readable(path):
        return url_path.removesuffix("index.html")
    if os.path.isdir(path):
        if not url_path.endswith("/"):
            return f"{url_path}/"
        index = path / "index.html"
        return index if _is_readable(index) else None
    if not _is_readable(path):
        return None
    return url_path.rstrip("/") if url_path.endswith("/") else path


def _is_readable(path: Path) -> bool:
    # of os.path: no error for a name that is too long
    return os.path.isfile(path) and os.access(path, os.R_OK)


def _is_inside(root: Path, path: Path) -> bool:
    base, real = os.path.realpath(root), os.path.realpath(path)
    return real == base or real.startswith(base + os.sep)


def _moved(path: str) -> HttpResponseBase:
    response = no_content()
    response.status_code = 301
    response.headers["Location"] = quote(path)
    return response


def _file(path: Path, request: HttpRequest) -> HttpResponseBase:
    status = path.stat()
    source = Source(status.st_size, int(status.st_mtime), partial(_part, path), str(path))
    response = send(request, source, _content_type(path))
    if response.status_code == 412:
        del response.headers["Content-Type"]
    if response.status_code != 416:
        response.headers["Last-Modified"] = http_date(source.modified_s)
    response.quiet = True  # type: ignore[attr-defined]  # not worth a line in the log
    return response


def _part(path: Path, start: int, _length: int) -> IO[bytes]:
    stream = path.open("rb")
    stream.seek(start)
    return stream


def _content_type(path: Path) -> str:
    kind, _ = mimetypes.guess_type(path.name)
    if kind is None:
        return _sniffed(path)
    return f"{kind}; charset=utf-8" if kind.startswith("text/") else kind


def _sniffed(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(_SNIFFED)
    if start.lstrip()[:14].lower().startswith((b"<!doctype html", b"<html")):
        return _HTML
    is_binary = any(byte < 0x20 and byte not in b"\t\n\f\r\x1b" for byte in start)
    return "application/octet-stream" if is_binary else _TEXT
